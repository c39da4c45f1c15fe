package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"
)

// devices: only the harmless ones may be used, any may be made; a privileged container has
// all of the host's.
func (b *builder) devices() error {
	if !b.host.Privileged {
		b.s.Linux.Resources.Devices = allowList()
		return nil
	}
	b.s.Linux.Resources.Devices = []specs.LinuxDeviceCgroup{{Allow: true, Access: "rwm"}}
	b.s.Linux.Devices = b.Devices
	if b.Devices == nil {
		var err error
		b.s.Linux.Devices, err = HostDevices("/dev")
		return err
	}
	return nil
}

func allowList() []specs.LinuxDeviceCgroup {
	rule := func(kind string, major, minor int64, access string) specs.LinuxDeviceCgroup {
		d := specs.LinuxDeviceCgroup{Allow: true, Type: kind, Access: access}
		if major >= 0 {
			d.Major = &major
		}
		if minor >= 0 {
			d.Minor = &minor
		}
		return d
	}
	return []specs.LinuxDeviceCgroup{
		{Allow: false, Access: "rwm"},
		rule("c", -1, -1, "m"),
		rule("b", -1, -1, "m"),
		rule("c", 1, 3, "rwm"),    // null
		rule("c", 1, 5, "rwm"),    // zero
		rule("c", 1, 7, "rwm"),    // full
		rule("c", 1, 8, "rwm"),    // random
		rule("c", 1, 9, "rwm"),    // urandom
		rule("c", 5, 0, "rwm"),    // tty
		rule("c", 5, 1, "rwm"),    // console
		rule("c", 5, 2, "rwm"),    // ptmx
		rule("c", 136, -1, "rwm"), // pts
	}
}

// HostDevices lists the device files below dir, as a privileged container gets them. What
// the container has its own of (terminals, shared memory) is left out.
func HostDevices(dir string) ([]specs.LinuxDevice, error) {
	skip := map[string]bool{"pts": true, "shm": true, "fd": true, "mqueue": true, ".lxc": true, ".lxd-mounts": true, ".udev": true}
	var out []specs.LinuxDevice
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // unplugged while we look
			return nil
		case err != nil:
			return err
		case e.IsDir() && p != dir && skip[e.Name()]:
			return filepath.SkipDir
		case e.Type()&os.ModeDevice == 0 || e.Name() == "console" || e.Name() == "ptmx":
			return nil
		}
		d, err := device(p)
		if err == nil {
			out = append(out, d)
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the host's devices: %w", err)
	}
	return out, nil
}

// stat looks a device up, where Input does not say how by device itself.
func (b *builder) stat(p string) (specs.LinuxDevice, error) {
	if b.Stat != nil {
		return b.Stat(p)
	}
	return device(p)
}

// deviceTrouble says why a device cannot be used.
func deviceTrouble(p string, err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "this host has no " + p
	}
	return p + " cannot be looked at: " + err.Error()
}

func device(p string) (specs.LinuxDevice, error) {
	var st unix.Stat_t
	if err := unix.Lstat(p, &st); err != nil {
		return specs.LinuxDevice{}, err
	}
	kind := ""
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFBLK:
		kind = "b"
	case unix.S_IFCHR:
		kind = "c"
	}
	mode := os.FileMode(st.Mode & 0o777)
	return specs.LinuxDevice{Path: p, Type: kind, Major: int64(unix.Major(uint64(st.Rdev))), Minor: int64(unix.Minor(uint64(st.Rdev))),
		FileMode: &mode, UID: &st.Uid, GID: &st.Gid}, nil
}
