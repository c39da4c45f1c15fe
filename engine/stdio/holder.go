package stdio

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/stdio/wire"
)

// Holder is a process that has the streams of one run of a container: one with input but no
// terminal, to which a shim gives a logger no input. It outlives this process.
type Holder struct {
	Stdin, Stdout, Stderr string // the pipes that the task is to be given
	tell                  *os.File
}

// Hold starts a holder with gantry-helper and waits until it has the container's streams. The
// caller tells it the task with Made, and closes it in any case: without a task it goes.
func Hold(ctx context.Context, helper, stateDir, namespace, id string) (h *Holder, err error) {
	if err := LetGo(ctx, stateDir); err != nil {
		return nil, err
	}
	h = &Holder{}
	for name, path := range map[string]*string{wire.StdinFile: &h.Stdin, wire.StdoutFile: &h.Stdout, wire.StderrFile: &h.Stderr} {
		*path = filepath.Join(stateDir, name)
		// What a holder that was killed has left may have somebody's bytes in it.
		if err := os.Remove(*path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err := unix.Mkfifo(*path, 0o600); err != nil {
			return nil, fmt.Errorf("make %s: %w", *path, err)
		}
	}
	ours, its, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer ours.Close()
	defer its.Close()
	bundle, tell, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer bundle.Close()
	h.tell = tell
	cmd := exec.CommandContext(ctx, helper, wire.HolderKey+"1", stateDir)
	cmd.Dir, cmd.Stdin, cmd.Stdout = "/", bundle, its
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "CONTAINER_ID=" + id, "CONTAINER_NAMESPACE=" + namespace}
	if err := cmd.Run(); err != nil {
		return nil, errors.Join(fmt.Errorf("start the holder of the container's streams: %w", err), h.Close())
	}
	its.Close()
	defer context.AfterFunc(ctx, func() { ours.SetReadDeadline(time.Unix(1, 0)) })()
	if n, _ := ours.Read(make([]byte, 1)); n == 1 {
		return h, nil
	}
	if ctx.Err() != nil {
		return nil, errors.Join(ctx.Err(), h.Close())
	}
	return nil, errors.Join(wire.ReadTrouble(stateDir), h.Close())
}

// Made tells the holder where the task is, by the number of its first process: the shim is
// that one's parent, and works in the bundle.
func (h *Holder) Made(pid uint32) error {
	shim, err := parent(pid)
	if err != nil {
		return err
	}
	bundle, err := os.Readlink(filepath.Join("/proc", shim, "cwd"))
	if err != nil {
		return fmt.Errorf("find the task's bundle: %w", err)
	}
	_, err = fmt.Fprintln(h.tell, bundle)
	return err
}

// Close lets go of the holder.
func (h *Holder) Close() error { return h.tell.Close() }

// letGoMax is how long the holder of an ended run may take for the rest: it waits for output
// that is under way for up to two seconds.
const letGoMax = 4 * time.Second

// LetGo waits until the holder of a run that has ended, if there was one, has let go of the
// state directory: unlike a logger's, nobody else waits for its end. One that hangs is left.
func LetGo(ctx context.Context, stateDir string) error {
	if _, err := os.Lstat(filepath.Join(stateDir, wire.StdoutFile)); err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, letGoMax)
	defer cancel()
	if f, err := wire.Lock(ctx, stateDir); err == nil {
		wire.Unlock(f)
	} else if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
