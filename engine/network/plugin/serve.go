package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"gantry/engine/network/wire"
)

// Serve does what gantry-helper asks of a copy of gantry, since it has no room for plugins
// itself: the order comes on in, what was set up goes to out.
func Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	var o wire.PluginOrder
	if err := json.NewDecoder(in).Decode(&o); err != nil {
		return fmt.Errorf("read what plugins are to do: %w", err)
	}
	if o.Version > wire.Version {
		return fmt.Errorf("the order's format %d is newer than this program, which reads up to %d", o.Version, wire.Version)
	}
	switch {
	case o.Add != nil:
		e, err := Runner{}.Add(ctx, o.Add.Plan, o.Add.Network, o.Add.Pid)
		if err != nil {
			return err
		}
		return json.NewEncoder(out).Encode(e)
	case o.Del != nil:
		return Runner{}.Del(ctx, o.Del.Lease, o.Del.Endpoint)
	}
	return nil
}
