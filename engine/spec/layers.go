package spec

import (
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/containerd/containerd/v2/core/mount"
	"golang.org/x/sys/unix"
)

// ErrMount is returned where an image must be mounted to be read: a link is on the way, the
// layers say of each other what overlayfs alone makes sense of, or they cannot be read.
var ErrMount = errors.New("the image must be mounted for this")

// LayersOf are the folders that mounts stack into a root filesystem, the uppermost first; ok is
// false where that is not all that there is to them.
func LayersOf(mounts []mount.Mount) (layers []string, ok bool) {
	if len(mounts) != 1 {
		return nil, false
	}
	m := mounts[0]
	if m.Type == "bind" {
		return []string{m.Source}, true
	}
	if m.Type != "overlay" {
		return nil, false
	}
	for _, o := range m.Options {
		name, value, _ := strings.Cut(o, "=")
		switch {
		case name == "lowerdir" && !strings.Contains(value, `\`) && !strings.Contains(value, "::"):
			layers = append(layers, strings.Split(value, ":")...)
		case name == "upperdir":
			layers = slices.Insert(layers, 0, value)
		case name == "workdir", name == "uidmap", name == "gidmap", o == "index=off", o == "ro", o == "volatile":
		default:
			return nil, false
		}
	}
	return layers, len(layers) > 0
}

// readInLayers reads a regular file as it would be in the mounted stack; nil when there is none.
func readInLayers(layers []string, name string) ([]byte, error) {
	names := strings.Split(strings.Trim(path.Clean(name), "/"), "/")
	for _, layer := range layers {
		f, more, err := openInLayer(layer, names)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMount, err)
		}
		if f != nil {
			return readAll(f, name)
		}
		if !more {
			return nil, nil
		}
	}
	return nil, nil
}

// openInLayer looks into one layer. Without a file, more says whether one in a lower layer
// would be seen.
func openInLayer(layer string, names []string) (f *os.File, more bool, err error) {
	dir, err := unix.Open(layer, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, false, err
	}
	defer func() { unix.Close(dir) }()
	more = true
	for i, name := range names {
		var st unix.Stat_t
		err := unix.Fstatat(dir, name, &st, unix.AT_SYMLINK_NOFOLLOW)
		if errors.Is(err, unix.ENOENT) {
			return nil, more, nil
		}
		if err != nil {
			return nil, false, err
		}
		last := i == len(names)-1
		switch kind := st.Mode & unix.S_IFMT; {
		case kind == unix.S_IFLNK:
			return nil, false, errors.New("a link is on the way")
		case last && kind == unix.S_IFREG, !last && kind == unix.S_IFDIR:
		default: // a whiteout, or what is no way to a file
			return nil, false, nil
		}
		flags := unix.O_RDONLY | unix.O_NOFOLLOW | unix.O_CLOEXEC
		fd, err := unix.Openat(dir, name, flags, 0)
		if err != nil {
			return nil, false, err
		}
		if last {
			f := os.NewFile(uintptr(fd), name)
			if mark(fd, "metacopy") != "" || mark(fd, "redirect") != "" || mark(fd, "whiteout") != "" {
				f.Close()
				return nil, false, errors.New("overlayfs has marked it")
			}
			return f, false, nil
		}
		unix.Close(dir)
		dir = fd
		switch opaque := mark(fd, "opaque"); {
		case mark(fd, "redirect") != "", opaque != "" && opaque != "y":
			return nil, false, errors.New("overlayfs has marked its folder")
		case opaque == "y":
			more = false
		}
	}
	return nil, false, nil
}

// mark is what overlayfs has written at a file: "" nothing, "?" what cannot be read.
func mark(fd int, kind string) string {
	value := make([]byte, 8)
	n, err := unix.Fgetxattr(fd, "trusted.overlay."+kind, value)
	switch {
	case errors.Is(err, unix.ENODATA), errors.Is(err, unix.ENOTSUP):
		return ""
	case err != nil || n == 0:
		return "?"
	}
	return string(value[:n])
}
