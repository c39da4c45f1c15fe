package cli

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gantry/engine/path"
	"gantry/ui/kit"
)

func (p *program) engineCommand() *cobra.Command {
	c := &cobra.Command{Use: "engine", Short: "Look after the embedded engine", Args: cobra.NoArgs}
	c.AddCommand(
		&cobra.Command{Use: "up", Short: "Start the embedded engine, if it is the one in use", Args: cobra.NoArgs, RunE: p.engineUp},
		&cobra.Command{Use: "down", Short: "Stop the embedded engine; containers run on", Args: cobra.NoArgs, RunE: p.engineDown},
		&cobra.Command{Use: "restart", Short: "Stop the embedded engine and start this gantry's; containers run on", Args: cobra.NoArgs, RunE: p.engineRestart},
		&cobra.Command{Use: "enable", Short: "Start the embedded engine at every boot, by systemd", Args: cobra.NoArgs, RunE: p.engineEnable},
		&cobra.Command{Use: "disable", Short: "Do not start the embedded engine at boot; now it runs on", Args: cobra.NoArgs, RunE: p.engineDisable},
		&cobra.Command{Use: "status", Short: "Say which engine is in use and how it is", Args: cobra.NoArgs, RunE: p.engineStatus},
	)
	return c
}

func (p *program) engineUp(c *cobra.Command, args []string) error {
	return p.engineTraced(c, Daemon.Up)
}

func (p *program) engineRestart(c *cobra.Command, args []string) error {
	return p.engineTraced(c, Daemon.Restart)
}

func (p *program) engineEnable(c *cobra.Command, args []string) error {
	return p.engineTraced(c, Daemon.Enable)
}

// engineTraced does something that brings the engine up, says what was done, and how it
// is then.
func (p *program) engineTraced(c *cobra.Command, do func(Daemon, context.Context, func(path.Trace)) error) error {
	d, err := p.Daemon(p.opt)
	if err != nil {
		return err
	}
	if err := do(d, c.Context(), p.steps()); err != nil {
		return err
	}
	return p.engineStatus(c, nil)
}

// steps prints each step of a trace once, when it is over.
func (p *program) steps() func(path.Trace) {
	var mu sync.Mutex
	told := map[string]bool{}
	return func(t path.Trace) {
		mu.Lock()
		defer mu.Unlock()
		for _, s := range t.Steps {
			once := t.Started.String() + s.Name
			if s.State != path.Waiting && s.State != path.Running && !told[once] {
				told[once] = true
				fmt.Fprintf(p.Err, "  %-8s %-8s %9s  %s\n", s.State, s.Name, kit.Took(s.Duration), kit.Clean(s.Detail))
			}
		}
	}
}

func (p *program) engineDisable(c *cobra.Command, _ []string) error {
	d, err := p.Daemon(p.opt)
	if err != nil {
		return err
	}
	return d.Disable(c.Context())
}

func (p *program) engineDown(c *cobra.Command, _ []string) error {
	d, err := p.Daemon(p.opt)
	if err != nil {
		return err
	}
	return d.Down(c.Context())
}

// engineStatus prints how the engine stands; one that is down, or cannot be asked, is exit code 1.
func (p *program) engineStatus(c *cobra.Command, _ []string) error {
	d, err := p.Daemon(p.opt)
	if err != nil {
		return err
	}
	s, err := d.Status(c.Context())
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "engine\t%s\n", s.Info.Kind)
	if s.Running {
		fmt.Fprintf(w, "state\trunning\ncontainerd\t%s\n", s.Info.Version)
	} else {
		fmt.Fprintf(w, "state\tdown\n")
	}
	if s.Running && s.PID != 0 {
		fmt.Fprintf(w, "pid\t%d, up %s\n", s.PID, kit.Age(s.Uptime))
	}
	fmt.Fprintf(w, "address\t%s\ndata root\t%s\n", s.Info.Address, s.Info.DataRoot)
	nerdctl := "nerdctl --address " + s.Info.Address + " --data-root " + s.Info.RecordRoot
	if s.Info.NetworkDir != "" {
		nerdctl += " --cni-netconfpath " + s.Info.NetworkDir
	}
	fmt.Fprintf(w, "for nerdctl\t%s\n", nerdctl)
	for _, l := range []struct{ what, text string }{{"keeper", s.Keeper}, {"at boot", s.Boot}} {
		if l.text != "" {
			fmt.Fprintf(w, "%s\t%s\n", l.what, kit.Clean(l.text))
		}
	}
	if s.Info.Skew != "" {
		fmt.Fprintf(w, "differs\t%s: gantry engine restart\n", kit.Clean(s.Info.Skew))
	}
	for _, f := range s.Found {
		fmt.Fprintf(w, "also here\t%s\n", kit.Clean(f))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if s.Err != nil {
		return s.Err
	}
	if !s.Running {
		return ExitError{exitFailed}
	}
	return nil
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print gantry's version and its engine's", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			fmt.Fprintf(p.Out, "gantry %s %s/%s %s\n", p.Version, runtime.GOOS, runtime.GOARCH, runtime.Version())
			d, err := p.Daemon(p.opt)
			if err != nil {
				return err
			}
			s, err := d.Status(c.Context())
			if err != nil {
				return err
			}
			if s.Running {
				fmt.Fprintf(p.Out, "containerd %s (%s, %s)\n", s.Info.Version, s.Info.Kind, s.Info.Address)
			} else {
				fmt.Fprintf(p.Out, "containerd is down (%s, %s)\n", s.Info.Kind, s.Info.Address)
			}
			return nil
		},
	}
}
