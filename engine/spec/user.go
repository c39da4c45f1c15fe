package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	pathrs "github.com/cyphar/filepath-securejoin/pathrs-lite"
	"github.com/moby/sys/user"
	"golang.org/x/sys/unix"
)

// maxUserFile bounds what is read of an image's passwd or group file, in bytes.
const maxUserFile = 8 << 20

// User is who a container's process runs as.
type User struct {
	UID, GID uint32
	// Groups are all groups, the primary one first, sorted otherwise and each once. Without
	// the primary one a program that drops it could reach files it is locked out of.
	Groups []uint32
}

// LookupUser resolves "name", "uid", "name:group", "uid:gid" or "" (root) and the groups
// of --group-add by the passwd and group files of an image whose root is mounted at root.
// Links in the image cannot lead out of it. Numbers need no files. What is not found, or
// out of range, is an api.FieldErrors in Docker's words.
func LookupUser(root, spec string, groups ...string) (User, error) {
	return lookupUser(func(name string) ([]byte, error) { return readInRoot(root, name) }, spec, groups)
}

// LookupUserInLayers is LookupUser for an image that is not mounted: layers are its folders,
// the uppermost first. Its error is ErrMount where only a mount can tell.
func LookupUserInLayers(layers []string, spec string, groups ...string) (User, error) {
	return lookupUser(func(name string) ([]byte, error) { return readInLayers(layers, name) }, spec, groups)
}

func lookupUser(read func(name string) ([]byte, error), spec string, groups []string) (User, error) {
	passwd, err := read("/etc/passwd")
	if err != nil {
		return User{}, err
	}
	group, err := read("/etc/group")
	if err != nil {
		return User{}, err
	}
	found, err := user.GetExecUser(spec, nil, reader(passwd), reader(group))
	if err != nil {
		return User{}, userError(spec, err)
	}
	gids, err := additional(groups, group)
	if err != nil {
		return User{}, err
	}
	u := User{UID: uint32(found.Uid), GID: uint32(found.Gid)}
	all := append(slices.Clone(found.Sgids), gids...)
	slices.Sort(all)
	u.Groups = []uint32{u.GID}
	for _, g := range slices.Compact(all) {
		if uint32(g) != u.GID {
			u.Groups = append(u.Groups, uint32(g))
		}
	}
	return u, nil
}

// additional resolves --group-add one by one, so that the error names the right one.
func additional(groups []string, file []byte) ([]int, error) {
	var out []int
	for i, g := range groups {
		gids, err := user.GetAdditionalGroups([]string{g}, reader(file))
		if err != nil {
			return nil, refuse("group-add", i, g, err.Error())
		}
		out = append(out, gids...)
	}
	return out, nil
}

// userError keeps the library's words, which are Docker's.
func userError(spec string, err error) error {
	if errors.Is(err, user.ErrRange) {
		return refuse("user", 0, spec, "uids and gids must be in range 0-2147483647")
	}
	name, _, _ := strings.Cut(spec, ":")
	if errors.Is(err, user.ErrNoPasswdEntries) {
		return refuse("user", 0, spec, "unable to find user "+name+": no matching entries in passwd file")
	}
	return refuse("user", 0, spec, err.Error())
}

// readInRoot reads a regular file of an image; nil when there is none.
func readInRoot(root, name string) ([]byte, error) {
	h, err := pathrs.OpenInRoot(root, name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the image's %s: %w", name, err)
	}
	defer h.Close()
	// The handle is a place, not yet open: a FIFO or device is never opened at all.
	if st, err := h.Stat(); err != nil || !st.Mode().IsRegular() {
		return nil, err
	}
	f, err := pathrs.Reopen(h, unix.O_RDONLY|unix.O_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("read the image's %s: %w", name, err)
	}
	return readAll(f, name)
}

// readAll reads an image's file and closes it.
func readAll(f *os.File, name string) ([]byte, error) {
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxUserFile+1))
	if err == nil && len(b) > maxUserFile {
		err = errors.New("it is longer than 8 MiB")
	}
	if err != nil {
		return nil, fmt.Errorf("read the image's %s: %w", name, err)
	}
	return b, nil
}

// reader is nil for a missing file: the library tells that from an empty one.
func reader(b []byte) io.Reader {
	if b == nil {
		return nil
	}
	return bytes.NewReader(b)
}
