package option

import (
	"io/fs"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"

	"gantry/engine/host"
)

// goodSecurity are accepted values of the rows about security and of the further ones of the process.
func goodSecurity() map[Key][]string {
	return map[Key][]string{
		KeySecurityOpt: {"no-new-privileges", "no-new-privileges:true", "seccomp=unconfined", "seccomp=native", "seccomp=profile.json", `seccomp={ "defaultAction": "SCMP_ACT_ALLOW" }`,
			"systempaths=unconfined", "label=disable", "apparmor=unconfined", "writable-cgroups=false"},
		KeyDevice: {"/dev/fuse", "/dev/fuse:r", "/dev/a:/dev/b", "/dev/a:/dev//c:rw"}, KeyDeviceCgroupRule: {"c 10:* rwm", "a *:* r"},
		KeySysctl: {"net.core.somaxconn=1", "kernel.shmmax=9", "fs.mqueue.msg_max="}, KeyGroupAdd: {"audio", "7"}, KeyUmask: {"22", "0777", "0"},
		KeyAnnotation: {"a", "b=c=d"},
	}
}

// profiles is a host with files.
func profiles(f Facts) Facts {
	f.Host.File = func(name string) ([]byte, error) {
		switch name {
		case "profile.json":
			return []byte("{\n \"defaultAction\": \"SCMP_ACT_LOG\"\n}\n"), nil
		case "broken.json":
			return []byte(`{"defaultAction":`), nil
		case "other.json":
			return []byte(`{"name":"x"}`), nil
		}
		return nil, fs.ErrNotExist
	}
	return f
}

func TestSecurity(t *testing.T) {
	f := profiles(facts())
	h := func(p Parsed) *container.HostConfig { return p.Request.HostConfig }
	opts := func(p Parsed) any { return h(p).SecurityOpt }
	for _, tt := range []struct {
		key  Key
		in   []string
		got  func(p Parsed) any
		want any
	}{
		{KeySecurityOpt, []string{"no-new-privileges", "apparmor:unconfined", "seccomp=builtin"}, opts, []string{"no-new-privileges", "apparmor:unconfined", "seccomp=builtin"}},
		{KeySecurityOpt, []string{"seccomp=profile.json"}, opts, []string{`seccomp={"defaultAction":"SCMP_ACT_LOG"}`}},
		{KeySecurityOpt, []string{"systempaths=unconfined"}, func(p Parsed) any { return [2]any{h(p).MaskedPaths, h(p).ReadonlyPaths} }, [2]any{[]string{}, []string{}}},
		{KeyDevice, []string{"/dev/a", "/dev/a:r", "/dev/a:/dev/b", "/dev/a:/dev/x/../b:mw"}, func(p Parsed) any { return h(p).Devices }, []container.DeviceMapping{
			{PathOnHost: "/dev/a", PathInContainer: "/dev/a", CgroupPermissions: "rwm"}, {PathOnHost: "/dev/a", PathInContainer: "/dev/a", CgroupPermissions: "r"},
			{PathOnHost: "/dev/a", PathInContainer: "/dev/b", CgroupPermissions: "rwm"}, {PathOnHost: "/dev/a", PathInContainer: "/dev/b", CgroupPermissions: "mw"}}},
		{KeyDeviceCgroupRule, []string{"c 10:* rwm"}, func(p Parsed) any { return h(p).DeviceCgroupRules }, []string{"c 10:* rwm"}},
		{KeySysctl, []string{"net.core.somaxconn=1", "net.core.somaxconn=2"}, func(p Parsed) any { return h(p).Sysctls }, map[string]string{"net.core.somaxconn": "2"}},
		{KeyGroupAdd, []string{"audio", "7"}, func(p Parsed) any { return h(p).GroupAdd }, []string{"audio", "7"}},
		{KeyUmask, []string{"27"}, func(p Parsed) any { return h(p).Umask }, ptr(uint32(0o27))},
		{KeyAnnotation, []string{"a=1", "a=2", "b"}, func(p Parsed) any { return h(p).Annotations }, map[string]string{"a": "2", "b": ""}},
	} {
		d := draft("image", "a")
		d.Set(tt.key, tt.in...)
		p := d.Parse(f)
		if len(p.Problems) > 0 || len(p.Warnings) > 0 {
			t.Errorf("%s %q: problems %v, warnings %v", tt.key, tt.in, p.Problems, p.Warnings)
		}
		if got := tt.got(p); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s %q: got %#v, want %#v", tt.key, tt.in, got, tt.want)
		}
	}
}

