package engine_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
)

const manyLines = 100_000

// counting checks numbered lines as they come, and keeps none.
type counting struct {
	next int
	rest []byte
	err  error
}

func (c *counting) Write(b []byte) (int, error) {
	c.rest = append(c.rest, b...)
	for {
		line, rest, ok := bytes.Cut(c.rest, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		c.rest = rest
		if want := strconv.Itoa(c.next + 1); string(line) != want && c.err == nil {
			c.err = fmt.Errorf("line %s is %.40q", want, line)
		}
		c.next++
	}
}

func (c *counting) check(t *testing.T, what string) {
	t.Helper()
	if c.err != nil || c.next != manyLines || len(c.rest) != 0 {
		t.Errorf("%s: %d lines of %d, %q left over: %v", what, c.next, manyLines, c.rest, c.err)
	}
}

func TestManyLinesArriveWholeAndInOrder(t *testing.T) {
	p := open(t)
	var out counting
	var errs bytes.Buffer
	made, s, err := p.Run(t.Context(), p.request("busybox", "seq", "1", strconv.Itoa(manyLines)),
		api.StartOptions{Attach: &api.Streams{Stdout: &out, Stderr: &errs}}, api.Observer{})
	if err != nil {
		t.Fatal(err)
	}
	if code, err := s.Wait(); err != nil || code != 0 || errs.Len() != 0 {
		t.Errorf("%d, %v, %q", code, err, errs.String())
	}
	out.check(t, "attached")

	var logged counting
	if err := p.Logs(soon(t), made.ID, api.LogOptions{Follow: true, Tail: -1}, func(lines []api.LogLine) error {
		for _, l := range lines {
			if l.Stderr {
				t.Errorf("on stderr: %q", l.Text)
			}
			if _, err := logged.Write(l.Text); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	logged.check(t, "the log")

	var tail []string
	if err := p.Logs(soon(t), made.ID, api.LogOptions{Tail: 2}, func(lines []api.LogLine) error {
		for _, l := range lines {
			tail = append(tail, string(l.Text))
		}
		return nil
	}); err != nil || strings.Join(tail, "") != "99999\n100000\n" {
		t.Errorf("tail %q (%v)", tail, err)
	}
}

func TestStreamsAreKeptApartByteForByte(t *testing.T) {
	p := open(t)
	o, err := p.attached("busybox", "sh", "-c", `printf 'a\000\377\033[2J\n'; echo oops >&2; printf 'no newline'; printf 'nor here' >&2; exit 2`)
	if err != nil || o.code != 2 || o.out != "a\x00\xff\x1b[2J\nno newline" || o.err != "oops\nnor here" {
		t.Errorf("%d %v\nout %q\nerr %q", o.code, err, o.out, o.err)
	}
	var out, errs string
	if err := p.Logs(soon(t), o.id, api.LogOptions{Tail: -1}, func(lines []api.LogLine) error {
		for _, l := range lines {
			if time.Since(l.Time).Abs() > time.Minute {
				t.Errorf("%q was written at %s", l.Text, l.Time)
			}
			if l.Stderr {
				errs += string(l.Text)
			} else {
				out += string(l.Text)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	// The log is JSON, as Docker's: what is no UTF-8 becomes the replacement character.
	if out != "a\x00\ufffd\x1b[2J\nno newline" || errs != "oops\nnor here" {
		t.Errorf("log\nout %q\nerr %q", out, errs)
	}
}

func TestTheLogIsFollowedToItsEnd(t *testing.T) {
	p := open(t)
	id := p.create("busybox", "sh", "-c", "echo first; sleep 0.3; echo last")
	p.start(id)
	var got string
	if err := p.Logs(soon(t), id, api.LogOptions{Follow: true, Tail: -1}, func(lines []api.LogLine) error {
		for _, l := range lines {
			got += string(l.Text)
		}
		return nil
	}); err != nil || got != "first\nlast\n" {
		t.Errorf("%q (%v)", got, err)
	}
	fresh := p.create("busybox", "true")
	if err := p.Logs(soon(t), fresh, api.LogOptions{Follow: true, Tail: -1}, nil); err != nil {
		t.Errorf("the log of one that never ran: %v", err)
	}
	if err := p.Logs(t.Context(), strings.Repeat("0", 64), api.LogOptions{}, nil); !errors.As(err, new(*api.NotFoundError)) {
		t.Errorf("the log of nothing: %v", err)
	}
}

// keyboard is a terminal's side of a session: what is typed, and what appears.
type keyboard struct {
	t     *testing.T
	keys  *io.PipeWriter
	shown chan string
	seen  string
	sizes chan api.Size
	s     api.Session
}

func (p *place) sit(id string, t *testing.T) *keyboard {
	t.Helper()
	in, keys := io.Pipe()
	out, show := io.Pipe()
	k := &keyboard{t: t, keys: keys, shown: make(chan string), sizes: make(chan api.Size, 1)}
	go func() {
		defer close(k.shown)
		for r := bufio.NewReader(out); ; {
			b, err := r.ReadByte()
			if err != nil {
				return
			}
			k.shown <- string(b)
		}
	}()
	t.Cleanup(func() { _, _ = keys.Close(), show.Close(); drain(k.shown) })
	k.sizes <- api.Size{Width: 100, Height: 30}
	s, err := p.Start(t.Context(), id, api.StartOptions{Attach: &api.Streams{Stdin: in, Stdout: show, Resize: k.sizes}}, api.Observer{})
	if err != nil {
		t.Fatal(err)
	}
	k.s = s
	return k
}

func drain(c <-chan string) {
	for range c {
	}
}

func (k *keyboard) types(s string) {
	k.t.Helper()
	if _, err := io.WriteString(k.keys, s); err != nil {
		k.t.Fatal(err)
	}
}

// sees waits until a text has appeared.
func (k *keyboard) sees(text string) {
	k.t.Helper()
	for late := time.After(patience); !strings.Contains(k.seen, text); {
		select {
		case b := <-k.shown:
			k.seen += b
		case <-late:
			k.t.Fatalf("%q does not appear: %q", text, k.seen)
		}
	}
}

// ends waits for the session's end while the terminal goes on reading.
func (k *keyboard) ends() (int, error) {
	k.t.Helper()
	type result struct {
		code int
		err  error
	}
	done := make(chan result, 1)
	go func() { code, err := k.s.Wait(); done <- result{code, err} }()
	for late := time.After(patience); ; {
		select {
		case b := <-k.shown:
			k.seen += b
		case r := <-done:
			return r.code, r.err
		case <-late:
			k.t.Fatal("the session does not end")
		}
	}
}

func TestATerminalIsTypedInto(t *testing.T) {
	p := open(t)
	id := p.create("-it", "busybox", "sh")
	k := p.sit(id, t)
	k.types("echo six: $((1+5))\r")
	k.sees("six: 6")
	k.types("stty size\r")
	k.sees("30 100")
	k.sizes <- api.Size{Width: 81, Height: 25}
	for !strings.Contains(k.seen, "25 81") { // the size comes when it comes
		k.types("stty size; echo asked\r")
		k.seen = ""
		k.sees("asked\r\n")
	}
	k.types("exit 5\r")
	if code, err := k.ends(); err != nil || code != 5 {
		t.Errorf("%d, %v", code, err)
	}
	if c := p.get(id); c.State != api.StateExited || c.ExitCode != 5 {
		t.Errorf("%s %d", c.State, c.ExitCode)
	}
}

func TestDetachKeysLeaveTheContainerRunning(t *testing.T) {
	p := open(t)
	id := p.create("-it", "busybox", "sh")
	k := p.sit(id, t)
	k.types("echo ready\r")
	k.sees("ready\r\n")
	k.types("\x10\x11") // ctrl-p, ctrl-q
	if _, err := k.ends(); !errors.Is(err, api.ErrDetached) {
		t.Errorf("detached: %v", err)
	}
	if c := p.get(id); c.State != api.StateRunning {
		t.Errorf("it is %s", c.State)
	}
	p.remove(id)
}

// Whoever closes a session only stops looking.
func TestClosingASessionLeavesTheContainerRunning(t *testing.T) {
	p := open(t)
	var out bytes.Buffer
	made, s, err := p.Run(t.Context(), p.request("busybox", "sleep", "60"), api.StartOptions{Attach: &api.Streams{Stdout: &out}}, api.Observer{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.Wait(); err == nil {
		t.Error("a closed session ends without an error")
	}
	if c := p.get(made.ID); c.State != api.StateRunning {
		t.Errorf("it is %s", c.State)
	}
	p.remove(made.ID)
}

// slowly is a reader that has something else to do first.
type slowly struct {
	bytes.Buffer
	busy time.Duration
}

func (s *slowly) Write(b []byte) (int, error) {
	time.Sleep(s.busy)
	s.busy = 0
	return s.Buffer.Write(b)
}

// A container that goes at its end must not take output with it that was not read yet,
// whoever else watches.
func TestASlowReaderGetsAllOfWhatGoesAtItsEnd(t *testing.T) {
	p := open(t)
	openOn(t, p.env)
	const lines = 60_000 // more than a socket holds, less than makes the process wait
	out := &slowly{busy: 2500 * time.Millisecond}
	made, s, err := p.Run(t.Context(), p.request("--rm", "busybox", "seq", "1", strconv.Itoa(lines)),
		api.StartOptions{Attach: &api.Streams{Stdout: out}}, api.Observer{})
	if err != nil {
		t.Fatal(err)
	}
	if code, err := s.Wait(); err != nil || code != 0 || bytes.Count(out.Bytes(), []byte("\n")) != lines {
		t.Errorf("%d, %v, %d lines of %d", code, err, bytes.Count(out.Bytes(), []byte("\n")), lines)
	}
	p.gone(made.ID)
}
