package e2e

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/gdamore/tcell/v3/vt"
	"golang.org/x/sys/unix"

	"gantry/ui/uitest"
)

// terminal is a real pty with an emulated terminal on its other side, which draws what
// the program writes and answers what it asks.
type terminal struct {
	t      testing.TB
	master *os.File
	slave  *os.File
	mock   vt.MockTerm
	before unix.Termios // the terminal's modes when it was handed over
	w, h   int
	cmd    *exec.Cmd

	mu      sync.Mutex
	raw     []byte
	last    time.Time // when something was written last
	heard   *audit
	written chan struct{}

	read  chan struct{} // closed when all that was written has been read
	ended chan struct{}
}

// openTerminal makes a terminal without a program.
func openTerminal(t testing.TB, width, height int) *terminal {
	t.Helper()
	m := &terminal{t: t, w: width, h: height, heard: newAudit(), written: make(chan struct{}, 1), read: make(chan struct{}), ended: make(chan struct{})}
	var err error
	if m.master, m.slave, err = pty.Open(); err != nil {
		t.Fatal(err)
	}
	m.size(width, height)
	m.mock = vt.NewMockTerm(vt.MockOptSize{X: vt.Col(width), Y: vt.Row(height)}, vt.MockOptColors(1<<24))
	if err := m.mock.Start(); err != nil {
		t.Fatal(err)
	}
	m.before = m.termios()
	return m
}

// open starts gantry on a terminal. It is ended with the test, if it has not ended before.
func (g *gantry) open(width, height int, args ...string) *terminal {
	g.t.Helper()
	c := g.command(args...)
	c.Env = append(c.Env, "COLORTERM=truecolor")
	return openTerminal(g.t, width, height).start(c)
}

// start starts a program on the terminal, in a session of its own.
func (m *terminal) start(c *exec.Cmd) *terminal {
	m.t.Helper()
	c.Stdin, c.Stdout, c.Stderr = m.slave, m.slave, m.slave
	if c.SysProcAttr == nil {
		c.SysProcAttr = &syscall.SysProcAttr{}
	}
	c.SysProcAttr.Setsid, c.SysProcAttr.Setctty = true, true
	m.cmd = c
	if err := c.Start(); err != nil {
		m.t.Fatal(err)
	}
	go m.draw()
	go m.reply()
	go func() {
		defer close(m.ended)
		_ = c.Wait()
	}()
	m.t.Cleanup(m.close)
	return m
}

// draw feeds the emulator with what the program writes.
func (m *terminal) draw() {
	defer close(m.read)
	buf := make([]byte, 32<<10)
	for {
		n, err := m.master.Read(buf)
		if n > 0 {
			now := time.Now()
			_, _ = m.mock.Write(buf[:n])
			m.mu.Lock()
			m.last = now
			m.raw = append(m.raw, buf[:n]...)
			m.heard.Write(buf[:n])
			m.mu.Unlock()
			select {
			case m.written <- struct{}{}:
			default:
			}
		}
		if err != nil { // EIO, when nobody has the other side open any more
			return
		}
	}
}

// reply hands the emulator's answers to the program.
func (m *terminal) reply() {
	buf := make([]byte, 4<<10)
	for {
		n, err := m.mock.Read(buf)
		if err != nil {
			return
		}
		if _, err := m.master.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (m *terminal) close() {
	_ = m.cmd.Process.Kill()
	<-m.ended
	_ = m.slave.Close()
	<-m.read
	_ = m.mock.Close()
	_ = m.master.Close()
}

func (m *terminal) size(width, height int) {
	m.t.Helper()
	if err := pty.Setsize(m.master, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)}); err != nil {
		m.t.Fatal(err)
	}
}

// resize changes the size; the kernel tells the program.
func (m *terminal) resize(width, height int) {
	m.t.Helper()
	m.mu.Lock()
	m.w, m.h = width, height
	m.mu.Unlock()
	m.mock.SetSize(vt.Coord{X: vt.Col(width), Y: vt.Row(height)})
	m.size(width, height)
}

// termios are the modes that the kernel has for the terminal.
func (m *terminal) termios() unix.Termios {
	m.t.Helper()
	modes, err := unix.IoctlGetTermios(int(m.slave.Fd()), unix.TCGETS)
	if err != nil {
		m.t.Fatal(err)
	}
	return *modes
}

// press presses keys by name, as uitest has them.
func (m *terminal) press(keys ...string) *terminal {
	m.t.Helper()
	for _, k := range keys {
		m.send(uitest.KeyBytes(k))
	}
	return m
}

// typed types a text.
func (m *terminal) typed(text string) *terminal { return m.send([]byte(text)) }

