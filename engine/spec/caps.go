package spec

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
)

// defaultCaps are Docker's fourteen.
func defaultCaps() []string {
	return []string{
		"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW",
		"CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE",
		"CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
	}
}

// allCaps are Linux's capabilities in the order of their numbers.
func allCaps() []string {
	return []string{
		"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL",
		"CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE",
		"CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER",
		"CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT",
		"CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME",
		"CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL",
		"CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM",
		"CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
	}
}

// HeldCapabilities are those that gantry itself may pass on here: the kernel knows them and
// they were not taken from this process, as inside of another container. Without /proc it
// is all of them.
func HeldCapabilities() []string {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return allCaps()
	}
	return heldIn(string(b))
}

func heldIn(status string) []string {
	for line := range strings.Lines(status) {
		bits, ok := strings.CutPrefix(line, "CapBnd:")
		if !ok {
			continue
		}
		set, err := strconv.ParseUint(strings.TrimSpace(bits), 16, 64)
		if err != nil {
			break
		}
		var out []string
		for i, c := range allCaps() {
			if set&(1<<i) != 0 {
				out = append(out, c)
			}
		}
		return out
	}
	return allCaps()
}

// capabilities follows Docker: --privileged gives all; --cap-add ALL all but the dropped
// ones; --cap-drop ALL only the added ones; otherwise the standard ones, less and more.
func (b *builder) capabilities() error {
	add, err1 := capNames("cap-add", b.host.CapAdd)
	drop, err2 := capNames("cap-drop", b.host.CapDrop)
	if err := joinFields(err1, err2); err != nil {
		return err
	}
	all := b.Capabilities
	if all == nil {
		all = HeldCapabilities()
	}
	for i, c := range add {
		if c != "ALL" && !slices.Contains(all, c) {
			return refuse("cap-add", i, b.host.CapAdd[i], c+" is not to be had here: the kernel lacks it, or gantry itself has not got it")
		}
	}
	caps := choose(all, add, drop)
	if b.host.Privileged {
		caps = all
	}
	b.s.Process.Capabilities = &specs.LinuxCapabilities{Bounding: caps, Effective: caps, Permitted: caps}
	return nil
}

func choose(all, add, drop []string) []string {
	base := defaultCaps()
	switch {
	case slices.Contains(add, "ALL"):
		base = all
	case slices.Contains(drop, "ALL"):
		base = nil
	}
	var out []string
	for _, c := range base {
		if !slices.Contains(drop, c) {
			out = append(out, c)
		}
	}
	for _, c := range add {
		if c != "ALL" && !slices.Contains(out, c) && !slices.Contains(base, c) {
			out = append(out, c)
		}
	}
	return out
}

// capNames brings names to the kernel's spelling: upper case, with CAP_ before all but ALL.
func capNames(field string, in []string) ([]string, error) {
	var errs api.FieldErrors
	out := make([]string, len(in))
	for i, c := range in {
		out[i] = strings.ToUpper(strings.TrimSpace(c))
		if out[i] == "ALL" || out[i] == "CAP_ALL" {
			out[i] = "ALL"
			continue
		}
		if !strings.HasPrefix(out[i], "CAP_") {
			out[i] = "CAP_" + out[i]
		}
		if !slices.Contains(allCaps(), out[i]) {
			errs = append(errs, refuse(field, i, c, "no such capability: "+c)...)
		}
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return out, nil
}
