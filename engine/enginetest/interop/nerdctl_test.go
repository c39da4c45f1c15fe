package interop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// nerdctl is the program, at a place's containerd and records.
type nerdctl struct {
	t       testing.TB
	program string
	flags   []string
}

// nerdctl is nerdctl as `gantry doctor` says to call it, with Debian's network plugins.
func (p *place) nerdctl(program string) *nerdctl {
	p.t.Helper()
	end := p.env.Endpoint
	const plugins = "/opt/cni/bin" // hidden, so of this test alone
	err := os.Symlink(filepath.Join(real.Packages(p.t, "containernetworking-plugins"), "usr", "lib", "cni"), plugins)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		p.t.Fatal(err)
	}
	return &nerdctl{t: p.t, program: program, flags: []string{
		"--address", end.Address, "--data-root", end.RecordRoot, "--namespace", p.env.Namespace,
		"--cni-path", plugins, "--cni-netconfpath", p.env.Endpoint.NetworkDir(),
	}}
}

// run runs a command and gives what it prints and its exit code.
func (n *nerdctl) run(args ...string) (out, errs string, code int) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, n.program, append(n.flags, args...)...)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		n.t.Fatalf("nerdctl %q: %v", args, err)
	}
	return strings.TrimSpace(o.String()), strings.TrimSpace(e.String()), cmd.ProcessState.ExitCode()
}

// must is run of what has to succeed.
func (n *nerdctl) must(args ...string) string {
	n.t.Helper()
	out, errs, code := n.run(args...)
	if code != 0 {
		n.t.Errorf("nerdctl %s: exit code %d: %s", strings.Join(args, " "), code, errs)
	}
	return out
}

// inspected is what nerdctl inspect tells that matters here.
type inspected struct {
	Name  string
	State struct {
		Status        string
		ExitCode, Pid int
		FinishedAt    string
	}
	Mounts          []struct{ Type, Destination string }
	RestartCount    int
	NetworkSettings struct {
		IPAddress string
		Ports     map[string][]struct{ HostPort string }
	}
	Config struct {
		Hostname string
		Labels   map[string]string
	}
}

func (n *nerdctl) inspect(name string) inspected {
	n.t.Helper()
	var all []inspected
	if err := json.Unmarshal([]byte(n.must("inspect", name)), &all); err != nil || len(all) != 1 {
		n.t.Errorf("nerdctl inspect %s: %v", name, err)
		return inspected{}
	}
	return all[0]
}

func TestNerdctlAndGantryShareTheirContainers(t *testing.T) {
	program := builtNerdctl(t)
	onEach(t, func(t *testing.T, p *place) {
		n := p.nerdctl(program)
		t.Run("remembered", func(t *testing.T) { p.remembers(t, n) })
		t.Run("gantry's", func(t *testing.T) { p.handsOver(t, n) })
		t.Run("nerdctl's", func(t *testing.T) { p.takesOver(t, n) })
	})
}

// handsOver has nerdctl do what it can to a container of gantry's.
func (p *place) handsOver(t *testing.T, n *nerdctl) {
	p.t, n.t = t, t
	// Monitors before 2.4 bring back what nerdctl stops, its own too, under any other policy.
	policy := "no"
	if slices.Contains(p.env.Caps.RestartPolicies, "unless-stopped") {
		policy = "unless-stopped"
	}
	if p.env.Endpoint.Kind == api.EngineEmbedded {
		policy = "always"
	}
	id := p.run(append([]string{"--name", "ours", "-p", "18081:80", "-v", "data:/data", "--restart", policy, "--label", "a=b"}, server()...)...)
	p.page("http://127.0.0.1:18081/")
	if out := n.must("ps", "--format", "{{.Names}} {{.Status}} {{.Ports}}"); !strings.Contains(out, "ours Up") || !strings.Contains(out, "18081->80/tcp") {
		t.Errorf("nerdctl ps: %q", out)
	}
	in := n.inspect("ours")
	if in.State.Status != "running" || in.State.Pid != int(p.get(id).Pid) || in.Config.Hostname != api.ShortID(id) || in.Config.Labels["a"] != "b" ||
		len(in.Mounts) != 1 || in.Mounts[0].Destination != "/data" || len(in.NetworkSettings.Ports["80/tcp"]) == 0 {
		t.Errorf("nerdctl inspect: %+v", in)
	}
	if out := n.must("exec", "ours", "hostname"); out != api.ShortID(id) {
		t.Errorf("nerdctl exec: %q", out)
	}
	if out := n.must("volume", "ls", "-q"); !strings.Contains(out, "data") {
		t.Errorf("nerdctl volume ls: %q", out)
	}
	n.must("stop", "-t", "0", "ours")
	if c := p.is(id, api.StateExited); c.ExitCode != 137 {
		t.Errorf("stopped by nerdctl: %+v", c)
	}
	p.free("18081")
	if out := n.must("ps", "-a", "--format", "{{.Names}} {{.Status}}"); !strings.Contains(out, "(137)") {
		t.Errorf("nerdctl ps -a: %q", out)
	}
	n.must("start", "ours")
	p.is(id, api.StateRunning)
	p.page("http://127.0.0.1:18081/")
	n.must("kill", "ours")
	p.is(id, api.StateExited)
	p.free("18081")
	n.must("start", "ours")
	p.page("http://127.0.0.1:18081/")
	n.must("rename", "ours", "theirs")
	if c := p.get("theirs"); c.ID != id {
		t.Errorf("renamed by nerdctl it is %+v", c)
	}
	n.must("rm", "-f", "theirs")
	p.vanished(id, "theirs")
	p.free("18081")

	quick := p.run("--name", "quick", "busybox", "sh", "-c", "echo out; echo err >&2; exit 7")
	p.is(quick, api.StateExited)
	if out, errs, _ := n.run("logs", "quick"); out != "out" || errs != "err" {
		t.Errorf("nerdctl logs: %q, %q", out, errs)
	}
	if in := n.inspect("quick"); in.State.Status != "exited" || in.State.ExitCode != 7 {
		t.Errorf("nerdctl inspect: %+v", in.State)
	}
	if out := n.must("wait", "quick"); out != "7" {
		t.Errorf("nerdctl wait: %q", out)
	}
	n.must("rm", "quick")
	p.vanished(quick, "quick")
	// The name is free again, for either.
	again := p.run("--name", "quick", "busybox", "true")
	if _, errs, code := n.run("create", "--name", "quick", "--net", "none", p.env.Registry.Image(t, real.Busybox), "true"); code == 0 || !strings.Contains(errs, "quick") {
		t.Errorf("nerdctl made another container of the same name: %s", errs)
	}
	p.remove(again)
}

