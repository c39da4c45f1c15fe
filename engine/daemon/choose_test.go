package daemon

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/containerd/log"

	"gantry/engine/api"
)

// listen makes a socket that is served: for Choose, that is a containerd.
func listen(t *testing.T, name string) string {
	t.Helper()
	l, err := net.Listen("unix", name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return name
}

// stale makes a socket that nobody listens on.
func stale(t *testing.T, name string) string {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestChoose(t *testing.T) {
	type world struct {
		sys, k3s string // "up", "stale" or ""
		last     choice
		mode     Mode
		address  string // "sys" and "k3s" stand for the sockets
		env      string
		uid      int
	}
	for _, tc := range []struct {
		name  string
		in    world
		kind  api.EngineKind
		at    string // "sys", "k3s" or "ours"
		cause api.UnavailableCause
		found string // names, joined
	}{
		{"bare machine", world{}, api.EngineEmbedded, "ours", "", ""},
		{"bare machine, not root", world{uid: 1000}, api.EngineEmbedded, "ours", api.NotRoot, ""},
		{"system containerd serves", world{sys: "up"}, api.EngineSystem, "sys", "", ""},
		{"system containerd down, never chosen", world{sys: "stale"}, api.EngineEmbedded, "ours", "", "containerd"},
		{"only k3s: offered, not taken", world{k3s: "up"}, api.EngineEmbedded, "ours", "", "k3s"},
		{"both: k3s offered", world{sys: "up", k3s: "up"}, api.EngineSystem, "sys", "", "k3s"},
		{"ours last time, system appeared", world{sys: "up", last: choice{Kind: api.EngineEmbedded}}, api.EngineEmbedded, "ours", "", "containerd"},
		{"system last time and up", world{sys: "up", last: choice{Kind: api.EngineSystem, Address: "sys"}}, api.EngineSystem, "sys", "", ""},
		{"system last time, now down", world{sys: "stale", last: choice{Kind: api.EngineSystem, Address: "sys"}}, api.EngineSystem, "sys", api.EngineDown, ""},
		{"system last time, now gone", world{last: choice{Kind: api.EngineSystem, Address: "sys"}}, api.EngineSystem, "sys", api.EngineDown, ""},
		{"k3s last time", world{sys: "up", k3s: "up", last: choice{Kind: api.EngineSystem, Address: "k3s"}}, api.EngineSystem, "k3s", "", "containerd"},
		{"system asked for, ours last time", world{sys: "up", mode: System, last: choice{Kind: api.EngineEmbedded}}, api.EngineSystem, "sys", "", ""},
		{"system asked for, only k3s", world{k3s: "up", mode: System}, api.EngineSystem, "sys", api.NoSocket, "k3s"},
		{"ours asked for, system last time", world{sys: "up", mode: Embedded, last: choice{Kind: api.EngineSystem, Address: "sys"}}, api.EngineEmbedded, "ours", "", "containerd"},
		{"ours asked for counts more than the variable", world{sys: "up", mode: Embedded, env: "sys"}, api.EngineEmbedded, "ours", "", "containerd"},
		{"address asked for", world{sys: "up", k3s: "up", address: "k3s"}, api.EngineSystem, "k3s", "", ""},
		{"address asked for is down", world{sys: "up", k3s: "stale", address: "k3s"}, api.EngineSystem, "k3s", api.Refused, ""},
		{"address asked for is nowhere", world{address: "k3s"}, api.EngineSystem, "k3s", api.NoSocket, ""},
		{"address by variable", world{sys: "up", k3s: "up", env: "k3s"}, api.EngineSystem, "k3s", "", ""},
		{"flag before variable", world{sys: "up", k3s: "up", address: "sys", env: "k3s"}, api.EngineSystem, "sys", "", ""},
		{"our own socket by address is ours", world{sys: "up", address: "ours"}, api.EngineEmbedded, "ours", "", "containerd"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			cfg := Config{DataRoot: filepath.Join(dir, "data"), RunRoot: filepath.Join(dir, "run"), Mode: tc.in.mode, euid: func() int { return tc.in.uid }}
			at := map[string]string{"sys": filepath.Join(dir, "sys.sock"), "k3s": filepath.Join(dir, "k3s.sock"), "": ""}
			at["ours"] = newEndpoint(cfg, api.EngineEmbedded, "").Address
			cfg.SystemSockets = []Candidate{{Name: "containerd", Address: at["sys"], Auto: true}, {Name: "k3s", Address: at["k3s"]}}
			for name, how := range map[string]string{"sys": tc.in.sys, "k3s": tc.in.k3s} {
				switch how {
				case "up":
					listen(t, at[name])
				case "stale":
					stale(t, at[name])
				}
			}
			if a := at[tc.in.address]; a != "" {
				cfg.Address = "unix://" + a
			}
			cfg.Getenv = func(name string) string {
				if name == "CONTAINERD_ADDRESS" {
					return at[tc.in.env]
				}
				return ""
			}
			if tc.in.last.Kind != "" {
				err := remember(Endpoint{Kind: tc.in.last.Kind, Address: at[tc.in.last.Address], DataRoot: cfg.DataRoot})
				if err != nil {
					t.Fatal(err)
				}
			}
			ep, err := Choose(t.Context(), cfg)
			if cause(err) != tc.cause || (err == nil) != (tc.cause == "") {
				t.Errorf("error %v, want cause %q", err, tc.cause)
			}
			if ep.Kind != tc.kind || ep.Address != at[tc.at] {
				t.Errorf("chose %s %s, want %s %s", ep.Kind, ep.Address, tc.kind, at[tc.at])
			}
			var found []string
			for _, f := range ep.Found {
				found = append(found, f.Name)
			}
			if got := strings.Join(found, " "); got != tc.found {
				t.Errorf("offers %q, want %q", got, tc.found)
			}
			if _, err := os.Stat(cfg.DataRoot); err == nil && tc.in.last.Kind == "" {
				t.Error("choosing has made the data root")
			}
		})
	}
}

func TestDamagedChoiceIsNotOverruled(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(choiceFile(dir), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Choose(t.Context(), Config{DataRoot: dir, SystemSockets: []Candidate{}, Getenv: func(string) string { return "" }})
	if err == nil || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("error %v", err)
	}
}

func TestPlaces(t *testing.T) {
	cfg := Config{DataRoot: "/var/lib/gantry", RunRoot: "/run/gantry"}
	ours := newEndpoint(cfg, api.EngineEmbedded, "")
	if ours.Helper != "/var/lib/gantry/bin/gantry-helper" || ours.RecordRoot != "/var/lib/gantry/nerdctl" {
		t.Errorf("ours: %+v", ours)
	}
	if !strings.HasPrefix(ours.RuncRoot, ours.StateDir+"/") || !strings.HasPrefix(ours.CgroupParent, "/gantry-") {
		t.Errorf("ours: %+v", ours)
	}
	other := newEndpoint(Config{DataRoot: "/srv/gantry", RunRoot: "/run/gantry"}, api.EngineEmbedded, "")
	if other.StateDir == ours.StateDir || other.CgroupParent == ours.CgroupParent {
		t.Errorf("two data roots share %s or %s", other.StateDir, other.CgroupParent)
	}
	sys := newEndpoint(cfg, api.EngineSystem, "/run/containerd/containerd.sock")
	if sys.RecordStore != "/var/lib/nerdctl/1935db59" || sys.RuncRoot != "" || sys.CgroupParent != "" {
		t.Errorf("system: %+v", sys)
	}
}

func TestAddressHashFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"run", "elsewhere"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("run", filepath.Join(dir, "var")); err != nil {
		t.Fatal(err)
	}
	want := AddressHash(filepath.Join(dir, "run", "c.sock")) // not there yet
	for name, address := range map[string]string{
		"through a linked folder": filepath.Join(dir, "var", "c.sock"),
		"with a scheme":           "unix://" + filepath.Join(dir, "run", "c.sock"),
		"not clean":               filepath.Join(dir, "elsewhere") + "/../run//c.sock",
	} {
		if got := AddressHash(address); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	listen(t, filepath.Join(dir, "run", "c.sock"))
	if err := os.Symlink("../run/c.sock", filepath.Join(dir, "elsewhere", "link.sock")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"run/c.sock", "var/c.sock", "elsewhere/link.sock"} {
		if got := AddressHash(filepath.Join(dir, name)); got != want {
			t.Errorf("%s, once it is there: %s, want %s", name, got, want)
		}
	}
}

func TestDialTellsCausesApart(t *testing.T) {
	dir := t.TempDir()
	web := filepath.Join(dir, "web.sock")
	l, err := net.Listen("unix", web)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.NotFoundHandler()}
	done := make(chan struct{})
	go func() { defer close(done); srv.Serve(l) }()
	t.Cleanup(func() { srv.Close(); <-done })
	plain := filepath.Join(dir, "file")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, address string
		cause         api.UnavailableCause
	}{
		{"nothing there", filepath.Join(dir, "none.sock"), api.NoSocket},
		{"below a file", filepath.Join(plain, "c.sock"), api.NoSocket},
		{"nobody listens", stale(t, filepath.Join(dir, "stale.sock")), api.Refused},
		{"a web server", web, api.NotContainerd},
		{"a file", plain, api.Refused},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := Dial(t.Context(), Endpoint{Address: tc.address})
			if err == nil {
				c.Close()
			}
			if log.L.Logger.Out != io.Discard {
				t.Error("the client's packages would write on the screen")
			}
			if cause(err) != tc.cause {
				t.Errorf("%v: cause %q, want %q", err, cause(err), tc.cause)
			}
		})
	}
}

func TestLongRunRootIsRefusedWithTheReason(t *testing.T) {
	ep := newEndpoint(Config{DataRoot: t.TempDir(), RunRoot: "/run/" + strings.Repeat("x", 100)}, api.EngineEmbedded, "")
	if _, err := renderConfig(ep); err == nil || !strings.Contains(err.Error(), "shorter run root") {
		t.Errorf("error %v", err)
	}
}
