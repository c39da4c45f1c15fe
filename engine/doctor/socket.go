package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
)

// maxSocketPath is what fits into the address of a unix socket, in bytes.
const maxSocketPath = 107

// socket looks at the chosen engine's socket itself: its path, whether this user may use
// it, and whether a killed engine left it.
func (e *examination) socket(context.Context) []api.Finding {
	const what = "socket"
	ep := e.status.Endpoint
	if ep.Address == "" {
		return nil
	}
	if n := e.socketLength(); n > maxSocketPath {
		return one(bad(what, fmt.Sprintf("%s is too long: %d bytes, and %d fit", ep.Address, n, maxSocketPath), "choose a shorter path"))
	}
	info, err := os.Stat(ep.Address)
	switch {
	case errors.Is(err, fs.ErrNotExist) && ep.Kind == api.EngineEmbedded:
		return one(note(what, ep.Address+" is there while the engine runs", ""))
	case errors.Is(err, fs.ErrNotExist):
		return nil // the engine's finding says so
	case errors.Is(err, fs.ErrPermission):
		return one(note(what, ep.Address+": its folder is closed to this user, so it may not even be there", ""))
	case err != nil:
		return one(note(what, "cannot be looked at: "+err.Error(), ""))
	case info.Mode().Type() != fs.ModeSocket:
		return one(bad(what, ep.Address+" is not a socket", "give containerd's socket with --address"))
	}
	detail := fmt.Sprintf("%s, %s", ep.Address, ownership(info))
	switch {
	case !may(ep.Address, unix.W_OK):
		return one(note(what, detail+": not for this user", ""))
	case e.stale():
		fix := "start that containerd"
		if ep.Kind == api.EngineEmbedded {
			fix = "nothing to do: the next start of the engine replaces it"
		}
		return one(note(what, detail+": left by an engine that was killed, nobody listens", fix))
	}
	return one(ok(what, detail))
}

// socketLength is how many bytes the engine's longest socket path has.
func (e *examination) socketLength() int {
	n := len(e.status.Endpoint.Address)
	if e.status.Endpoint.Kind == api.EngineEmbedded {
		n += len(".ttrpc") // its second socket
	}
	return n
}

// stale tells a socket that nobody listens on, which this user could use.
func (e *examination) stale() bool {
	var u *api.UnavailableError
	if errors.As(e.status.Err, &u) {
		cause := u.Cause
		if errors.As(u.Err, &u) { // what the remembered engine said
			cause = u.Cause
		}
		return cause == api.Refused
	}
	return e.statusErr == nil && e.status.Err == nil && !e.status.Running
}

// ownership is owner, group and mode: "root:root 0660". Those without a name are numbers.
func ownership(info fs.FileInfo) string {
	mode := fmt.Sprintf("%04o", info.Mode().Perm())
	st, isUnix := info.Sys().(*syscall.Stat_t)
	if !isUnix {
		return mode
	}
	owner, group := strconv.Itoa(int(st.Uid)), strconv.Itoa(int(st.Gid))
	if u, err := user.LookupId(owner); err == nil {
		owner = u.Username
	}
	if g, err := user.LookupGroupId(group); err == nil {
		group = g.Name
	}
	return owner + ":" + group + " " + mode
}

// may asks the kernel what the effective user may do with a path.
func may(path string, mode uint32) bool {
	return unix.Faccessat(unix.AT_FDCWD, path, mode, unix.AT_EACCESS) == nil
}
