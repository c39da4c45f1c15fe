package stdio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/fsnotify/fsnotify"

	"gantry/engine/stdio/wire"
)

// followPoll is how often a log is looked at without being told: file systems on a network
// tell nothing.
const followPoll = 500 * time.Millisecond

// follow reads on as the log grows. The directory is watched before anything is read, so
// that nothing is missed in between.
func (r *reader) follow() error {
	watch, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("follow the log: %w", err)
	}
	defer watch.Close()
	if err := watch.Add(r.stateDir); err != nil {
		return fmt.Errorf("follow the log: %w", err)
	}
	tick := time.NewTicker(r.poll)
	defer tick.Stop()
	over := !wire.Logging(r.stateDir)
	if err := r.begin(); err != nil {
		return err
	}
	for {
		if err := r.catchUp(); err != nil {
			return err
		}
		if over || r.pastUntil() {
			return r.end(true)
		}
		select {
		case <-r.ctx.Done():
			return r.ctx.Err()
		case <-watch.Events:
		case <-watch.Errors:
		case <-tick.C:
		}
		// Asked before reading: what was written until then is all there is.
		over = !wire.Logging(r.stateDir)
	}
}

func (r *reader) pastUntil() bool {
	until := r.out.opt.Until
	return !until.IsZero() && time.Now().After(until)
}

// catchUp delivers what is new, through any number of rotations.
func (r *reader) catchUp() error {
	for {
		if err := r.pump(); err != nil {
			return err
		}
		more, err := r.rotated()
		if err != nil || !more {
			return err
		}
	}
}

// rotated looks for files that came after the one being read. It reports whether there is
// anything to read again.
func (r *reader) rotated() (bool, error) {
	st, err := os.Stat(r.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("read the log: %w", err)
	}
	if len(r.files) == 0 {
		if err != nil {
			return false, nil
		}
		r.files, err = openLogs(r.path, os.Open)
		if err != nil || len(r.files) == 0 {
			return false, err
		}
		r.cur = scanner{f: r.files[0]}
		return true, nil
	}
	here, serr := r.cur.f.Stat()
	if serr != nil {
		return false, fmt.Errorf("read the log: %w", serr)
	}
	if err != nil {
		return false, nil // between the renaming of the old and the making of the new
	}
	if os.SameFile(st, here) {
		return r.cur.shrunk(st.Size()), nil
	}
	return r.newer()
}

// newer opens the files that came after the current one. If that is not there any more,
// all that are there came after it.
func (r *reader) newer() (bool, error) {
	files, err := openLogs(r.path, os.Open)
	if err != nil {
		return false, err
	}
	for i, f := range files {
		if sameFile(f, r.cur.f) {
			closeAll(files[:i+1])
			files = files[i+1:]
			break
		}
	}
	r.files = append(r.files, files...)
	return len(files) > 0, nil
}
