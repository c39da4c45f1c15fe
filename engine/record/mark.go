package record

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Mark shows others that this process ends the container: it has a shared lock, which keeps
// nobody from anything, of the file of its request until done is called. A container of others
// has no such file, and is not marked.
func (d StateDir) Mark() (done func()) {
	f, err := os.Open(d.file(requestFile))
	if err != nil {
		return func() {}
	}
	_ = unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB) // one that is not to be had is not missed
	return func() { _ = f.Close() }
}

// Locker is the process that has the container's lock, and Marker one that ends it; 0 when there
// is none.
func (d StateDir) Locker() (pid int) { return holder(filepath.Join(string(d), opLock), "WRITE") }

// Marker is described with Locker.
func (d StateDir) Marker() (pid int) { return holder(d.file(requestFile), "READ") }

// holder finds in /proc/locks who has the flock of a file.
func holder(file, how string) int {
	st, err := os.Stat(file)
	if err != nil {
		return 0
	}
	sys, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	locks, err := os.ReadFile("/proc/locks")
	if err != nil {
		return 0
	}
	inode := ":" + strconv.FormatUint(sys.Ino, 10)
	for line := range strings.Lines(string(locks)) {
		f := strings.Fields(line) // "1: FLOCK  ADVISORY  WRITE 4711 fe:00:1234 0 EOF"
		if len(f) < 6 || f[1] != "FLOCK" || f[3] != how || !strings.HasSuffix(f[5], inode) {
			continue
		}
		if pid, err := strconv.Atoi(f[4]); err == nil {
			return pid
		}
	}
	return 0
}
