package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"gantry/engine/api"
)

func (p *program) execCommand() *cobra.Command {
	var req api.ExecRequest
	var stdin, detach bool
	c := &cobra.Command{
		Use: "exec CONTAINER COMMAND [ARG...]", Short: "Run a further process in a running container", Args: cobra.MinimumNArgs(2),
		ValidArgsFunction: first(p.complete(api.State.Alive)),
		RunE: func(c *cobra.Command, args []string) error {
			req.Args = args[1:]
			for i, v := range req.Env {
				if !strings.Contains(v, "=") {
					req.Env[i] = v + "=" + os.Getenv(v)
				}
			}
			return p.ending(p.with(c.Context(), func(e Engine) error {
				x, err := e.Find(c.Context(), args[0])
				if err != nil {
					return err
				}
				p.caution(api.ActExec, x)
				if detach {
					_, err := e.Exec(c.Context(), x.ID, req, nil)
					return err
				}
				return p.joined(c.Context(), req.Tty, stdin, func(ctx context.Context, st *api.Streams) (api.Session, error) {
					return e.Exec(ctx, x.ID, req, st)
				})
			}))
		},
	}
	f := c.Flags()
	f.SetInterspersed(false)
	f.BoolVarP(&stdin, "interactive", "i", false, "connect its input")
	f.BoolVarP(&req.Tty, "tty", "t", false, "give it a terminal")
	f.BoolVarP(&detach, "detach", "d", false, "let it run by itself")
	f.StringVarP(&req.User, "user", "u", "", "`user` to run as: name or uid[:group]")
	f.StringVarP(&req.WorkingDir, "workdir", "w", "", "`directory` to run in")
	f.StringArrayVarP(&req.Env, "env", "e", nil, "`variable` as NAME=value, or NAME to take it from here")
	f.BoolVar(&req.Privileged, "privileged", false, "with every capability")
	return c
}

func (p *program) attachCommand() *cobra.Command {
	var keys string
	var noStdin, proxy bool
	c := &cobra.Command{
		Use: "attach CONTAINER", Short: "Connect to a running container's streams", Args: cobra.ExactArgs(1),
		ValidArgsFunction: first(p.complete(api.State.Alive)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkKeys(keys); err != nil {
				return err
			}
			return p.ending(p.with(c.Context(), func(e Engine) error {
				x, err := e.Find(c.Context(), args[0])
				if err != nil {
					return err
				}
				ctx := c.Context()
				if proxy && !x.Tty { // with a terminal keys are bytes
					starting, started := make(chan struct{}), make(chan api.Created, 1)
					close(starting)
					started <- api.Created{ID: x.ID, Name: x.Name}
					var stop func()
					ctx, stop = p.signals(ctx, e, true, starting, started)
					defer stop()
				}
				return p.joined(ctx, x.Tty, x.OpenStdin && !noStdin, func(ctx context.Context, st *api.Streams) (api.Session, error) {
					st.DetachKeys = keys
					return e.Attach(ctx, x.ID, st)
				})
			}))
		},
	}
	f := c.Flags()
	f.StringVar(&keys, "detach-keys", "", "`keys` that let go of it (default ctrl-p,ctrl-q)")
	f.BoolVar(&noStdin, "no-stdin", false, "leave its input alone")
	f.BoolVar(&proxy, "sig-proxy", true, "pass signals on to it")
	return c
}

// joined hands the caller's streams to a session until it ends.
func (p *program) joined(ctx context.Context, tty, input bool, open func(context.Context, *api.Streams) (api.Session, error)) error {
	if tty && input && !term.IsTerminal(int(p.In.Fd())) {
		return errors.New("the input device is not a TTY")
	}
	st := &api.Streams{Stdout: p.Out, Stderr: p.Err}
	if input && !tty {
		st.Stdin = p.In
	}
	raw, restore, err := p.terminal(st, tty, input)
	if err != nil {
		return err
	}
	defer restore()
	raw()
	session, err := open(ctx, st)
	if err != nil {
		return err
	}
	return p.stay(ctx, session)
}

