package keeper

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/daemon/inherit"
)

// settled is how long after its start a daemon has all its sockets as they are to be.
const settled = 2 * time.Second

// round is the life of one daemon: it is started, waited for until it serves and until it
// ends, and ended when ctx is. An error is that it could not be started.
func (k *keeping) round(ctx context.Context) (how string, err error) {
	// Read anew each time: a newer gantry may have written another.
	if plan, err := ReadPlan(k.DataRoot); err == nil {
		k.plan = plan
	}
	k.st.Daemon, k.logAt = 0, -1
	child, err := k.start()
	if err != nil {
		return "", err
	}
	k.st.Daemon = child.Pid
	k.st.Starts++
	k.began = time.Now()
	k.tell(Starting)
	ended := make(chan string, 1)
	go func() { ended <- wait(child) }()
	if how, over := k.untilServing(ctx, ended); over {
		return how, nil
	}
	if ctx.Err() == nil {
		k.serving()
		if how, over := k.company(ctx, ended); over {
			return how, nil
		}
	}
	k.stop(child, ended)
	return "", nil
}

func (k *keeping) untilServing(ctx context.Context, ended <-chan string) (how string, over bool) {
	look := time.NewTicker(poll)
	defer look.Stop()
	for !Knock(k.plan.Address) {
		select {
		case how := <-ended:
			if _, err := os.Stat(k.plan.Address); err == nil {
				k.serving() // it did, too shortly to be seen, and has left its socket
			}
			return how, true
		case <-ctx.Done():
			return "", false
		case <-look.C:
			if time.Since(k.began) > time.Second {
				look.Reset(50 * time.Millisecond)
			}
		}
	}
	return "", false
}

// company waits for the end of a daemon that serves.
func (k *keeping) company(ctx context.Context, ended <-chan string) (how string, over bool) {
	// containerd listens a moment before it sets the mode of a socket.
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case how := <-ended:
			return how, true
		case <-ctx.Done():
			return "", false
		case <-look.C:
			k.plan.private()
			if time.Since(k.began) > settled {
				look.Stop()
			}
		}
	}
}

func wait(child *os.Process) string {
	st, err := child.Wait()
	if err != nil {
		return err.Error()
	}
	return Ending(unix.WaitStatus(st.Sys().(syscall.WaitStatus)))
}

// stop ends the daemon in order, or not in order when it takes too long. The process is
// our child and collected only by wait, so the number is its own until then.
func (k *keeping) stop(child *os.Process, ended <-chan string) {
	child.Signal(unix.SIGTERM)
	child.Signal(unix.SIGCONT) // one that was stopped would not hear it
	select {
	case <-ended:
		return
	case <-time.After(DownTime):
	}
	child.Signal(unix.SIGKILL)
	select {
	case <-ended:
	case <-time.After(DownTime):
	}
}

// start starts the daemon in a session of its own, with the lock as its own too.
func (k *keeping) start() (*os.Process, error) {
	if err := errors.Join(k.plan.rooms(), k.plan.removeSockets()); err != nil {
		return nil, err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	out := null // a disk that is too full for a log is no reason not to run
	if log, at, err := OpenLog(k.DataRoot); err == nil {
		defer log.Close()
		out, k.logAt = log, at
	}
	argv := append(append([]string{}, k.plan.Program...), "--config", k.plan.Config)
	child, err := os.StartProcess(argv[0], argv, &os.ProcAttr{
		Dir:   "/",
		Env:   append(append([]string{}, k.plan.Env...), inherit.LockVariable),
		Files: []*os.File{null, out, out, k.Lock},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return nil, fmt.Errorf("the engine cannot be started: %w", err)
	}
	return child, nil
}

func (p Plan) sockets() []string { return []string{p.Address, p.Address + ".ttrpc"} }

// private takes the sockets from the group that containerd gives them to: they are for
// root alone.
func (p Plan) private() {
	for _, s := range p.sockets() {
		if fi, err := os.Stat(s); err == nil && fi.Mode().Perm() != 0o600 {
			os.Chmod(s, 0o600)
		}
	}
}

// removeSockets takes away what a killed daemon left: a first dial that fails would cost
// gRPC a second of waiting. Only the holder of the lock may do this.
func (p Plan) removeSockets() error {
	for _, name := range p.sockets() {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove a stale socket: %w", err)
		}
	}
	return nil
}
