// Package keeper keeps the embedded daemon up while no gantry is there to do so.
//
// A keeper is a small process, a role of gantry-helper. It is the daemon's parent, holds
// the data root's lock, and starts the daemon again when it has ended; of a daemon that
// it finds running it takes care until that ends, and is the parent of the next. What it
// starts is written in the plan of the data root, and how it is in its status.
//
// The package is linked into gantry-helper and imports as little as it can.
package keeper

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Role is the argument with which gantry-helper is a keeper: the format of what follows
// it is 1, the data root.
const (
	Role   = "keeper-"
	Format = 1
)

const (
	// DownTime is how long the daemon may take to end by itself before it is killed.
	DownTime = 10 * time.Second
	// EndTime is how long a keeper may take to end, its daemon's end included.
	EndTime = 2*DownTime + 2*time.Second

	poll     = 2 * time.Millisecond   // between looks at what nothing else tells of
	lockTime = 15 * time.Second       // to wait for the lock while somebody unknown holds it
	steady   = 10 * time.Second       // a daemon that ran for so long has not failed in a row
	first    = 100 * time.Millisecond // the pause before the second start in a row
	last     = 30 * time.Second
	tries    = 3 // failures in a row after which what will not mend itself is given up
)

// ErrGaveUp ends a keeper whose daemon cannot run before somebody does something.
var ErrGaveUp = errors.New("the engine cannot run as things are")

// Config is what a keeper is told by whoever starts it.
type Config struct {
	DataRoot string
	Lock     *os.File        // the data root's lock, if it was passed on
	Retry    <-chan struct{} // asks for a start at once, without the pause that is due
	Ready    func()          // called when the daemon serves for the first time; may be nil
}

// keeping is one run of a keeper.
type keeping struct {
	Config
	plan   Plan
	st     Status
	served bool  // once at least
	logAt  int64 // where the running daemon's part of the log begins; -1 if it has none
	began  time.Time
}

// Run keeps the daemon up until ctx ends, and ends it then; containers run on. It returns
// at once, without an error, where there is a keeper already. A daemon that does not serve
// even once is an error, after its first end; so is, as ErrGaveUp, one that fails over and
// over for want of something that time does not bring.
func Run(ctx context.Context, cfg Config) error {
	own, err := claim(ctx, cfg.DataRoot)
	if err != nil || own == nil {
		return err
	}
	defer own.Close()
	k := &keeping{Config: cfg, logAt: -1}
	if k.plan, err = ReadPlan(cfg.DataRoot); err != nil {
		return err
	}
	if err := k.plan.rooms(); err != nil {
		return err
	}
	k.st = Status{PID: os.Getpid()}
	k.tell(Starting)
	err = k.keep(ctx)
	if err == nil || ctx.Err() != nil {
		Forget(k.plan.StateDir)
		return nil
	}
	k.st.Why = err.Error()
	k.tell(Failed)
	k.note("error", "no longer kept up: "+err.Error())
	return err
}

// claim makes this process the keeper of a data root; nil if there is one.
func claim(ctx context.Context, dataRoot string) (*os.File, error) {
	f, err := take(keeperFile(dataRoot))
	if err != nil || f == nil {
		return nil, err
	}
	// Written over, never cut first: that works on a full disk as well.
	if _, err := f.WriteAt(fmt.Appendf(nil, "%-10d\n", os.Getpid()), 0); err != nil {
		return nil, errors.Join(fmt.Errorf("sign the keeper's lock: %w", err), f.Close())
	}
	return f, ctx.Err()
}

// rooms makes the folders that a boot has taken away.
func (p Plan) rooms() error {
	// 0711 as containerd's own: processes of user namespaces pass through here.
	if err := os.MkdirAll(p.StateDir, 0o711); err != nil {
		return fmt.Errorf("make the state dir: %w", err)
	}
	return nil
}

