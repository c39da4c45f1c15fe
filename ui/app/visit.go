package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

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
	return m.visit("the shell in "+name, false, func(ctx context.Context, st *api.Streams) (api.Session, error) {
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
	return m.visit(name, false, func(ctx context.Context, st *api.Streams) (api.Session, error) {
		fmt.Fprintf(st.Stdout, "attached to %s; ctrl+p ctrl+q leaves it\r\n", name)
		return engine.Attach(ctx, c.ID, st)
	})
}

// visit gives the terminal to a session until it ends, and where it is held, until a key is
// pressed after that: so that what it wrote can be read.
func (m *Model) visit(what string, hold bool, open func(context.Context, *api.Streams) (api.Session, error)) tea.Cmd {
	v := &visit{ctx: m.ctx, open: open, guests: m.guests, what: what, hold: hold}
	return tea.Exec(v, func(err error) tea.Msg { return visitedMsg{what, v.code, err} })
}

// visited says how a session ended, unless it ended as it should.
func (m *Model) visited(msg visitedMsg) tea.Cmd {
	switch {
	case errors.Is(msg.err, context.Canceled):
		return nil
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

	what   string
	hold   bool
	guests *guests
	in     io.Reader
	out    io.Writer
	code   int
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
	out := &lent{to: v.out}
	st := &api.Streams{Stdout: out, Stderr: out}
	t, err := tty.Open(in, st, true)
	if err != nil {
		return err
	}
	fmt.Fprint(v.out, ansi.SetModeAltScreenSaveCursor+ansi.EraseEntireDisplay+ansi.CursorHomePosition)
	t.Raw()
	keys := &heldKeys{from: st.Stdin, pressed: make(chan struct{})}
	defer func() {
		out.takeBack()
		err = errors.Join(err, t.Close())
		keys.work.Wait()
		fmt.Fprint(v.out, reset+ansi.ResetModeAltScreenSaveCursor)
	}()
	ctx, leave := v.guests.enter(v.ctx)
	defer leave()
	hold := v.hold && st.Stdin != nil // without keys there is nobody to read it
	if hold {
		st.Stdin = keys
	}
	s, err := v.open(ctx, st)
	if err != nil {
		return err
	}
	v.code, err = s.Wait()
	if err = errors.Join(err, s.Close()); err != nil || !hold {
		return err
	}
	fmt.Fprintf(out, plain+"\r\n%s ended with %d; any key goes back to gantry", v.what, v.code)
	keys.wait(ctx)
	v.code = 0 // told already
	return nil
}

// heldKeys are the keys of a session, of which the first after its end is for gantry.
type heldKeys struct {
	from    io.Reader
	reading sync.Mutex
	over    atomic.Bool
	once    sync.Once
	pressed chan struct{}
	work    sync.WaitGroup
}

// Read implements io.Reader. Whoever still reads for the session gets the key of its end, and
// is told that there is nothing more.
func (k *heldKeys) Read(p []byte) (int, error) {
	k.reading.Lock()
	defer k.reading.Unlock()
	select {
	case <-k.pressed:
		return 0, io.EOF
	default:
	}
	n, err := k.from.Read(p)
	if k.over.Load() {
		k.once.Do(func() { close(k.pressed) })
		return 0, io.EOF
	}
	return n, err
}

// wait blocks until a key is pressed, or ctx ends. The read that may go on then ends when the
// terminal is closed.
func (k *heldKeys) wait(ctx context.Context) {
	k.over.Store(true)
	k.work.Go(func() { k.Read(make([]byte, 1)) })
	select {
	case <-k.pressed:
	case <-ctx.Done():
	}
}

// lent is the terminal while a session has it. What a session writes after its end goes nowhere.
type lent struct {
	mu sync.Mutex
	to io.Writer // nil: it was taken back
}

// Write implements io.Writer.
func (l *lent) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.to == nil {
		return len(p), nil
	}
	return l.to.Write(p)
}

func (l *lent) takeBack() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.to = nil
}

// reset undoes what a program may have done to the terminal and gantry does not set
// itself: attributes, character sets, margins, modes of cursor, keys, mouse and paste, colours.
const reset = "\x1b[0m\x1b(B\x0f\x1b[r\x1b[?6l\x1b[4l\x1b[?7h\x1b[?1l\x1b>\x1b[?9l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1005l\x1b[?1006l\x1b[?1015l\x1b[?1016l" +
	"\x1b[?2004l\x1b[?25h\x1b[0 q\x1b[<9u\x1b[>4;0m\x1b]104\a\x1b]110\a\x1b]111\a\x1b]112\a"

// plain is what of that keeps the cursor where it is.
const plain = "\x1b[0m\x1b(B\x0f\x1b[?25h"

// guests is the session that has the terminal, for whoever has to end it from outside:
// while it has, the program hears nothing.
type guests struct {
	mu   sync.Mutex
	end  context.CancelFunc // nil: gantry has the terminal
	over bool               // nobody is let in any more
}

// enter lets a session have the terminal until ctx ends or leave is called.
func (g *guests) enter(ctx context.Context) (in context.Context, leave func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	in, end := context.WithCancel(ctx)
	if g.over {
		end()
	}
	g.end = end
	return in, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.end = nil
		end()
	}
}

// EndVisit has gantry's terminal back from a container, and lets no other have it. It may
// be called from any goroutine.
func (m *Model) EndVisit() {
	m.guests.mu.Lock()
	defer m.guests.mu.Unlock()
	m.guests.over = true
	if m.guests.end != nil {
		m.guests.end()
	}
}