func TestSecurityThatCannotBe(t *testing.T) {
	f := profiles(facts())
	f.Host.SELinux = true
	for _, tt := range []struct {
		key         Key
		value, want string
	}{
		{KeySecurityOpt, "seccomp", `invalid --security-opt: "seccomp" (` + securityFix + `)`},
		{KeySecurityOpt, "seccomp=none.json", "opening seccomp profile failed: none.json: there is no such file (write a file's name, builtin, unconfined or native)"},
		{KeySecurityOpt, "seccomp=broken.json", "broken.json is not a seccomp profile: unexpected end of JSON input"},
		{KeySecurityOpt, "seccomp=other.json", "other.json is not a seccomp profile: it has no defaultAction"},
		{KeySecurityOpt, "apparmor=mine", "this host has no AppArmor (leave it out)"},
		{KeySecurityOpt, "label=type:x", "SELinux labels are not set by gantry (write label=disable, or leave it out)"},
		{KeySecurityOpt, "systempaths=all", "has only systempaths=unconfined"},
		{KeySecurityOpt, "no-new-privileges=perhaps", "is on or off (write no-new-privileges=true or no-new-privileges=false)"},
		{KeySecurityOpt, "credentialspec=x", "there is no security option credentialspec (" + securityFix + ")"},
		{KeyDevice, "dev/a", "dev/a is not an absolute path (write it like /dev/fuse, /dev/sda:/dev/xvda or /dev/sda:/dev/xvda:r)"},
		{KeyDevice, "/dev/a:/dev/b:rx", "bad mode specified: rx (r, w and m, each at most once)"},
		{KeyDevice, "/dev/a:rr", "rr is not an absolute path (write it like /dev/fuse, /dev/sda:/dev/xvda or /dev/sda:/dev/xvda:r)"},
		{KeyDevice, "/a:/b:r:w", "bad format for path (write it like /dev/fuse, /dev/sda:/dev/xvda or /dev/sda:/dev/xvda:r)"},
		{KeyDeviceCgroupRule, "d 1:1 r", `invalid device cgroup format (write it like "c 10:* rwm")`},
		{KeySysctl, "kernel.hostname=x", "sysctl 'kernel.hostname' is not allowed (those of one container are net.*, fs.mqueue.*, kernel.msg*, kernel.sem and kernel.shm*)"},
		{KeySysctl, "net.x", "has no value (write name=value, such as net.core.somaxconn=1024)"},
		{KeySysctl, "net.../x=1", "is not the name of a sysctl (those of one container are net.*, fs.mqueue.*, kernel.msg*, kernel.sem and kernel.shm*)"},
		{KeyGroupAdd, "a:b", "is not a group (write a name of the image's /etc/group, or a number)"},
		{KeyGroupAdd, "-1", "uids and gids must be in range 0-2147483647"},
		{KeyUmask, "8", "is not a umask (write octal digits up to 0777, such as 0027)"},
		{KeyAnnotation, "nerdctl/name=x", "annotations that begin with nerdctl/ are reserved: hooks go by them (choose another key)"},
		{KeyAnnotation, "=x", "invalid annotation '=x': empty name (write key=value)"},
	} {
		err := Check(f, tt.key, 0, tt.value)
		if want := "--" + string(tt.key) + ": " + tt.want; err == nil || err.Error() != want {
			t.Errorf("%s %q:\n  %v\nwant\n  %s", tt.key, tt.value, err, want)
		}
	}
}

func TestRulesOfSecurity(t *testing.T) {
	for _, tt := range []struct {
		draft              Draft
		change             func(f *Facts)
		problems, warnings []string
	}{
		{draft: draft("security-opt", "privileged-without-host-devices"),
			problems: []string{"--security-opt: means something only with --privileged (add --privileged, or leave it out)"}},
		{draft: draft("security-opt", "privileged-without-host-devices", "privileged", "true")},
		{draft: draft("security-opt", "label=type:x"), warnings: []string{"--security-opt: has no effect: this host has no SELinux"}},
		{draft: draft("security-opt", "writable-cgroups"), change: func(f *Facts) { f.Host.CgroupMode = host.CgroupV1 },
			problems: []string{"--security-opt: needs cgroup v2, and this host has v1 (leave it out)"}},
		{draft: draft("sysctl", "net.core.somaxconn=1", "network", "host"),
			problems: []string{"--sysctl: sysctl 'net.core.somaxconn' is not allowed with --network host (leave it out, or give the container a network of its own)"}},
	} {
		f := facts()
		if tt.change != nil {
			tt.change(&f)
		}
		tt.draft.Set(KeyImage, "a")
		p := tt.draft.Parse(f)
		if diff := cmp.Diff(tt.problems, sentences(p.Problems)); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", tt.draft.Line("run"), diff)
		}
		if diff := cmp.Diff(tt.warnings, sentences(p.Warnings)); diff != "" {
			t.Errorf("%s: warnings (-want +got):\n%s", tt.draft.Line("run"), diff)
		}
	}
}
