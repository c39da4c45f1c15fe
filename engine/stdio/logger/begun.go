package logger

import (
	"encoding/json"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// defaultRuncRoot is where containerd's shim has runc keep its state when the container
// names no other place.
const defaultRuncRoot = "/run/containerd/runc"

// execFIFO is the file by which runc holds a created container back: its init writes to it
// just before it becomes the container's process, and can do so only when runc start reads.
func execFIFO(cfg Config) string {
	var opts struct {
		Root string `json:"root"`
	}
	if b, err := os.ReadFile(filepath.Join(cfg.Bundle, "options.json")); err == nil {
		_ = json.Unmarshal(b, &opts)
	}
	if opts.Root == "" {
		opts.Root = defaultRuncRoot
	}
	return filepath.Join(opts.Root, cfg.Namespace, cfg.ID, "exec.fifo")
}

// gate is a created container's exec.fifo, held by a descriptor that tells also after the
// file was taken away, by runc start or with all the rest by runc delete. A nil one is of a
// container that was started before anybody looked, or of a runtime without such a file.
type gate struct {
	fd   int
	shut unix.StatxTimestamp // its last change while nobody had gone through
}

// openGate takes hold of a container's exec.fifo.
func openGate(fifo string) *gate {
	fd, err := unix.Open(fifo, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	st, err := stat(fd)
	if err != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
		unix.Close(fd)
		return nil
	}
	g := &gate{fd, st.Mtime}
	if st.Mask&unix.STATX_BTIME != 0 {
		g.shut = st.Btime // runc start may have been quicker
	}
	return g
}

// held reports whether the process was ended while it still waited to become the
// container's: a task was made and taken away without a start. That is no run, and its code
// says nothing about the container. Without a gate it is taken to have begun.
func (g *gate) held() bool {
	if g == nil {
		return false
	}
	st, err := stat(g.fd)
	return err == nil && st.Mtime == g.shut
}

func (g *gate) close() {
	if g != nil {
		unix.Close(g.fd)
	}
}

func stat(fd int) (st unix.Statx_t, err error) {
	err = unix.Statx(fd, "", unix.AT_EMPTY_PATH, unix.STATX_TYPE|unix.STATX_MTIME|unix.STATX_BTIME, &st)
	return st, err
}
