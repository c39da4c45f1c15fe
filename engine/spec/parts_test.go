package spec

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/container"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"gantry/engine/api"
	"gantry/engine/host"
)

func TestArgs(t *testing.T) {
	w := strings.Fields
	for _, tt := range []struct {
		what                 string
		entry, cmd           []string
		imageEntry, imageCmd []string
		want                 string // "" is "no command specified"
	}{
		{"the image's", nil, nil, w("/entry"), w("serve"), "/entry serve"},
		{"only the image's command", nil, nil, nil, w("sh"), "sh"},
		{"arguments replace the image's command", nil, w("a b"), w("/entry"), w("serve"), "/entry a b"},
		{"a new entrypoint drops the image's command", w("/mine"), nil, w("/entry"), w("serve"), "/mine"},
		{"both", w("/mine"), w("a"), w("/entry"), w("serve"), "/mine a"},
		{"the entrypoint reset", []string{""}, w("a"), w("/entry"), w("serve"), "a"},
		{"the entrypoint reset and nothing given", []string{""}, nil, w("/entry"), w("serve"), ""},
		{"an empty list keeps the image's command", []string{}, nil, w("/entry"), w("serve"), "serve"},
		{"nothing", nil, nil, nil, nil, ""},
	} {
		got, err := Args(&container.Config{Entrypoint: tt.entry, Cmd: tt.cmd}, ocispec.ImageConfig{Entrypoint: tt.imageEntry, Cmd: tt.imageCmd})
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
		}
		f, ok := errors.AsType[api.FieldErrors](err)
		if ok != (tt.want == "") || ok && (f[0].Field != "args" || !strings.HasPrefix(f.Error(), "args: no command specified")) {
			t.Errorf("%s: error %v", tt.what, err)
		}
	}
}

func TestEnv(t *testing.T) {
	for _, tt := range []struct {
		what                 string
		image, proxies, user []string
		want                 string
	}{
		{"nothing set", nil, nil, nil, DefaultPath + " HOSTNAME=h"},
		{"the user over the proxies over the image", []string{"A=i", "B=i", "C=i"}, []string{"A=p", "B=p"}, []string{"A=u"}, DefaultPath + " HOSTNAME=h A=u B=p C=i"},
		{"the last one wins in the first one's place", nil, nil, []string{"A=1", "B=2", "A=3"}, DefaultPath + " HOSTNAME=h A=3 B=2"},
		{"a name alone drops", []string{"A=1", "PATH=/x"}, nil, []string{"A", "HOSTNAME", "NONE"}, "PATH=/x"},
		{"dropped and set again", []string{"A=1"}, nil, []string{"A", "A=2"}, DefaultPath + " HOSTNAME=h A=2"},
		{"an empty value stays", nil, nil, []string{"PATH=", "A="}, "PATH= HOSTNAME=h A="},
		{"more than one =", nil, nil, []string{"A=b=c"}, DefaultPath + " HOSTNAME=h A=b=c"},
	} {
		b := builder{Input: Input{Hostname: "h", Image: ocispec.ImageConfig{Env: tt.image}, Env: tt.proxies}, cfg: &container.Config{Env: tt.user}}
		if got := strings.Join(b.env(), " "); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.what, got, tt.want)
		}
	}
}

