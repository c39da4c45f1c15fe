package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"gantry/engine/api"
)

func (p *program) cpCommand() *cobra.Command {
	var opt api.CopyOptions
	c := &cobra.Command{
		Use: "cp CONTAINER:PATH PATH|- | cp PATH|- CONTAINER:PATH", Short: "Copy files between a container and this host", Args: cobra.ExactArgs(2),
		ValidArgsFunction: p.completePaths,
		RunE: func(c *cobra.Command, args []string) error {
			from, fromPath := splitCopy(args[0])
			to, toPath := splitCopy(args[1])
			switch {
			case from == "" && to == "":
				return errors.New("must specify at least one container source: write CONTAINER:PATH")
			case from != "" && to != "":
				return errors.New("copying between containers is not supported")
			case fromPath == "" || toPath == "":
				return errors.New("a path is missing: write CONTAINER:PATH")
			}
			ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return p.with(ctx, func(e Engine) error {
				if to != "" {
					return p.copyTo(ctx, e, fromPath, to, toPath, opt)
				}
				return p.copyFrom(ctx, e, from, fromPath, toPath, opt)
			})
		},
	}
	c.Flags().BoolVarP(&opt.Archive, "archive", "a", false, "keep user and group")
	c.Flags().BoolVarP(&opt.Follow, "follow-link", "L", false, "copy what a link in the source points to")
	c.Flags().BoolP("quiet", "q", false, "say nothing, as it always does")
	return c
}

// splitCopy tells a container's path from one of this host, as Docker does: a path that begins
// with a slash or a dot is of this host.
func splitCopy(arg string) (container, path string) {
	if strings.HasPrefix(arg, "/") || strings.HasPrefix(arg, ".") {
		return "", arg
	}
	container, path, ok := strings.Cut(arg, ":")
	if !ok {
		return "", arg
	}
	return container, path
}

func (p *program) copyFrom(ctx context.Context, e Engine, container, src, dst string, opt api.CopyOptions) error {
	if dst == "-" {
		if p.onTerminal() {
			return errors.New("a tar is not for a terminal: send the output to a file or a program")
		}
		opt.Out = p.Out
	}
	x, err := e.Find(ctx, container)
	if err != nil {
		return err
	}
	return e.CopyFrom(ctx, x.ID, src, dst, opt)
}

func (p *program) copyTo(ctx context.Context, e Engine, src, container, dst string, opt api.CopyOptions) error {
	if src == "-" {
		opt.In = p.In
	}
	x, err := e.Find(ctx, container)
	if err != nil {
		return err
	}
	p.caution(api.ActCopy, x)
	return e.CopyTo(ctx, x.ID, src, dst, opt)
}
