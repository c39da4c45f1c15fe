package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/host"
)

// probes are questions to a container, each with the flags whose effect it shows and the answer.
type probe struct{ flags, script, want string }

// ask runs one container with the flags of all probes and holds each answer to its probe.
func (p *place) ask(probes []probe) {
	p.t.Helper()
	const mark = "=== "
	words, script := []string{}, ""
	for i, q := range probes {
		words = append(words, strings.Fields(q.flags)...)
		script += fmt.Sprintf("echo '%s%d'\n%s\n", mark, i, q.script)
	}
	for i, w := range words {
		words[i] = strings.ReplaceAll(w, "~", " ") // a blank within a value
	}
	out := "\n" + p.output(append(words, "busybox", "sh", "-c", "exec 2>&1\n"+script)...)
	for i, q := range probes {
		_, answer, _ := strings.Cut(out, fmt.Sprintf("\n%s%d", mark, i))
		answer, _, _ = strings.Cut(strings.TrimPrefix(answer, "\n"), "\n"+mark)
		if strings.TrimSpace(answer) != q.want {
			p.t.Errorf("%s\n  %s\n  says %q, want %q", q.flags, q.script, strings.TrimSpace(answer), q.want)
		}
	}
}

func TestWhatAContainerSeesOfFurtherOptions(t *testing.T) {
	p := open(t)
	p.ask([]probe{
		{"--group-add staff --group-add 77", "id -G", "0 50 77"},
		{"--umask 0027", "umask", "0027"},
		{"--domainname lan.example", "cat /proc/sys/kernel/domainname", "lan.example"},
		{"--ulimit nofile=123:456 --ulimit core=0", "ulimit -n; ulimit -Hn; ulimit -c", "123\n456\n0"},
		{"--sysctl net.core.somaxconn=321 --sysctl kernel.shmmni=1234", "cat /proc/sys/net/core/somaxconn /proc/sys/kernel/shmmni", "321\n1234"},
		{"--oom-score-adj 321", "cat /proc/self/oom_score_adj", "321"},
		{"--shm-size 3m", "df -k /dev/shm | tail -1 | awk '{print $2}'", "3072"},
		{"--security-opt no-new-privileges", "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\t1"},
		{"--security-opt seccomp=native", "grep Seccomp: /proc/self/status", "Seccomp:\t2"},
		{"--security-opt systempaths=unconfined", "grep -c -e ' /proc/kcore ' -e ' /proc/sys ' /proc/self/mountinfo", "0"},
		{"--security-opt label=disable --security-opt apparmor=unconfined --userns host --isolation default", "grep -c ' 0  *0 4294967295' /proc/self/uid_map", "1"},
		{"--device /dev/null:/dev/mine:rw", "stat -c '%t:%T' /dev/mine; echo x >/dev/mine && echo written", "1:3\nwritten"},
		// Nobody drives these: only who may use one is told that there is none.
		{"--device-cgroup-rule c~42:*~r", "mknod /tmp/x c 42 7; mknod /tmp/y c 43 7; cat /tmp/x 2>&1 | sed 's/.*: //'; cat /tmp/y 2>&1 | sed 's/.*: //'",
			"No such device or address\nOperation not permitted"},
	})
	p.ask([]probe{
		{"--pid host --uts host --ipc host --network none", "for n in pid uts ipc; do readlink /proc/self/ns/$n; done", link(t, "/proc/self/ns/pid") + "\n" + link(t, "/proc/self/ns/uts") + "\n" + link(t, "/proc/self/ns/ipc")},
		{"--cgroupns private", "readlink /proc/self/ns/cgroup | grep -c '" + link(t, "/proc/self/ns/cgroup") + "'; true", "0"},
		{"--privileged --security-opt privileged-without-host-devices", "ls /dev/kmsg 2>&1 | grep -c No; grep CapEff /proc/self/status | grep -c 00000000a80425fb; true", "1\n0"},
	})
	dir := t.TempDir()
	profile, note, wrapper := filepath.Join(dir, "profile.json"), filepath.Join(dir, "note"), filepath.Join(dir, "myrunc")
	for name, body := range map[string]string{
		profile: `{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}`,
		wrapper: "#!/bin/sh\necho used >>" + note + "\nexec " + runcOf(t, p.env.Endpoint.Helper) + " \"$@\"\n",
	} {
		if err := os.WriteFile(name, []byte(body), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p.ask([]probe{
		{"--security-opt seccomp=" + profile, "mkdir /tmp/x 2>&1 | grep -c 'not permitted'", "1"},
		{"--ipc none", "grep -c ' /dev/shm ' /proc/self/mountinfo; true", "0"},
		{"--cgroupns host", "readlink /proc/self/ns/cgroup", link(t, "/proc/self/ns/cgroup")},
		{"--runtime " + wrapper, "echo ran", "ran"},
	})
	if b, err := os.ReadFile(note); err != nil || !strings.HasPrefix(string(b), "used") {
		t.Errorf("the runtime was not used: %q, %v", b, err)
	}
}

// runcOf is the runc that came with the helper, which is a link to where both are.
func runcOf(t *testing.T, helper string) string {
	t.Helper()
	helper, err := filepath.EvalSymlinks(helper)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(filepath.Dir(helper), "runc")
}

// The limits are read where the kernel keeps them: on v1 in a group for each controller.
func TestFurtherLimitsReachTheKernel(t *testing.T) {
	p := open(t)
	facts, err := p.Facts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	disk, number := aDisk(t)
	words := strings.Fields("--memory 64m --memory-swap 96m --memory-reservation 32m --cpu-shares 512 --cpu-period 50000 --cpu-quota 25000 " +
		"--cpuset-cpus 0 --cpuset-mems 0 --annotation com.example=x --device-cgroup-rule")
	words = append(words, "c 42:* rw")
	want := map[string]string{
		"memory/memory.limit_in_bytes": "67108864", "memory/memory.memsw.limit_in_bytes": "100663296", "memory/memory.soft_limit_in_bytes": "33554432",
		"memory/memory.max": "67108864", "memory/memory.swap.max": "33554432", "memory/memory.low": "33554432",
		"cpu/cpu.shares": "512", "cpu/cpu.cfs_period_us": "50000", "cpu/cpu.cfs_quota_us": "25000", "cpu/cpu.max": "25000 50000",
		"cpuset/cpuset.cpus": "0", "cpuset/cpuset.mems": "0", "devices/devices.list": "...c 42:* rw",
	}
	knob := func(name, flags string, files map[string]string) {
		if !facts.Host.Knobs[name] || strings.Contains(flags, "DISK") && disk == "" {
			return
		}
		words = append(words, strings.Fields(strings.ReplaceAll(flags, "DISK", disk))...)
		for f, v := range files {
			want[f] = v
		}
	}
	knob("memory-swappiness", "--memory-swappiness 10", map[string]string{"memory/memory.swappiness": "10"})
	knob("oom-kill-disable", "--oom-kill-disable", map[string]string{"memory/memory.oom_control": "...oom_kill_disable 1"})
	knob("blkio-weight", "--blkio-weight 300", map[string]string{"blkio/blkio.weight": "300", "blkio/blkio.bfq.weight": "300"})
	knob("blkio-throttle", "--device-read-bps DISK:1mb --device-write-bps DISK:2mb --device-read-iops DISK:30 --device-write-iops DISK:40", map[string]string{
		"blkio/blkio.throttle.read_bps_device": number + " 1048576", "blkio/blkio.throttle.write_bps_device": number + " 2097152",
		"blkio/blkio.throttle.read_iops_device": number + " 30", "blkio/blkio.throttle.write_iops_device": number + " 40",
		"io/io.max": number + " rbps=1048576 wbps=2097152 riops=30 wiops=40",
	})
	parent := p.env.Endpoint.CgroupParent + "/further"
	words = append(words, "--cgroup-parent", parent)
	if facts.Host.Knobs["cpu-rt-runtime"] && realtime(t, p.env.Endpoint.CgroupParent, parent) {
		words = append(words, "--cpu-rt-period", "1000000", "--cpu-rt-runtime", "2000")
		want["cpu/cpu.rt_period_us"], want["cpu/cpu.rt_runtime_us"] = "1000000", "2000"
	}
	id := p.run(append(words, "busybox", "sleep", "60")...)
	defer p.remove(id)
	groups := cgroupsOf(t, p.get(id).Pid)
	seen := 0
	for file, value := range want {
		controller, name, _ := strings.Cut(file, "/")
		dir, ok := groups[controller]
		if !ok {
			dir = groups[""]
		}
		got, err := os.ReadFile(filepath.Join(dir, name))
		if os.IsNotExist(err) {
			continue // the other version's file
		}
		seen++
		text := strings.TrimSpace(string(got))
		if within, ok := strings.CutPrefix(value, "..."); ok && strings.Contains(text, within) {
			continue
		}
		if err != nil || text != value {
			t.Errorf("%s is %q, not %q (%v)", name, text, value, err)
		}
		if !strings.HasSuffix(dir, parent+"/"+id) {
			t.Errorf("%s is not the container's place below %s", dir, parent)
		}
	}
	if least := map[bool]int{true: 11, false: 6}[facts.Host.CgroupMode != host.CgroupV2]; seen < least {
		t.Errorf("only %d limits were looked at", seen)
	}
	rec, err := p.env.Client.ContainerService().Get(p.env.Context(t), id)
	if err != nil || !strings.Contains(string(rec.Spec.GetValue()), `"com.example":"x"`) {
		t.Errorf("the annotation is not in the spec (%v)", err)
	}
}

// aDisk is a block device of this host and its number; "" where there is none.
func aDisk(t *testing.T) (path, number string) {
	t.Helper()
	all, _ := filepath.Glob("/sys/block/*")
	for _, dir := range all {
		n, err := os.ReadFile(filepath.Join(dir, "dev"))
		if _, derr := os.Stat(filepath.Join("/dev", filepath.Base(dir))); err == nil && derr == nil {
			return filepath.Join("/dev", filepath.Base(dir)), strings.TrimSpace(string(n))
		}
	}
	return "", ""
}

// realtime gives cgroups, from the outermost in, some real time to hand on.
func realtime(t *testing.T, groups ...string) bool {
	for i, g := range groups {
		dir := filepath.Join("/sys/fs/cgroup/cpu", g)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return false
		}
		if i > 0 {
			t.Cleanup(func() { _ = os.Remove(dir) })
		}
		if err := os.WriteFile(filepath.Join(dir, "cpu.rt_runtime_us"), []byte("5000"), 0o644); err != nil {
			return false
		}
	}
	return true
}

// The namespaces of another container are found anew at each start.
func TestAContainerJoinsAnothersProcessesAndMemory(t *testing.T) {
	p := open(t)
	donor := p.run("--name", "donor", "--ipc", "shareable", "--shm-size", "2m", "busybox", "sh", "-c", "echo shared >/dev/shm/note; sleep 600")
	defer p.remove(donor)
	spaces := func() string {
		pid := p.get(donor).Pid
		return link(t, fmt.Sprintf("/proc/%d/ns/pid", pid)) + "\n" + link(t, fmt.Sprintf("/proc/%d/ns/ipc", pid))
	}
	script := "readlink /proc/self/ns/pid; readlink /proc/self/ns/ipc; until cat /dev/shm/note 2>/dev/null; do :; done; df -k /dev/shm | tail -1 | awk '{print $2}'"
	guest := []string{"--pid", "container:donor", "--ipc", "container:donor", "busybox", "sh", "-c", script}
	if got, want := p.output(guest...), spaces()+"\nshared\n2048"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	later := p.create(append([]string{"--name", "later"}, guest...)...)
	defer p.remove(later)
	if err := p.Stop(t.Context(), donor, api.StopOptions{Timeout: new(time.Duration(0))}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	_, err := p.Start(t.Context(), later, api.StartOptions{}, api.Observer{})
	if fields := as[api.FieldErrors](t, err); len(fields) != 2 || fields[0].Reason != "the container donor is not running" {
		t.Errorf("joining what does not run: %v", err)
	}
	before := spacesOf(p, later)
	p.start(donor)
	p.start(later)
	if after := spacesOf(p, later); after == before || !strings.Contains(after, fmt.Sprintf("/proc/%d/ns/pid", p.get(donor).Pid)) {
		t.Errorf("the spec had %s and has %s", before, after)
	}
	for flag, reason := range map[string]string{
		"--pid=container:nobody": "there is no such container", "--ipc=container:nobody": "there is no such container", "--ipc=container:later": "the container later does not share its IPC",
	} {
		_, err := p.Create(t.Context(), p.request(flag, "busybox"), api.Observer{})
		if fields := as[api.FieldErrors](t, err); fields[0].Reason != reason {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

// spacesOf are the paths that a container's spec has it join.
func spacesOf(p *place, id string) string {
	p.t.Helper()
	box, err := p.env.Client.LoadContainer(p.env.Context(p.t), id)
	if err != nil {
		p.t.Fatal(err)
	}
	s, err := box.Spec(p.env.Context(p.t))
	if err != nil {
		p.t.Fatal(err)
	}
	out := ""
	for _, n := range s.Linux.Namespaces {
		out += n.Path + " "
	}
	return out
}

// What this host or its server has not is refused by name before anything is made.
func TestWhatCannotBeHadIsRefusedByName(t *testing.T) {
	p := open(t)
	for flag, want := range map[string]string{
		"--device=/dev/none":               "--device: this host has no /dev/none",
		"--device=/etc/passwd":             "--device: /etc/passwd is not a device",
		"--device-read-bps=/dev/none:1mb":  "--device-read-bps: this host has no /dev/none",
		"--blkio-weight-device=/dev/tty:9": "",
		"--runtime=no-such-runtime":        "--runtime: unknown or invalid runtime name: no-such-runtime (install the program, or leave it out)",
		"--runtime=io.containerd.none.v2":  "--runtime: unknown or invalid runtime name: io.containerd.none.v2 (install containerd-shim-none-v2)",
	} {
		if want == "" {
			continue
		}
		req := p.request(flag, "--pull", "never", "busybox")
		if _, err := p.Create(t.Context(), req, api.Observer{}); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", flag, err, want)
		}
	}
}