// keep is the keeper's life: a daemon after the other.
func (k *keeping) keep(ctx context.Context) error {
	defer func() {
		if k.Lock != nil {
			k.Lock.Close()
		}
	}()
	for {
		if k.Lock == nil {
			if err := k.takeOver(ctx); err != nil {
				return err
			}
		}
		how, err := k.round(ctx)
		if err := ctx.Err(); err != nil {
			return err
		}
		if err != nil {
			how = err.Error()
		}
		if err := k.after(how, err); err != nil {
			return err
		}
		if err := k.rest(ctx); err != nil {
			return err
		}
	}
}

// takeOver waits for the lock. While a daemon has it that is no child of ours, that one
// is kept company.
func (k *keeping) takeOver(ctx context.Context) error {
	for until := time.Now().Add(lockTime); ; {
		lock, err := Lock(k.DataRoot)
		if err != nil {
			return err
		}
		serves := Knock(k.plan.Address)
		if lock != nil && !serves {
			k.Lock = lock
			return nil
		}
		pid := Daemon(k.DataRoot)
		if lock != nil {
			// The lock's file was removed under a daemon that lives: a second one on its
			// data would do harm.
			lock.Close()
			pid = Peer(k.plan.Address)
		}
		if pid > 0 {
			if err := k.adopt(ctx, pid); err != nil {
				return err
			}
			until = time.Now().Add(lockTime)
			continue
		}
		if time.Now().After(until) {
			return fmt.Errorf("somebody holds the lock of %s, and it is not an engine", k.DataRoot)
		}
		if err := sleep(ctx, poll, nil); err != nil {
			return err
		}
	}
}

// adopt waits for the end of a daemon that another process started.
func (k *keeping) adopt(ctx context.Context, pid int) error {
	fd, err := Watch(pid)
	if err != nil || fd < 0 {
		return err
	}
	defer unix.Close(fd)
	if Daemon(k.DataRoot) != pid && Peer(k.plan.Address) != pid {
		return nil // it ended, and the number may be another's by now
	}
	k.st.Daemon, k.began, k.logAt = pid, time.Now(), -1
	k.serving()
	ended := make(chan error, 1)
	go func() { ended <- hear(fd) }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("watch the engine (pid %d): %w", pid, err)
		}
		return k.after("it was found running, and ended", nil)
	case <-ctx.Done():
	}
	err = End(context.Background(), pid, fd, DownTime, unix.SIGTERM, unix.SIGKILL)
	if err == nil {
		<-ended // it uses fd
	}
	return errors.Join(ctx.Err(), err)
}

// hear waits for the end of the process behind a handle, and costs nothing meanwhile.
func hear(pidfd int) error {
	for {
		_, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, -1)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// serving is called when the daemon answers.
func (k *keeping) serving() {
	k.plan.private()
	k.tell(Serving)
	if !k.served && k.Ready != nil {
		k.Ready()
	}
	k.served = true
}

func (k *keeping) tell(p Phase) {
	k.st.Phase = p
	k.st.write(k.plan.StateDir)
}

// note writes a line into the engine's log, in the form of containerd's own.
func (k *keeping) note(level, text string) {
	f, _, err := OpenLog(k.DataRoot)
	if err != nil {
		return
	}
	defer f.Close()
	fmt.Fprintf(f, "time=%q level=%s msg=%q\n", time.Now().Format(time.RFC3339Nano), level, NoteMark+text)
}

// NoteMark begins the keeper's own messages in the engine's log.
const NoteMark = "keeper: "

// Knock says whether a socket is listened on.
func Knock(address string) bool {
	c, err := net.DialTimeout("unix", address, time.Second)
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// Peer is the process that listens on a socket, as the kernel knows it; 0 if it is not
// visible from here.
func Peer(address string) int {
	conn, err := net.DialTimeout("unix", address, time.Second)
	if err != nil {
		return 0
	}
	defer conn.Close()
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return 0
	}
	pid := 0
	err = raw.Control(func(fd uintptr) {
		if cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			pid = int(cred.Pid)
		}
	})
	if err != nil {
		return 0
	}
	return pid
}
