package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
)

// minFree is the free space in bytes below which images hardly fit.
const minFree = 1 << 30

// home is the data root, absolute where that can be told.
func (e *examination) home() string {
	if r := e.status.Endpoint.DataRoot; r != "" {
		return r
	}
	if abs, err := filepath.Abs(e.Daemon.DataRoot); err == nil {
		return abs
	}
	return e.Daemon.DataRoot
}

// dataRoot says whether the engine's files can be kept and run where they are to be.
func (e *examination) dataRoot(context.Context) []api.Finding {
	const what = "data root"
	root := e.home()
	const move = "choose another folder with --data-root"
	dir, err := existing(root)
	if err != nil {
		return one(note(what, root+" cannot be looked at: "+err.Error(), ""))
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return one(bad(what, dir+" is not a folder", move))
	}
	var st unix.Statfs_t
	if err := e.statfs(dir, &st); err != nil {
		return one(warn(what, root+": "+err.Error(), move))
	}
	switch {
	case st.Flags&unix.ST_RDONLY != 0:
		return one(bad(what, root+" is on a file system mounted read-only", move))
	case st.Flags&unix.ST_NOEXEC != 0:
		return one(bad(what, root+" is on a file system mounted noexec: runc and helper could not run", move))
	case !may(dir, unix.W_OK|unix.X_OK) && e.euid() == 0:
		return one(bad(what, dir+" cannot be written, not even by root", move))
	case !may(dir, unix.W_OK|unix.X_OK):
		return one(note(what, root+" is not for this user", ""))
	case dir != root:
		return one(note(what, root+" is not there yet: the first start makes it", ""))
	}
	return one(ok(what, root))
}

func (e *examination) space(context.Context) []api.Finding {
	const what = "free space"
	dir, err := existing(e.home())
	if err != nil {
		return one(note(what, "cannot be looked at: "+err.Error(), ""))
	}
	var st unix.Statfs_t
	if err := e.statfs(dir, &st); err != nil {
		return one(warn(what, "cannot be looked at: "+err.Error(), ""))
	}
	free := st.Bavail * uint64(st.Frsize)
	detail := fmt.Sprintf("%.1f GiB below %s", float64(free)/(1<<30), dir)
	if free < minFree {
		return one(warn(what, detail+": images may not fit", "free some, or choose a roomier place with --data-root"))
	}
	return one(ok(what, detail))
}

// existing is the path itself, or the nearest folder above it that is there.
func existing(path string) (string, error) {
	for {
		_, err := os.Stat(path)
		if err == nil || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, unix.ENOTDIR) {
			return path, err
		}
		up := filepath.Dir(path)
		if up == path {
			return path, err
		}
		path = up
	}
}
