package option

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"gantry/engine/api"
	"gantry/engine/host"
)

// confine is the row of what confines its processes beyond capabilities.
func confine() []row {
	return []row{{
		Option: Option{
			Key: KeySecurityOpt, Label: "Confinement", Section: SectionSecurity, Kind: KindKeyValue, Repeat: true, Form: true,
			Value: "list", Example: "no-new-privileges",
			Help: "Confine it more or less: seccomp=FILE, unconfined or native, apparmor=PROFILE, no-new-privileges, systempaths=unconfined, writable-cgroups",
		},
		put: putSecurityOpt, take: takeSecurityOpts,
	}}
}

// securityFix names what there is.
const securityFix = "there are seccomp=, apparmor=, label=, no-new-privileges, systempaths=unconfined, writable-cgroups and privileged-without-host-devices"

// putSecurityOpt reads key=value, or key:value as Docker once had it. A profile of system calls is
// read from its file here, so that the request is whole; unmasked paths become the lists that
// Docker's client sends.
func putSecurityOpt(b *build, v string) {
	key, value, given := strings.Cut(v, "=")
	if !given && key != "no-new-privileges" {
		key, value, given = strings.Cut(v, ":")
	}
	switch key {
	case "no-new-privileges", "writable-cgroups", "privileged-without-host-devices":
	default:
		if value == "" {
			b.refuse(fmt.Sprintf("invalid --security-opt: %q", v), securityFix)
			return
		}
	}
	if given && value == "" {
		b.refuse(fmt.Sprintf("invalid --security-opt: %q", v), "leave the = out, or write true or false")
		return
	}
	switch key {
	case "seccomp":
		v = b.seccomp(v, value)
	case "apparmor":
		if value != "unconfined" && b.facts.Host.OS != "" && !b.facts.Host.AppArmor {
			b.refuse("this host has no AppArmor", "leave it out")
			return
		}
	case "label":
		if value != "disable" && !b.label(value) {
			return
		}
	case "systempaths":
		if value != "unconfined" {
			b.refuse("has only systempaths=unconfined", "")
			return
		}
		b.host.MaskedPaths, b.host.ReadonlyPaths = []string{}, []string{}
		return
	case "no-new-privileges", "privileged-without-host-devices", "writable-cgroups":
		if _, err := strconv.ParseBool(value); given && err != nil {
			b.refuse("is on or off", "write "+key+"=true or "+key+"=false")
			return
		}
		if key == "writable-cgroups" && b.facts.Host.CgroupMode != "" && b.facts.Host.CgroupMode != host.CgroupV2 {
			b.refuse("needs cgroup v2, and this host has v1", "leave it out")
			return
		}
	default:
		b.refuse("there is no security option "+key, securityFix)
		return
	}
	if v != "" {
		b.host.SecurityOpt = append(b.host.SecurityOpt, v)
	}
}

// label: no SELinux labels are set here. Where the kernel has none, nothing is missed.
func (b *build) label(value string) bool {
	if b.facts.Host.SELinux {
		b.refuse("SELinux labels are not set by gantry", "write label=disable, or leave it out")
		return false
	}
	b.warn("has no effect: this host has no SELinux", "")
	return true
}

// seccomp is the option with the profile in the place of its file; "" when that cannot be read.
func (b *build) seccomp(v, value string) string {
	switch {
	case value == "builtin" || value == "unconfined" || value == "native":
		return v
	case strings.HasPrefix(value, "{"):
		return b.profile([]byte(value), "the profile")
	case b.facts.Host.File == nil:
		return v
	}
	data, err := b.facts.Host.File(value)
	if err != nil {
		b.refuse("opening seccomp profile failed: "+fileFlaw(value, err), "write a file's name, builtin, unconfined or native")
		return ""
	}
	return b.profile(data, value)
}

// profile is a profile without its white space.
func (b *build) profile(data []byte, name string) string {
	var out bytes.Buffer
	var fields struct{ DefaultAction string }
	err := json.Compact(&out, data)
	if err == nil {
		err = json.Unmarshal(data, &fields)
	}
	switch {
	case err != nil:
		b.refuse(name+" is not a seccomp profile: "+err.Error(), "")
	case fields.DefaultAction == "":
		b.refuse(name+" is not a seccomp profile: it has no defaultAction", "")
	default:
		return "seccomp=" + out.String()
	}
	return ""
}

// takeSecurityOpts gives lists of paths as the option that empties them.
func takeSecurityOpts(r *api.CreateRequest) []string {
	var out []string
	out = append(out, r.HostConfig.SecurityOpt...)
	if r.HostConfig.MaskedPaths != nil && len(r.HostConfig.MaskedPaths) == 0 {
		out = append(out, "systempaths=unconfined")
	}
	return out
}

// acrossSecurity speaks of what a privileged container makes void.
func (b *build) acrossSecurity(d Draft) {
	for i, v := range d.values(KeySecurityOpt) {
		if strings.HasPrefix(v, "privileged-without-host-devices") && !b.host.Privileged {
			b.refuseAt(KeySecurityOpt, i, v, "means something only with --privileged", "add --privileged, or leave it out")
		}
	}
}