func TestCapabilities(t *testing.T) {
	all := []string{"CAP_CHOWN", "CAP_KILL", "CAP_NET_ADMIN"}
	def := strings.Join(defaultCaps(), " ")
	for _, tt := range []struct {
		add, drop, want string
	}{
		{"", "", def},
		{"net_admin", "", def + " CAP_NET_ADMIN"},
		{"CAP_NET_ADMIN Net_Admin CHOWN", "", def + " CAP_NET_ADMIN"},
		{"", "chown", strings.TrimPrefix(def, "CAP_CHOWN ")},
		{"", "ALL", ""},
		{"KILL", "all", "CAP_KILL"},
		{"ALL", "", "CAP_CHOWN CAP_KILL CAP_NET_ADMIN"},
		{"ALL", "KILL", "CAP_CHOWN CAP_NET_ADMIN"},
		{"ALL", "ALL", "CAP_CHOWN CAP_KILL CAP_NET_ADMIN"},
	} {
		add, err1 := capNames("cap-add", strings.Fields(tt.add))
		drop, err2 := capNames("cap-drop", strings.Fields(tt.drop))
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(choose(all, add, drop), " "); got != tt.want {
			t.Errorf("add %q drop %q: %s, want %s", tt.add, tt.drop, got, tt.want)
		}
	}
	in := plain()
	in.Capabilities = all
	in.Request.HostConfig.CapAdd = []string{"BPF"}
	if _, err := Build(in); err == nil || !strings.Contains(err.Error(), "--cap-add: CAP_BPF is not to be had here") {
		t.Errorf("a capability that the kernel lacks: %v", err)
	}
	for status, want := range map[string]string{
		"CapPrm:\tffff\nCapBnd:\t0000000000000021\n": "CAP_CHOWN CAP_KILL",
		"CapBnd:\t000001ffffffffff\n":                strings.Join(allCaps(), " "),
		"CapBnd:\tbroken\n":                          strings.Join(allCaps(), " "),
		"":                                           strings.Join(allCaps(), " "),
	} {
		if got := strings.Join(heldIn(status), " "); got != want {
			t.Errorf("%q: %s", status, got)
		}
	}
}

func TestStopSignal(t *testing.T) {
	for _, tt := range []struct{ user, image, want string }{
		{"", "", "SIGTERM"}, {"", "SIGQUIT", "SIGQUIT"}, {"INT", "SIGQUIT", "INT"}, {"9", "", "9"}, {"", "SIGNONSENSE", "SIGTERM"}, {"NONSENSE", "", ""},
	} {
		got, err := StopSignal(&container.Config{StopSignal: tt.user}, ocispec.ImageConfig{StopSignal: tt.image})
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%q over %q: %q, %v", tt.user, tt.image, got, err)
		}
	}
}

func TestCgroupsPath(t *testing.T) {
	v2 := host.Facts{CgroupMode: host.CgroupV2, Systemd: true}
	for _, tt := range []struct {
		what     string
		facts    host.Facts
		embedded bool
		parent   string
		want     Cgroup // zero is an error
	}{
		{"v1", host.Facts{CgroupMode: host.CgroupV1, Systemd: true}, false, "", Cgroup{"/default/ID", false}},
		{"v2 without systemd", host.Facts{CgroupMode: host.CgroupV2}, false, "", Cgroup{"/default/ID", false}},
		{"v2 with systemd", v2, false, "", Cgroup{"system.slice:gantry:ID", true}},
		{"embedded", v2, true, "", Cgroup{"/gantry/default/ID", false}},
		{"a parent", host.Facts{}, false, "mine", Cgroup{"/mine/ID", false}},
		{"a parent of the embedded engine", v2, true, "/mine/../yours", Cgroup{"/yours/ID", false}},
		{"a slice", v2, false, "user.slice", Cgroup{"user.slice:gantry:ID", true}},
		{"not a slice", v2, false, "/mine", Cgroup{}},
	} {
		got, err := CgroupsPath(tt.facts, tt.embedded, "default", "ID", tt.parent)
		if got != tt.want || (err != nil) != (tt.want == Cgroup{}) {
			t.Errorf("%s: %+v, %v", tt.what, got, err)
		}
	}
}

func TestHostDevices(t *testing.T) {
	devices, err := HostDevices("/dev")
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, d := range devices {
		paths = append(paths, d.Path)
		if strings.HasPrefix(d.Path, "/dev/pts/") || d.Path == "/dev/console" || d.Path == "/dev/ptmx" {
			t.Errorf("%s is the container's own", d.Path)
		}
		if d.Path == "/dev/null" && (d.Type != "c" || d.Major != 1 || d.Minor != 3 || d.FileMode.Perm() != 0o666) {
			t.Errorf("/dev/null: %+v", d)
		}
	}
	if !slices.Contains(paths, "/dev/null") {
		t.Errorf("no /dev/null in %v", paths)
	}
}