// takesOver does to a container of nerdctl's what gantry can.
func (p *place) takesOver(t *testing.T, n *nerdctl) {
	p.t, n.t = t, t
	image := p.env.Registry.Image(t, real.Busybox)
	id := n.must("run", "-d", "--name", "its", "-p", "18082:80", "-v", "its:/data", "--restart", "always", "--label", "a=b", image,
		"sh", "-c", "mkdir -p /w; echo hello >/w/index.html; echo started; exec httpd -f -p 80 -h /w")
	if len(id) != 64 {
		t.Fatalf("nerdctl run: %q", id)
	}
	p.page("http://127.0.0.1:18082/")
	c := p.is("its", api.StateRunning)
	if c.ID != id || c.Owner != api.OwnerNerdctl || len(c.Ports) != 1 || c.Ports[0].HostPort != 18082 || c.RestartPolicy != "always" || c.Labels["a"] != "b" || c.StartedAt.IsZero() {
		t.Errorf("listed: %+v", c)
	}
	r, err := p.Inspect(t.Context(), id)
	if err != nil || len(r.Mounts) != 1 || r.Mounts[0].Destination != "/data" || r.NetworkSettings.Networks["bridge"] == nil || len(r.NetworkSettings.Ports) != 1 {
		t.Errorf("inspect: %+v, %v", r, err)
	} else if r.NetworkSettings.Networks["bridge"].IPAddress.String() != n.inspect("its").NetworkSettings.IPAddress {
		t.Errorf("its address is %v, and %s for nerdctl", r.NetworkSettings.Networks["bridge"].IPAddress, n.inspect("its").NetworkSettings.IPAddress)
	}
	if got := p.log(id); got != "started\n" {
		t.Errorf("its log: %q", got)
	}
	if out, code := p.says(id, "hostname"); out != api.ShortID(id) || code != 0 {
		t.Errorf("exec: %q, %d", out, code)
	}
	p.stop(id)
	if c := p.is(id, api.StateExited); c.ExitCode != 137 {
		t.Errorf("stopped: %+v", c)
	}
	p.free("18082")
	p.start(id)
	p.is(id, api.StateRunning)
	p.page("http://127.0.0.1:18082/")
	p.eventually("its second start in its log", func() bool { return p.log(id) == "started\nstarted\n" })
	if out := n.must("ps", "--format", "{{.Names}} {{.Status}}"); !strings.Contains(out, "its Up") {
		t.Errorf("nerdctl ps: %q", out)
	}
	p.comesBack(id)
	p.page("http://127.0.0.1:18082/")
	p.do("rename", p.Rename(t.Context(), id, "mine"))
	if out := n.must("ps", "--format", "{{.Names}}"); !strings.Contains(out, "mine") {
		t.Errorf("nerdctl ps: %q", out)
	}
	p.remove(id)
	p.vanished(id, "mine")
	p.free("18082")
	if out, _, _ := n.run("ps", "-aq"); strings.Contains(out, api.ShortID(id)) {
		t.Errorf("nerdctl still lists it: %q", out)
	}

	quick := n.must("run", "-d", "--name", "quick", "--net", "none", image, "sh", "-c", "echo out; exit 7")
	p.is(quick, api.StateExited)
	if c := p.get("quick"); c.ExitCode != 7 || !c.ExitKnown {
		t.Errorf("%+v", c)
	}
	p.start(quick)
	p.eventually("its second run", func() bool { return p.log(quick) == "out\nout\n" && p.get(quick).State == api.StateExited })
	if out := n.must("ps", "-a", "--format", "{{.Names}} {{.Status}}"); !strings.Contains(out, "quick Exited (7)") {
		t.Errorf("nerdctl ps -a: %q", out)
	}
	p.remove(quick)
	p.vanished(quick, "quick")
}

// free waits until nobody listens on a port of this host and nothing forwards it.
func (p *place) free(port string) {
	p.t.Helper()
	p.eventually("port "+port+" to be free", func() bool { return portFree(port) })
}

// vanished is a container that has left nothing in the records.
func (p *place) vanished(id, name string) {
	p.t.Helper()
	var none *api.NotFoundError
	if c, err := p.Find(p.t.Context(), id); !errors.As(err, &none) {
		p.t.Errorf("%s is still there: %+v, %v", name, c, err)
	}
	store, ns := p.env.Endpoint.RecordStore, p.env.Namespace
	for _, left := range []string{
		filepath.Join(store, "containers", ns, id), filepath.Join(store, "names", ns, name), filepath.Join(store, "etchosts", ns, id),
	} {
		if _, err := os.Lstat(left); err == nil {
			p.t.Errorf("%s is left", left)
		}
	}
}
