package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/engine/option"
)

// updateKeys are the options that update has, as docker update.
func updateKeys() []option.Key {
	return []option.Key{
		option.KeyBlkioWeight, option.KeyCPUPeriod, option.KeyCPUQuota, option.KeyCPUShares, option.KeyCPUs, option.KeyCpusetCPUs, option.KeyCpusetMems,
		option.KeyMemory, option.KeyMemoryReservation, option.KeyMemorySwap, option.KeyPidsLimit, option.KeyRestart,
	}
}

func (p *program) updateCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "update CONTAINER...", Short: "Change the limits and the restart policy of containers", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.complete(anyState),
	}
	values := map[option.Key]*string{}
	for _, k := range updateKeys() {
		o, _ := option.Find(k)
		values[k] = c.Flags().StringP(string(k), o.Short, "", o.Help)
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		var change option.Draft
		for _, k := range updateKeys() {
			if c.Flags().Changed(string(k)) {
				change.Set(k, *values[k])
			}
		}
		if len(change.Entries()) == 0 {
			return errors.New("you must provide one or more flags when using this command")
		}
		return p.each(c.Context(), args, func(ctx context.Context, e Engine, x api.Container) error {
			p.caution(api.ActUpdate, x)
			return e.Update(ctx, x.ID, change)
		})
	}
	return c
}
