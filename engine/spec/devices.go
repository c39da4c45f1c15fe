package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"

	"gantry/engine/api"
)

// devices: only the harmless ones may be used, any may be made, and those that were asked for are
// there; a privileged container has all of the host's.
func (b *builder) devices() error {
	b.s.Linux.Resources.Devices = allowList()
	if b.host.Privileged {
		if err := b.hostDevices(); err != nil {
			return err
		}
	}
	var errs api.FieldErrors
	for i, m := range b.host.Devices {
		found, err := b.mapped(m)
		if err != nil {
			errs = append(errs, refuse("device", i, m.PathOnHost, deviceTrouble(m.PathOnHost, err))...)
			continue
		}
		for _, d := range found {
			b.addDevice(d, m.CgroupPermissions)
		}
	}
	for i, rule := range b.host.DeviceCgroupRules {
		r, err := parseRule(rule)
		if err != nil {
			errs = append(errs, refuse("device-cgroup-rule", i, rule, "invalid device cgroup format")...)
			continue
		}
		b.s.Linux.Resources.Devices = append(b.s.Linux.Resources.Devices, r)
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

// CheckDevices is what is wrong with the devices of a request on this host: what Build would say.
func CheckDevices(req api.CreateRequest, vendors *CDI) error {
	b := &builder{Input: Input{Request: req}, cfg: req.Config, host: req.HostConfig}
	var errs []error
	for i, m := range b.host.Devices {
		if _, err := b.mapped(m); err != nil {
			errs = append(errs, refuse("device", i, m.PathOnHost, deviceTrouble(m.PathOnHost, err)))
		}
	}
	if _, flaws := vendors.find(b.host.DeviceRequests); len(flaws) > 0 {
		errs = append(errs, flaws)
	}
	_, err := b.blockIO()
	return joinFields(append(errs, err)...)
}

// hostDevices gives everything that the host has, unless that was declined.
func (b *builder) hostDevices() error {
	if b.securityOn("privileged-without-host-devices") {
		return nil
	}
	b.s.Linux.Resources.Devices = []specs.LinuxDeviceCgroup{{Allow: true, Access: "rwm"}}
	b.s.Linux.Devices = slices.Clone(b.Devices)
	if b.Devices == nil {
		var err error
		b.s.Linux.Devices, err = HostDevices("/dev")
		return err
	}
	return nil
}

// addDevice makes a device in the container and allows its use. A later one at the same place
// stands before an earlier one.
func (b *builder) addDevice(d specs.LinuxDevice, access string) {
	same := func(o specs.LinuxDevice) bool { return o.Path == d.Path }
	b.s.Linux.Devices = append(slices.DeleteFunc(b.s.Linux.Devices, same), d)
	b.s.Linux.Resources.Devices = append(b.s.Linux.Resources.Devices, specs.LinuxDeviceCgroup{
		Allow: true, Type: d.Type, Major: new(d.Major), Minor: new(d.Minor), Access: access,
	})
}

// mapped are the devices of one --device: itself, what a link leads to, or all in a directory.
func (b *builder) mapped(m container.DeviceMapping) ([]specs.LinuxDevice, error) {
	if b.Stat == nil {
		from, err := filepath.EvalSymlinks(m.PathOnHost)
		if err != nil {
			return nil, err
		}
		if info, err := os.Stat(from); err == nil && info.IsDir() {
			return devicesBelow(from, m.PathInContainer)
		}
		m.PathOnHost = from
	}
	d, err := b.stat(m.PathOnHost)
	if err == nil && d.Type == "" {
		err = errNoDevice
	}
	d.Path = m.PathInContainer
	return []specs.LinuxDevice{d}, err
}

// devicesBelow are those in a directory of the host, at their places below one of the container.
func devicesBelow(from, to string) ([]specs.LinuxDevice, error) {
	found, err := HostDevices(from)
	for i := range found {
		found[i].Path = path.Join(to, strings.TrimPrefix(found[i].Path, from))
	}
	if err == nil && len(found) == 0 {
		err = errNoDevice
	}
	return found, err
}

// errNoDevice is what is there and is no device.
var errNoDevice = errors.New("is not a device")

// parseRule reads "c 10:* rwm".
func parseRule(s string) (specs.LinuxDeviceCgroup, error) {
	r := specs.LinuxDeviceCgroup{Allow: true}
	var major, minor string
	if _, err := fmt.Sscanf(strings.Replace(s, ":", " ", 1), "%s %s %s %s", &r.Type, &major, &minor, &r.Access); err != nil {
		return r, err
	}
	for _, n := range []struct {
		text string
		to   **int64
	}{{major, &r.Major}, {minor, &r.Minor}} {
		if n.text == "*" {
			continue
		}
		v, err := strconv.ParseInt(n.text, 10, 64)
		if err != nil {
			return r, err
		}
		*n.to = &v
	}
	return r, nil
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
	if errors.Is(err, errNoDevice) {
		return p + " is not a device"
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
