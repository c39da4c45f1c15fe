package keeper

import (
	"errors"
	"strings"

	"golang.org/x/sys/unix"
)

// Trouble is what kind of thing keeps a daemon from running; "" is any other.
type Trouble string

// The kinds that are told apart, because something different is to be done about each.
const (
	Full     Trouble = "full"      // no space left below the data root
	ReadOnly Trouble = "read-only" // the data root's file system cannot be written
	Damaged  Trouble = "damaged"   // the engine's data cannot be read
	Newer    Trouble = "newer"     // the data was written by a newer containerd
	Program  Trouble = "program"   // the daemon's program cannot be run
)

// NewerMark begins what a daemon says when it refuses data of a newer containerd.
const NewerMark = "its data is of a newer containerd"

// DamagedMark is in what a daemon says when it finds its data damaged.
const DamagedMark = "is damaged"

// Diagnose tells the kind of trouble from what a daemon said at its end.
func Diagnose(words string) Trouble {
	for _, known := range []struct {
		mark string
		is   Trouble
	}{
		{NewerMark, Newer},
		{"no space left on device", Full},
		{"disk quota exceeded", Full},
		{"read-only file system", ReadOnly},
		{DamagedMark, Damaged},
		{"not a directory", Damaged},
		{"is a directory", Damaged},
		{"invalid database", Damaged},
		{"checksum error", Damaged},
		{"version mismatch", Damaged},
		{"file size too small", Damaged},
		{"exec format error", Program},
	} {
		if strings.Contains(words, known.mark) {
			return known.is
		}
	}
	return ""
}

// DiagnoseError tells the kind of trouble from an error of the system.
func DiagnoseError(err error) Trouble {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT):
		return Full
	case errors.Is(err, unix.EROFS):
		return ReadOnly
	}
	return Diagnose(err.Error())
}

// lasting says that waiting does not help: somebody has to do something first.
func (t Trouble) lasting() bool { return t == Damaged || t == Newer }

// Free is the space in bytes that is left below a folder; known is false if it cannot be told.
func Free(dir string) (bytes uint64, known bool) {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return 0, false
	}
	return st.Bavail * uint64(st.Frsize), true
}
