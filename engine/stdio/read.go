package stdio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"gantry/engine/api"
	"gantry/engine/stdio/wire"
)

// Read reads the log of a container, written by gantry's, nerdctl's or Docker's json-file
// logger, and calls each with batches of lines, in order. Whoever receives lines may keep
// them. Tail is applied before Since and Until, and reading ends at the first line after
// Until. A line that was split at 16 KiB comes as its parts. A damaged line is replaced by
// one on stderr that says so.
//
// With Follow it goes on until no logger is at work in the state directory, which is until
// the container has ended and its last line was delivered. For a container that does not
// run it ends at once, as Docker's does. It ends earlier with ctx, with ctx's error, or
// when each returns an error, with that. A log that was not begun yet is an empty one; the
// error is fs.ErrNotExist when there is no state directory.
func Read(ctx context.Context, stateDir, id string, opt api.LogOptions, each func([]api.LogLine) error) error {
	return newReader(ctx, stateDir, id, opt, each).run()
}

func newReader(ctx context.Context, stateDir, id string, opt api.LogOptions, each func([]api.LogLine) error) *reader {
	return &reader{ctx: ctx, stateDir: stateDir, path: LogPath(stateDir, id), poll: followPoll, out: batch{opt: opt, each: each}}
}

// reader is one reading of a log.
type reader struct {
	ctx      context.Context
	stateDir string
	path     string
	poll     time.Duration // how often it is looked at without being told
	files    []*os.File    // that are still to be read, oldest first
	cur      scanner       // over files[0]
	out      batch
}

// run reads it, once.
func (r *reader) run() error {
	err := r.read()
	closeAll(r.files)
	if errors.Is(err, errPast) {
		err = r.out.flush()
	}
	return err
}

func (r *reader) read() error {
	if _, err := os.Stat(r.stateDir); err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	if r.out.opt.Follow {
		return r.follow()
	}
	// Asked before reading: then a line cut at the end of the file is a damaged one.
	over := !wire.Logging(r.stateDir)
	if err := r.begin(); err != nil {
		return err
	}
	if err := r.pump(); err != nil {
		return err
	}
	return r.end(over)
}

// begin opens the files and finds the place that Tail asks for.
func (r *reader) begin() error {
	files, err := openLogs(r.path, os.Open)
	if err != nil || len(files) == 0 {
		return err
	}
	r.files = files
	r.cur = scanner{f: files[0]}
	if r.out.opt.Tail < 0 {
		return nil
	}
	i, off, err := tailStart(files, r.out.opt.Tail)
	if err != nil {
		return fmt.Errorf("find the end of the log: %w", err)
	}
	closeAll(files[:i])
	r.files = files[i:]
	r.cur = scanner{f: files[i], off: off}
	return nil
}

// pump delivers every whole line of the files that are open, and keeps the newest.
func (r *reader) pump() error {
	for len(r.files) > 0 {
		if err := r.pumpFile(); err != nil {
			return err
		}
		if len(r.files) == 1 {
			break
		}
		if err := r.nextFile(); err != nil {
			return err
		}
	}
	return r.out.flush()
}

func (r *reader) pumpFile() error {
	for {
		line, err := r.cur.next()
		if errors.Is(err, io.EOF) {
			return r.ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("read the log: %w", err)
		}
		if err := r.out.add(line); err != nil {
			return err
		}
		if len(r.out.lines) == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
	}
}

// nextFile leaves a file that was rotated; nothing more is written to it.
func (r *reader) nextFile() error {
	if err := r.end(true); err != nil {
		return err
	}
	r.files[0].Close()
	r.files = r.files[1:]
	r.cur = scanner{f: r.files[0], buf: r.cur.buf}
	return nil
}

// end delivers what stands at the end of a file without a newline. If a logger is still at
// work and it is not an entry, it is one being written, and is left out.
func (r *reader) end(over bool) error {
	rest := r.cur.rest()
	if len(rest) == 0 {
		return nil
	}
	if !over {
		if _, _, err := parseEntry(rest, nil); err != nil {
			return nil
		}
	}
	if err := r.out.add(rest); err != nil {
		return err
	}
	return r.out.flush()
}
