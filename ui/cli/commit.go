package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/ui/kit"
)

func (p *program) commitCommand() *cobra.Command {
	var opt api.CommitOptions
	var pause, trace bool
	c := &cobra.Command{
		Use: "commit CONTAINER IMAGE[:TAG]", Short: "Make an image of what a container changed", Args: cobra.RangeArgs(1, 2),
		ValidArgsFunction: p.complete(anyState),
		RunE: func(c *cobra.Command, args []string) error {
			opt.NoPause = !pause
			ref := ""
			if len(args) > 1 {
				ref = args[1]
			}
			return p.onOne(c.Context(), args[0], func(ctx context.Context, e Engine, x api.Container) error {
				p.caution(api.ActCommit, x)
				r := p.reporter(trace, false)
				made, err := e.Commit(ctx, x.ID, ref, opt, r.observer())
				r.end()
				if err != nil {
					return err
				}
				for _, w := range made.Warnings {
					fmt.Fprintln(p.Err, "WARNING:", kit.Clean(w))
				}
				fmt.Fprintln(p.Out, made.Image.Digest)
				return nil
			})
		},
	}
	c.Flags().StringVarP(&opt.Author, "author", "a", "", "`who` made it")
	c.Flags().StringVarP(&opt.Comment, "message", "m", "", "`what` was done")
	c.Flags().StringArrayVarP(&opt.Changes, "change", "c", nil, "`instruction` as in a Dockerfile, over what the container was created with; may be repeated")
	c.Flags().BoolVarP(&pause, "pause", "p", true, "pause the container while its files are read")
	c.Flags().BoolVar(&trace, "trace", false, "print each step with its time")
	return c
}

func (p *program) diffCommand() *cobra.Command {
	return &cobra.Command{
		Use: "diff CONTAINER", Short: "Show what a container changed of its image's files", Args: cobra.ExactArgs(1),
		ValidArgsFunction: p.complete(anyState),
		RunE: func(c *cobra.Command, args []string) error {
			return p.onOne(c.Context(), args[0], func(ctx context.Context, e Engine, x api.Container) error {
				changes, err := e.Changes(ctx, x.ID)
				for _, ch := range changes {
					fmt.Fprintln(p.Out, ch.Kind.String(), kit.Clean(ch.Path))
				}
				return err
			})
		},
	}
}

func (p *program) exportCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "export CONTAINER", Short: "Write a container's files as a tar", Args: cobra.ExactArgs(1),
		ValidArgsFunction: p.complete(anyState),
		RunE: func(c *cobra.Command, args []string) error {
			if file == "" && p.onTerminal() {
				return errors.New("a tar is not for a terminal: use -o FILE, or send the output to a program")
			}
			return p.onOne(c.Context(), args[0], func(ctx context.Context, e Engine, x api.Container) error {
				if file == "" {
					return e.Export(ctx, x.ID, p.Out)
				}
				return writeFile(file, func(w io.Writer) error { return e.Export(ctx, x.ID, w) })
			})
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "", "`file` to write to")
	return c
}

// onOne does something with one container; ctrl+c ends it.
func (p *program) onOne(ctx context.Context, name string, do func(context.Context, Engine, api.Container) error) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	return p.with(ctx, func(e Engine) error {
		x, err := e.Find(ctx, name)
		if err != nil {
			return err
		}
		return do(ctx, e, x)
	})
}

// writeFile writes a file beside where it is to be and moves it there when it is whole, so that
// what was there stays if something goes wrong.
func writeFile(name string, write func(io.Writer) error) (err error) {
	if st, serr := os.Stat(name); serr == nil && !st.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0) // a pipe or a device
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".gantry-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if err := errors.Join(write(f), f.Chmod(0o600), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
