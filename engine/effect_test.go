package engine_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/containerd/containerd/v2/core/mount"

	"gantry/engine/enginetest/real"
)

// inside lets a test write into the file system of a container that does not run.
func (p *place) inside(id string, do func(write func(name, body string))) {
	p.t.Helper()
	ctx := p.env.Context(p.t)
	mounts, err := p.env.Client.SnapshotService(p.env.Caps.Snapshotter).Mounts(ctx, id)
	if err != nil {
		p.t.Fatal(err)
	}
	err = mount.WithTempMount(ctx, mounts, func(root string) error {
		do(func(name, body string) {
			if err := os.WriteFile(filepath.Join(root, name), []byte(body), 0o755); err != nil {
				p.t.Fatal(err)
			}
		})
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func TestWhatAProcessSeesOfItsOptions(t *testing.T) {
	p := open(t)
	for _, c := range []struct {
		flags  []string
		script string
		want   string
	}{
		{nil, "id -u; id -g; pwd", "0\n0\n/"},
		{[]string{"--user", "app"}, "id -u; id -g; id -G; echo $HOME", "1000\n1000\n1000 50\n/home/app"},
		{[]string{"--user", "1234:50"}, "id -u; id -g", "1234\n50"},
		{[]string{"--user", "app:staff"}, "id -u; id -g", "1000\n50"},
		{[]string{"--hostname", "front"}, "hostname; cat /etc/hostname", "front\nfront"},
		{[]string{"-e", "A=1", "-e", "B=two words", "-e", "A=2"}, `echo "$A $B"`, "2 two words"},
		{[]string{"--workdir", "/made/for/it"}, "pwd", "/made/for/it"},
		{[]string{"--entrypoint", "/bin/sh"}, "echo entered", "entered"},
		{[]string{"--read-only"}, "touch /x 2>&1 | sed 's/.*: //'; touch /dev/shm/x && echo shm", "Read-only file system\nshm"},
		{[]string{"--cap-drop", "all"}, "grep CapEff /proc/self/status", "CapEff:\t0000000000000000"},
		{[]string{"--cap-drop", "all", "--cap-add", "net_admin"}, "grep CapEff /proc/self/status", "CapEff:\t0000000000001000"},
		{nil, "grep CapEff /proc/self/status", "CapEff:\t00000000a80425fb"}, // Docker's default set
		{nil, "grep Seccomp: /proc/self/status; grep NoNewPrivs /proc/self/status", "Seccomp:\t2\nNoNewPrivs:\t0"},
		{[]string{"--privileged"}, "grep Seccomp: /proc/self/status; ls /dev/kmsg", "Seccomp:\t0\n/dev/kmsg"},
		{nil, "ls /dev/kmsg 2>&1 | sed 's/.*: //'; cat /proc/kcore | wc -c; echo x 2>&1 >/proc/sys/kernel/hostname | sed 's/.*: //'", "No such file or directory\n0\nRead-only file system"},
		{[]string{"--network", "none"}, "ls /sys/class/net", "lo"},
		{nil, "cat /proc/1/comm; set -- /proc/[0-9]*; echo $#", "sh\n1"}, // a PID namespace of its own
		{[]string{"-t"}, "test -t 1 && echo $TERM; tty", "xterm\n/dev/pts/0"},
		{nil, "test -t 0 || echo no terminal; cat", "no terminal"},
	} {
		words := append(c.flags, "busybox", "sh", "-c", c.script)
		if len(c.flags) > 0 && c.flags[0] == "--entrypoint" {
			words = append(c.flags, "busybox", "-c", c.script)
		}
		if got := p.output(words...); got != c.want {
			t.Errorf("%q %s\n got %q\nwant %q", c.flags, c.script, got, c.want)
		}
	}
}

func TestAContainerOnTheHostsNetworkHasItsName(t *testing.T) {
	p := open(t)
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	if got := p.output("--network", "host", "busybox", "sh", "-c", "hostname; readlink /proc/self/ns/net"); got != name+"\n"+link(t, "/proc/self/ns/net") {
		t.Errorf("got %q", got)
	}
}

func link(t *testing.T, name string) string {
	t.Helper()
	to, err := os.Readlink(name)
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func TestWhatTheImageBringsIsUsed(t *testing.T) {
	p := open(t)
	if got := p.output(p.image(real.Configured)); got != "hello\n1000\n/home/app" {
		t.Errorf("as it is: %q", got)
	}
	if got := p.output("-e", "GREETING=bye", "--user", "root", "--workdir", "/tmp", p.image(real.Configured)); got != "bye\n0\n/tmp" {
		t.Errorf("with options: %q", got)
	}
	if got := p.output("--entrypoint", "/bin/echo", p.image(real.Configured), "mine"); got != "mine" {
		t.Errorf("with another entrypoint: %q", got)
	}
	id := p.create(p.image(real.Configured))
	r, err := p.Inspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if r.Config.Labels["org.opencontainers.image.title"] != "configured" {
		t.Errorf("labels %v", r.Config.Labels)
	}
	rec, err := p.env.Client.ContainerService().Get(p.env.Context(t), id)
	if err != nil || rec.Labels["io.containerd.image.config.stop-signal"] != "SIGUSR1" {
		t.Errorf("stop signal %q (%v)", rec.Labels["io.containerd.image.config.stop-signal"], err)
	}
	if got := p.output(p.image(real.Multi), "bash", "-c", "echo ${BASH_VERSION%%.*}"); got != "5" {
		t.Errorf("bash of seven layers says %q", got)
	}
}

// The limits are read where the kernel keeps them.
func TestLimitsReachTheKernel(t *testing.T) {
	p := open(t)
	id := p.run("--memory", "64m", "--cpus", "0.5", "--pids-limit", "42", "busybox", "sleep", "60")
	c := p.get(id)
	if c.MemoryLimit != 64<<20 {
		t.Errorf("the list says %d bytes", c.MemoryLimit)
	}
	groups := cgroupsOf(t, c.Pid)
	for file, want := range map[string]string{
		"memory/memory.limit_in_bytes": "67108864", "memory/memory.max": "67108864",
		"cpu/cpu.cfs_quota_us": "50000", "cpu/cpu.max": "50000 100000",
		"pids/pids.max": "42",
	} {
		controller, name, _ := strings.Cut(file, "/")
		dir, ok := groups[controller]
		if !ok {
			dir = groups[""]
		}
		got, err := os.ReadFile(filepath.Join(dir, name))
		if os.IsNotExist(err) && name != "pids.max" {
			continue // the other version's file
		}
		if err != nil || strings.TrimSpace(string(got)) != want {
			t.Errorf("%s in %s is %q, not %s (%v)", name, dir, strings.TrimSpace(string(got)), want, err)
		}
		if !strings.HasSuffix(dir, p.env.Endpoint.CgroupParent+"/"+id) {
			t.Errorf("%s is not the container's place below %s", dir, p.env.Endpoint.CgroupParent)
		}
	}
}

// cgroupsOf are a process's groups by controller; "" is the unified one.
func cgroupsOf(t *testing.T, pid uint32) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(int(pid)) + "/cgroup")
	if err != nil {
		t.Fatal(err)
	}
	groups := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		for _, c := range strings.Split(f[1], ",") {
			dir := filepath.Join("/sys/fs/cgroup", f[1], f[2])
			if _, err := os.Stat(dir); err != nil {
				dir = filepath.Join("/sys/fs/cgroup", c, f[2])
			}
			groups[c] = dir
		}
	}
	return groups
}

func TestAContainerOutOfMemorySaysSo(t *testing.T) {
	p := open(t)
	o, err := p.attached("--memory", "16m", "busybox", "sh", "-c", "x=a; while :; do x=$x$x; done")
	if err != nil || o.code != 137 {
		t.Fatalf("%d, %v: %s", o.code, err, o.err)
	}
	if c := p.get(o.id); !c.OOMKilled || c.ExitCode != 137 {
		t.Errorf("%+v", c)
	}
}
