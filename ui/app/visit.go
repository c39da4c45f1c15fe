package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"gantry/engine/api"
	"gantry/ui/kit"
	"gantry/ui/tty"
)

// visitedMsg comes when the terminal is gantry's again.
type visitedMsg struct {
	what string // "the shell in web"
	code int
	err  error
}

// shell opens a shell in a container, on the whole terminal.
func (m *Model) shell(c api.Container) tea.Cmd {
	name, engine := kit.Clean(c.DisplayName()), m.engine
	return m.visit("the shell in "+name, func(ctx context.Context, st *api.Streams) (api.Session, error) {
		shell, err := engine.Shell(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(st.Stdout, "%s in %s; exit leaves it\r\n", shell, name)
		return engine.Exec(ctx, c.ID, api.ExecRequest{Args: []string{shell}, Tty: true}, st)
	})
}

// attach hands the terminal to the container's own process.
func (m *Model) attach(c api.Container) tea.Cmd {
	name, engine := kit.Clean(c.DisplayName()), m.engine
	return m.visit(name, func(ctx context.Context, st *api.Streams) (api.Session, error) {
		fmt.Fprintf(st.Stdout, "attached to %s; ctrl+p ctrl+q leaves it\r\n", name)
		return engine.Attach(ctx, c.ID, st)
	})
}

// visit gives the terminal to a session until it ends.
func (m *Model) visit(what string, open func(context.Context, *api.Streams) (api.Session, error)) tea.Cmd {
	v := &visit{ctx: m.ctx, open: open}
	return tea.Exec(v, func(err error) tea.Msg { return visitedMsg{what, v.code, err} })
}

// visited says how a session ended, unless it ended as it should.
func (m *Model) visited(msg visitedMsg) tea.Cmd {
	switch {
	case errors.Is(msg.err, api.ErrDetached):
		return m.tell(kit.Info, "left "+msg.what+"; it goes on")
	case msg.err != nil:
		return m.failOn(msg.what, kit.Explain(msg.err).Line(), msg.err)
	case msg.code != 0:
		return m.tell(kit.Info, fmt.Sprintf("%s ended with %d", msg.what, msg.code))
	}
	return nil
}

// visit is a session as a program that has the terminal for a while.
type visit struct {
	ctx  context.Context
	open func(context.Context, *api.Streams) (api.Session, error)
	in   io.Reader
	out  io.Writer
	code int
}

// SetStdin implements tea.ExecCommand.
func (v *visit) SetStdin(r io.Reader) { v.in = r }

// SetStdout implements tea.ExecCommand.
func (v *visit) SetStdout(w io.Writer) { v.out = w }

// SetStderr implements tea.ExecCommand. What goes to a terminal comes on one stream.
func (v *visit) SetStderr(io.Writer) {}

// Run implements tea.ExecCommand. What the session shows stays on a screen of its own, so that
// nothing of it is left behind gantry's.
func (v *visit) Run() (err error) {
	in, ok := v.in.(*os.File)
	if !ok {
		return errors.New("this is no terminal")
	}
	st := &api.Streams{Stdout: v.out, Stderr: v.out}
	t, err := tty.Open(in, st, true)
	if err != nil {
		return err
	}
	fmt.Fprint(v.out, ansi.SetModeAltScreenSaveCursor+ansi.EraseEntireDisplay+ansi.CursorHomePosition)
	t.Raw()
	defer func() {
		err = errors.Join(err, t.Close())
		fmt.Fprint(v.out, ansi.ResetModeAltScreenSaveCursor)
	}()
	s, err := v.open(v.ctx, st)
	if err != nil {
		return err
	}
	v.code, err = s.Wait()
	return err
}
