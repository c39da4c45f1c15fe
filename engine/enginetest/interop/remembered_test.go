package interop

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/daemon"
	"gantry/engine/enginetest/real"
	"gantry/engine/option"
)

// options are what a container of others is asked for, in the order of gantry's own line.
const options = "-e MODE=fast -w /data -u 1:1 --hostname web1 --label tier=front --stop-signal SIGINT --stop-timeout 7 " +
	"--dns 9.9.9.9 --add-host db:10.0.0.5 -v files:/files -v /tmp:/data:ro --tmpfs /run:size=1m --log-opt max-size=1m " +
	"--health-cmd true --health-interval 10s --health-timeout 20s --health-retries 2 -m 64m --cpus 0.5 --pids-limit 100 " +
	"--memory-reservation 32m --oom-score-adj 5 --shm-size 32m --cpu-shares 512 --cpuset-cpus 0 --ulimit nofile=512:1024 --read-only " +
	"--cap-add CHOWN --cap-drop ALL --security-opt no-new-privileges --device /dev/null:/dev/thing:rw --sysctl net.core.somaxconn=128"

// asked is how another program is asked for a container with the options.
func asked(verb, restart, image string) []string {
	return strings.Fields(verb + " --name its --net none " + restart + options + " " + image + " sleep 2000")
}

// shown is gantry's line for it.
func shown(restart, image string) string {
	return "run -d --name its " + restart + strings.Replace(options, "--dns", "--network none --dns", 1) + " " + image + " sleep 2000"
}

// again is the line that makes such a container, and what is said not to be known of it.
func (p *place) again(id string) (line, unread string) {
	p.t.Helper()
	known, err := p.Remembered(p.t.Context(), id)
	if err != nil || known.Exact {
		p.t.Fatalf("what is known of %s: exactly: %v, %v", id, known.Exact, err)
	}
	return option.FromRequest(known.Request).Line("run"), strings.Join(known.Unread, "; ")
}

// remembers has gantry find out how nerdctl was asked for a container.
func (p *place) remembers(t *testing.T, n *nerdctl) {
	p.t, n.t = t, t
	image := p.env.Registry.Image(t, real.Busybox)
	restart := "--restart on-failure:3 "
	if !slices.Contains(p.env.Caps.RestartPolicies, "on-failure") {
		restart = ""
	}
	id := n.must(asked("create", restart, image)...)
	defer p.remove(id)
	line, unread := p.again(id)
	if want := shown(restart, image); line != want {
		t.Errorf("it was asked for as\n%s\nand is remembered as\n%s", want, line)
	}
	if unread != "seccomp and AppArmor profiles of its own" {
		t.Errorf("not known of it: %s", unread)
	}
}

// dockers is a dockerd of Debian's, and gantry on the containerd that it has started.
func dockers(t *testing.T) (docker func(args ...string) string, p *place) {
	t.Helper()
	for _, program := range []string{"dockerd", "docker"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed: what dockerd writes down is tested on recorded files, in engine/record/dockerd", program)
		}
	}
	shared := real.Engine(t)
	root, err := os.MkdirTemp("", "dk") // a socket's path has to be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := real.Clear(root); err != nil { // dockerd leaves mounts
			t.Error(err)
		}
	})
	at := func(name string) string { return filepath.Join(root, name) }
	socket := at("s")
	log, err := os.Create(at("log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	daemonCmd := exec.Command("dockerd", "--data-root", at("data"), "--exec-root", at("x"), "--pidfile", at("pid"), "-H", "unix://"+socket,
		"--iptables=false", "--ip6tables=false", "--bridge=none")
	daemonCmd.Stdout, daemonCmd.Stderr = log, log
	daemonCmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := daemonCmd.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan error, 1)
	go func() { gone <- daemonCmd.Wait() }()
	t.Cleanup(func() {
		if err := daemonCmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
		<-gone
	})
	for late := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		c, err := net.Dial("unix", socket)
		if err == nil {
			c.Close()
			break
		}
		if time.Now().After(late) {
			said, _ := os.ReadFile(at("log"))
			t.Fatalf("dockerd does not serve: %s", said)
		}
	}
	docker = func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "docker", args...)
		cmd.Env = append(os.Environ(), "DOCKER_HOST=unix://"+socket)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Run(); err != nil {
			t.Fatalf("docker %q: %v: %s", args, err, errs.String())
		}
		return strings.TrimSpace(out.String())
	}
	docker("version") // answers when its containerd serves
	env := &real.Env{
		Config: daemon.Config{
			Address: at("x/containerd/containerd.sock"), DataRoot: at("d"), RunRoot: at("r"), Mode: daemon.System, SystemSockets: []daemon.Candidate{},
		},
		Namespace: "moby", Registry: shared.Registry,
	}
	return docker, open(t, env, nil)
}

func TestDockersContainerIsReadAsDockerWasAskedForIt(t *testing.T) {
	docker, p := dockers(t)
	image := p.env.Registry.Image(t, real.Busybox)
	docker("pull", "-q", image)
	const restart = "--restart on-failure:3 "
	id := docker(asked("run -d", restart, image)...)
	line, unread := p.again(id)
	if want := shown(restart, image); line != want {
		t.Errorf("it was asked for as\n%s\nand is read as\n%s", want, line)
	}
	if !strings.Contains(unread, "what is in its volumes (files)") {
		t.Errorf("not known of it: %s", unread)
	}
	c := p.get("its")
	if c.ID != id || c.Owner != api.OwnerDocker || c.Image != image || c.RestartPolicy != "on-failure:3" || c.Labels["tier"] != "front" {
		t.Errorf("listed: %+v", c)
	}
	docker("rename", "its", "other")
	p.eventually("its new name", func() bool { c, err := p.Find(t.Context(), id); return err == nil && c.Name == "other" })
	docker("rm", "-f", "other")
}