// ending gives a program that could not be run the exit code that Docker gives it.
func (p *program) ending(err error) error {
	var failed *api.StartError
	if errors.As(err, &failed) && (failed.Code == 126 || failed.Code == 127) {
		p.say(err)
		return ExitError{failed.Code}
	}
	return err
}

func (p *program) pauseCommand() *cobra.Command {
	return &cobra.Command{
		Use: "pause CONTAINER...", Short: "Freeze running containers", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.complete(api.State.Alive),
		RunE: func(c *cobra.Command, args []string) error {
			return p.each(c.Context(), args, func(ctx context.Context, e Engine, x api.Container) error {
				p.caution(api.ActPause, x)
				return e.Pause(ctx, x.ID)
			})
		},
	}
}

func (p *program) unpauseCommand() *cobra.Command {
	return &cobra.Command{
		Use: "unpause CONTAINER...", Short: "Have paused containers go on", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.complete(api.State.Alive),
		RunE: func(c *cobra.Command, args []string) error {
			return p.each(c.Context(), args, func(ctx context.Context, e Engine, x api.Container) error { return e.Unpause(ctx, x.ID) })
		},
	}
}

func (p *program) renameCommand() *cobra.Command {
	return &cobra.Command{
		Use: "rename CONTAINER NAME", Short: "Give a container another name", Args: cobra.ExactArgs(2),
		ValidArgsFunction: first(p.complete(anyState)),
		RunE: func(c *cobra.Command, args []string) error {
			return p.with(c.Context(), func(e Engine) error {
				x, err := e.Find(c.Context(), args[0])
				if err == nil {
					err = e.Rename(c.Context(), x.ID, args[1])
				}
				return err
			})
		},
	}
}

func (p *program) waitCommand() *cobra.Command {
	return &cobra.Command{
		Use: "wait CONTAINER...", Short: "Wait until containers end, and print their exit codes", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.complete(api.State.Alive),
		RunE: func(c *cobra.Command, args []string) error {
			return p.with(c.Context(), func(e Engine) error {
				return p.many(args, func(name string) error {
					x, err := e.Find(c.Context(), name)
					if err != nil {
						return err
					}
					code, err := e.Wait(c.Context(), x.ID)
					if err == nil {
						fmt.Fprintln(p.Out, code)
					}
					return err
				})
			})
		},
	}
}

func (p *program) portCommand() *cobra.Command {
	return &cobra.Command{
		Use: "port CONTAINER [PORT[/PROTOCOL]]", Short: "Show a container's published ports", Args: cobra.RangeArgs(1, 2),
		ValidArgsFunction: first(p.complete(anyState)),
		RunE: func(c *cobra.Command, args []string) error {
			return p.with(c.Context(), func(e Engine) error {
				x, err := e.Find(c.Context(), args[0])
				if err != nil {
					return err
				}
				want := ""
				if len(args) > 1 {
					if want = args[1]; !strings.Contains(want, "/") {
						want += "/tcp"
					}
				}
				found := false
				for _, port := range x.Ports {
					inside := fmt.Sprintf("%d/%s", port.ContainerPort, port.Protocol)
					host := fmt.Sprintf("%s:%d", port.HostIP, port.HostPort)
					if strings.Contains(port.HostIP, ":") {
						host = fmt.Sprintf("[%s]:%d", port.HostIP, port.HostPort)
					}
					switch {
					case want == "":
						fmt.Fprintln(p.Out, inside+" -> "+host)
					case want == inside:
						fmt.Fprintln(p.Out, host)
						found = true
					}
				}
				if want != "" && !found {
					return fmt.Errorf("%s of %s is not published", want, x.DisplayName())
				}
				return nil
			})
		},
	}
}
