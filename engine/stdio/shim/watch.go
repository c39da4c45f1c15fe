package shim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// ErrGone means that the exit will not be learnt any more: the task was deleted or never
// made, or the shim ended or cannot be reached.
var ErrGone = errors.New("the shim does not know the task any more")

// The pauses while the task is not there yet. They stay short for long enough to see
// a container that ends as soon as it has begun, and then do not cost anything. A look at
// pidFile is so much cheaper than a call, for the shim too, that it comes before: a container's
// start must not compete with who waits for it. Runtimes that write no such file are asked
// at askAgain.
const (
	pollBusy = 10 * time.Millisecond
	pollIdle = 100 * time.Millisecond
	askAgain = 50 * time.Millisecond
	busyFor  = 10 * time.Second
)

// pidFile is what runc writes into the bundle when a container is made.
const pidFile = "init.pid"

// dialTries is how often the shim is called before it counts as gone, a pause of
// redial apart.
const (
	dialTries = 5
	redial    = 50 * time.Millisecond
)

// Init is a container's first process.
type Init struct {
	Pid      uint32
	Terminal bool
}

// Exit is its end.
type Exit struct {
	Code int // 128 + the signal's number when a signal ended it
	At   time.Time
}

// Watch waits for the init process of a task to end. bundle is the task's bundle, id its
// container. made is called once, when the task is there. The error wraps ErrGone when
// the exit cannot be learnt, or is ctx's.
func Watch(ctx context.Context, bundle, id string, made func(Init)) (Exit, error) {
	w := &watcher{bundle: bundle, id: id, made: made}
	var err error
	for try := 0; try < dialTries; try++ {
		if try > 0 && pause(ctx, redial) != nil {
			break
		}
		var e Exit
		var refused *statusError
		e, err = w.session(ctx)
		switch {
		case err == nil:
			return e, nil
		case ctx.Err() != nil:
			return Exit{}, ctx.Err()
		case errors.As(err, &refused), errors.Is(err, errors.ErrUnsupported):
			return Exit{}, fmt.Errorf("%w: %w", ErrGone, err)
		}
	}
	if ctx.Err() != nil {
		return Exit{}, ctx.Err()
	}
	return Exit{}, fmt.Errorf("%w: %w", ErrGone, err)
}

type watcher struct {
	bundle, id string
	made       func(Init)
	seen       bool
}

// session is one connection to the shim: State until there is a task, then Wait.
func (w *watcher) session(ctx context.Context) (Exit, error) {
	at, err := readEndpoint(w.bundle)
	if err != nil {
		return Exit{}, err
	}
	c, err := dial(ctx, at.address)
	if err != nil {
		return Exit{}, err
	}
	defer c.Close()
	if err := w.untilMade(ctx, c, &at); err != nil {
		return Exit{}, err
	}
	b, err := c.call(ctx, at.service(), "Wait", w.request())
	if err != nil {
		return Exit{}, err
	}
	return decodeExit(b)
}

// untilMade polls State until the shim has the task.
func (w *watcher) untilMade(ctx context.Context, c *conn, at *endpoint) error {
	began := time.Now()
	for {
		b, err := c.call(ctx, at.service(), "State", w.request())
		var refused *statusError
		switch {
		case err == nil:
			if !w.seen {
				w.seen = true
				w.made(decodeInit(b))
			}
			return nil
		case !errors.As(err, &refused):
			return err
		case refused.code == codeUnimplemented && at.version > 2:
			at.version--
			continue
		case refused.code == codeUnimplemented || w.seen:
			return err
		}
		if err := w.pauseUnmade(ctx, began); err != nil {
			return err
		}
	}
}

// pauseUnmade waits until it is worth asking for the task again.
func (w *watcher) pauseUnmade(ctx context.Context, began time.Time) error {
	asked := time.Now()
	if asked.Sub(began) > busyFor {
		return pause(ctx, pollIdle)
	}
	for {
		if err := pause(ctx, pollBusy); err != nil {
			return err
		}
		if _, err := os.Lstat(filepath.Join(w.bundle, pidFile)); err == nil || time.Since(asked) >= askAgain {
			return nil
		}
	}
}

func (e endpoint) service() string {
	if e.version >= 3 {
		return "containerd.task.v3.Task"
	}
	return "containerd.task.v2.Task"
}

// request is StateRequest and WaitRequest alike: the ID, and no exec.
func (w *watcher) request() []byte { return putString(nil, 1, w.id) }

func decodeInit(b []byte) (i Init) {
	fields(b, func(field int, num uint64, _ []byte) error {
		switch field {
		case 3:
			i.Pid = uint32(num)
		case 8:
			i.Terminal = num != 0
		}
		return nil
	})
	return i
}

func decodeExit(b []byte) (Exit, error) {
	var e Exit
	var sec, nano int64
	err := fields(b, func(field int, num uint64, v []byte) error {
		switch field {
		case 1:
			e.Code = int(uint32(num))
		case 2:
			return fields(v, func(field int, num uint64, _ []byte) error {
				switch field {
				case 1:
					sec = int64(num)
				case 2:
					nano = int64(num)
				}
				return nil
			})
		}
		return nil
	})
	e.At = time.Unix(sec, nano).UTC()
	if sec <= 0 {
		e.At = time.Now().UTC()
	}
	return e, err
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