func (m *terminal) send(b []byte) *terminal {
	m.t.Helper()
	if _, err := m.master.Write(b); err != nil {
		m.t.Fatal(err)
	}
	return m
}

// screen is the text on the screen, a line for each row, without spaces at their ends.
func (m *terminal) screen() string {
	_ = m.mock.Drain()
	m.mu.Lock()
	w, h := m.w, m.h
	m.mu.Unlock()
	lines := make([]string, 0, h)
	for y := range h {
		var b strings.Builder
		for x := 0; x < w; x++ {
			c := m.mock.GetCell(vt.Coord{X: vt.Col(x), Y: vt.Row(y)})
			if c.C == "" {
				b.WriteByte(' ')
			} else {
				b.WriteString(c.C)
			}
			if c.W == 2 {
				x++
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return strings.Join(lines, "\n")
}

// until waits until the screen is as wanted, and gives it. It looks after every write, and
// ten times a second, for what ok may do about it.
func (m *terminal) until(what string, ok func(screen string) bool) string {
	m.t.Helper()
	end := time.NewTimer(patience)
	defer end.Stop()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		s := m.screen()
		if ok(s) {
			return s
		}
		select {
		case <-m.written:
		case <-again.C:
		case <-m.ended:
			if s := m.screen(); ok(s) {
				return s
			}
			m.t.Fatalf("the program ended before %s came:\n%s", what, m.screen())
		case <-end.C:
			m.t.Fatalf("%s did not come:\n%s", what, m.screen())
		}
	}
}

// shows waits until all texts are on the screen, each within one row.
func (m *terminal) shows(texts ...string) string {
	m.t.Helper()
	return m.until(strings.Join(texts, " and "), func(s string) bool { return holds(s, texts) })
}

// holds reports whether all texts are on a screen, or in a row of it.
func holds(screen string, texts []string) bool {
	return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(screen, text) })
}

// prompt waits for the shell's: what is typed while it is about to show one may be thrown
// away with the line before.
func (m *terminal) prompt() *terminal {
	m.t.Helper()
	m.until("a prompt", func(string) bool { return m.prompts() })
	return m
}

// prompts reports whether the cursor stands at a prompt with nothing typed.
func (m *terminal) prompts() bool {
	at := m.mock.Pos()
	var before string
	for x := vt.Col(0); x < at.X; x++ {
		before += m.mock.GetCell(vt.Coord{X: x, Y: at.Y}).C
	}
	return before == "/ # "
}

// tells types a command at each new prompt of a shell until all texts are on the screen; again
// when a prompt stays as it was, for a shell may throw away what it has not read.
func (m *terminal) tells(command string, texts ...string) {
	m.t.Helper()
	var asked string // the screen that it was typed on
	var at time.Time
	m.until(strings.Join(texts, " and ")+" by "+command, func(s string) bool {
		if holds(s, texts) {
			return true
		}
		if (s != asked || time.Since(at) > 2*time.Second) && m.prompts() {
			asked, at = s, time.Now()
			m.typed(command + "\r")
		}
		return false
	})
}

// line waits until one row of the screen has all texts in it, and gives the row.
func (m *terminal) line(texts ...string) string {
	m.t.Helper()
	var found string
	m.until("a row with "+strings.Join(texts, " and "), func(s string) bool {
		found = rowWith(s, texts...)
		return found != ""
	})
	return found
}

func rowWith(screen string, texts ...string) string {
	for row := range strings.SplitSeq(screen, "\n") {
		if holds(row, texts) {
			return row
		}
	}
	return ""
}

// signal sends a signal to the program.
func (m *terminal) signal(s syscall.Signal) {
	m.t.Helper()
	if err := m.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		m.t.Fatal(err)
	}
}

// exit waits until the program has ended, and all that it has written is on the screen.
// It gives the exit code: 128 and the number for one that a signal killed.
func (m *terminal) exit() int {
	m.t.Helper()
	select {
	case <-m.ended:
	case <-time.After(patience):
		m.t.Fatalf("the program does not end:\n%s", m.screen())
	}
	after := m.termios()
	_ = m.slave.Close()
	<-m.read
	_ = m.mock.Drain()
	if after != m.before {
		m.t.Errorf("the terminal's modes are not as they were:\n%+v\n%+v", m.before, after)
	}
	if s, ok := m.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		return 128 + int(s.Signal())
	}
	return m.cmd.ProcessState.ExitCode()
}

// output is every byte that was written.
func (m *terminal) output() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return string(m.raw)
}

// lastWrite is when the program has written last.
func (m *terminal) lastWrite() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last
}

// audited is what the program has told the terminal so far.
func (m *terminal) audited() audit {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.heard.copy()
}
