package spec

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/profiles/seccomp"
	"github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
)

// AppArmorProfile is the name of gantry's own profile.
const AppArmorProfile = "gantry-default"

// unconfined is the value that switches seccomp or AppArmor off.
const unconfined = "unconfined"

// paths hides what of /proc and /sys tells about or changes the host.
func (b *builder) paths() error {
	if b.host.Privileged {
		return nil
	}
	l := b.s.Linux
	l.MaskedPaths, l.ReadonlyPaths = b.host.MaskedPaths, b.host.ReadonlyPaths
	if l.MaskedPaths == nil {
		l.MaskedPaths = []string{
			"/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
			"/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
			"/sys/firmware", "/sys/devices/virtual/powercap",
		}
	}
	if l.ReadonlyPaths == nil {
		l.ReadonlyPaths = []string{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}
	}
	return nil
}

// security applies seccomp, AppArmor and what --security-opt says of them.
func (b *builder) security() error {
	opt, err := b.securityOpts()
	if err != nil || b.s.Process.Capabilities == nil {
		return err
	}
	b.s.Process.NoNewPrivileges = opt.noNewPrivileges
	if b.Host.AppArmor {
		b.s.Process.ApparmorProfile = opt.apparmor
	}
	if !b.Host.Seccomp || opt.seccomp == unconfined {
		return nil
	}
	profile, err := b.seccompProfile(opt)
	if err != nil {
		return err
	}
	if (b.SeccompNative || opt.native) && profile != nil && len(profile.Architectures) > 1 {
		profile.Architectures = profile.Architectures[:1]
	}
	b.s.Linux.Seccomp = profile
	return nil
}

func (b *builder) seccompProfile(opt securityOpts) (*specs.LinuxSeccomp, error) {
	if opt.seccomp == "" {
		p, err := seccomp.GetDefaultProfile(b.s)
		if err != nil {
			return nil, fmt.Errorf("seccomp profile: %w", err)
		}
		return p, nil
	}
	body := []byte(opt.seccomp)
	if !strings.HasPrefix(opt.seccomp, "{") {
		var err error
		if body, err = os.ReadFile(opt.seccomp); err != nil {
			return nil, refuse("security-opt", opt.seccompAt, opt.seccomp, "the seccomp profile cannot be read")
		}
	}
	p, err := seccomp.LoadProfile(string(body), b.s)
	if err != nil {
		return nil, refuse("security-opt", opt.seccompAt, opt.seccomp, "not a seccomp profile: "+err.Error())
	}
	return p, nil
}

type securityOpts struct {
	seccomp         string // "" is the default profile; a path or the profile itself
	seccompAt       int
	apparmor        string
	native          bool // the default profile, for this architecture only
	noNewPrivileges bool
}

// securityOn reports whether a --security-opt is given and not switched off.
func (b *builder) securityOn(key string) bool {
	on := false
	for _, s := range b.host.SecurityOpt {
		if k, value, given := strings.Cut(s, "="); k == key {
			yes, err := strconv.ParseBool(value)
			on = !given || err == nil && yes
		}
	}
	return on
}

func (b *builder) securityOpts() (securityOpts, error) {
	opt := securityOpts{apparmor: b.AppArmor}
	if b.host.Privileged {
		opt.seccomp, opt.apparmor = unconfined, unconfined
	}
	var errs api.FieldErrors
	for i, s := range b.host.SecurityOpt {
		key, value, _ := strings.Cut(s, "=")
		if !strings.Contains(s, "=") {
			key, value, _ = strings.Cut(s, ":") // Docker's older notation
		}
		switch key {
		case "no-new-privileges":
			yes, err := strconv.ParseBool(value)
			opt.noNewPrivileges = value == "" || yes
			if value != "" && err != nil {
				errs = append(errs, refuse("security-opt", i, s, "no-new-privileges is true or false")...)
			}
		case "seccomp":
			opt.seccomp, opt.seccompAt, opt.native = value, i, value == "native"
			if value == "builtin" || opt.native {
				opt.seccomp = ""
			}
		case "apparmor":
			opt.apparmor = value
		case "label", "systempaths", "writable-cgroups", "privileged-without-host-devices": // systempaths arrives as MaskedPaths
		default:
			errs = append(errs, refuse("security-opt", i, s, "not known: "+key)...)
		}
	}
	if len(errs) > 0 {
		return opt, errs
	}
	return opt, nil
}

// HasSeccomp reports whether a spec filters system calls; for the words of the path.
func HasSeccomp(s *specs.Spec) bool {
	return s.Linux != nil && s.Linux.Seccomp != nil && slices.ContainsFunc(s.Linux.Seccomp.Syscalls, func(c specs.LinuxSyscall) bool { return len(c.Names) > 0 })
}
