// Package tty hands the caller's terminal to a process in a container: its keys, and its size
// as it changes. It gives the terminal back as it was.
package tty

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"

	"github.com/muesli/cancelreader"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"gantry/engine/api"
)

// Terminal is the caller's terminal in the hands of a container.
type Terminal struct {
	fd   int
	old  *term.State // nil: nothing was changed
	err  error       // why it could not be changed
	in   cancelreader.CancelReader
	done chan struct{}
	work sync.WaitGroup
}

// Open prepares a terminal: its keys become the streams' input if that is wanted, and its size
// goes to them as it changes. It stays as it is until Raw. Nothing happens if in is no terminal.
func Open(in *os.File, st *api.Streams, input bool) (*Terminal, error) {
	t := &Terminal{fd: int(in.Fd()), done: make(chan struct{})}
	if !term.IsTerminal(t.fd) {
		return t, nil
	}
	r, err := cancelreader.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("read the terminal: %w", err)
	}
	t.in = r
	if input {
		st.Stdin = r
	}
	sizes := make(chan api.Size, 1)
	st.Resize = sizes
	t.work.Go(func() { t.follow(sizes) })
	return t, nil
}

// Raw hands the terminal over: from now on every key is the container's.
func (t *Terminal) Raw() {
	if t.in != nil {
		t.old, t.err = term.MakeRaw(t.fd)
	}
}

// follow sends the terminal's size, at first and after each change.
func (t *Terminal) follow(sizes chan<- api.Size) {
	winch := make(chan os.Signal, 1)
	signal.Notify(winch, unix.SIGWINCH)
	defer signal.Stop(winch)
	for {
		if w, h, err := term.GetSize(t.fd); err == nil {
			select {
			case sizes <- api.Size{Width: uint16(w), Height: uint16(h)}:
			case <-t.done:
				return
			}
		}
		select {
		case <-winch:
		case <-t.done:
			return
		}
	}
}

// Close gives the terminal back. A read of its keys that is under way ends.
func (t *Terminal) Close() error {
	close(t.done)
	t.work.Wait()
	if t.in == nil {
		return nil
	}
	t.in.Cancel()
	var err error
	if t.err != nil {
		err = fmt.Errorf("set the terminal to raw mode: %w", t.err)
	}
	if t.old != nil {
		err = errors.Join(err, term.Restore(t.fd, t.old))
	}
	return err
}
