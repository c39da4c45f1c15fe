package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/enginetest/real"
)

var wholeID = regexp.MustCompile(`^[0-9a-f]{64}\n$`)

// The life of a container by the commands, each seen in ps and by containerd itself.
func TestLifeOfAContainer(t *testing.T) {
	g := install(t)
	r := g.run("create", "--name", "one", "--label", "a=b", g.image(real.Busybox), "sh", "-c", "trap 'exit 3' TERM; echo up; while :; do sleep 0.05; done").want(t, 0)
	if !wholeID.MatchString(r.out) {
		t.Fatalf("create printed %q, not only the ID", r.out)
	}
	id := strings.TrimSpace(r.out)
	g.state("one", "created")
	if rows := g.ps(); len(rows) != 0 {
		t.Errorf("ps shows what does not run: %v", rows)
	}
	if got := g.run("start", "one").want(t, 0).out; got != "one\n" {
		t.Errorf("start printed %q", got)
	}
	one := g.state("one", "running")
	if one.ID != id || one.Labels != "a=b" || !strings.HasPrefix(one.Status, "Up ") {
		t.Errorf("ps says %+v", one)
	}
	if got := g.run("ps", "-q", "--no-trunc").want(t, 0).out; got != id+"\n" {
		t.Errorf("ps -q printed %q", got)
	}
	if got := g.run("ps").want(t, 0).out; !strings.Contains(got, id[:12]) || !strings.Contains(got, "one") || strings.Count(got, "\n") != 2 {
		t.Errorf("ps printed\n%s", got)
	}
	g.pidIsReal(id)
	g.follow("one", "up")
	if got := g.run("stop", "one").want(t, 0).out; got != "one\n" {
		t.Errorf("stop printed %q", got)
	}
	if got := g.state("one", "exited"); !strings.HasPrefix(got.Status, "Exited (3) ") {
		t.Errorf("after stop ps says %q", got.Status)
	}
	g.run("start", id[:8]).want(t, 0)
	g.run("rm", "one").want(t, 1)
	g.run("kill", "one").want(t, 0)
	g.eventually("one is killed", func() bool { return strings.HasPrefix(g.ps("-a")["one"].Status, "Exited (137) ") })
	if got := g.run("rm", "one").want(t, 0).out; got != "one\n" {
		t.Errorf("rm printed %q", got)
	}
	if rows := g.ps("-a"); len(rows) != 0 || g.task(id) != nil {
		t.Errorf("after rm there is %v", rows)
	}
}

// run -d prints only the ID, too.
func TestDetachedRunPrintsTheID(t *testing.T) {
	g := install(t)
	r := g.run("run", "-d", "--name", "two", g.image(real.Endless)).want(t, 0)
	if !wholeID.MatchString(r.out) {
		t.Fatalf("run -d printed %q, not only the ID", r.out)
	}
	g.pidIsReal(strings.TrimSpace(r.out))
	if said := sentences(r.errOut); len(said) != 0 {
		t.Errorf("and said %q", said)
	}
}

// state is the container's row, which must be in a state.
func (g *gantry) state(name, state string) row {
	g.t.Helper()
	r, ok := g.ps("-a")[name]
	if !ok || r.State != state {
		g.t.Fatalf("%s is %q (%s), not %s", name, r.State, r.Status, state)
	}
	return r
}

// pidIsReal holds the pid that inspect gives against containerd's and the kernel's.
func (g *gantry) pidIsReal(id string) {
	g.t.Helper()
	var all []container.InspectResponse
	if err := json.Unmarshal([]byte(g.run("inspect", id).want(g.t, 0).out), &all); err != nil || len(all) != 1 {
		g.t.Fatalf("inspect gave %d containers: %v", len(all), err)
	}
	task := g.task(id)
	if task == nil {
		g.t.Fatal("containerd has no task")
	}
	pid := all[0].State.Pid
	if pid != int(task.Pid()) {
		g.t.Errorf("inspect says pid %d, containerd %d", pid, task.Pid())
	}
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cgroup")
	if err != nil || !strings.Contains(string(raw), id) {
		g.t.Errorf("process %d is not in the container's cgroup (%v): %s", pid, err, raw)
	}
}

// follow reads the log until a line is there.
func (g *gantry) follow(name, line string) {
	g.t.Helper()
	p := g.start("logs", "-f", name)
	p.said(line + "\n")
	p.signal(syscall.SIGINT)
	p.wait().want(g.t, 0)
}

// Lines come whole and in order, while they are written and again from the log.
func TestAHundredThousandLines(t *testing.T) {
	g := install(t)
	const n = 100_000
	r := g.run("run", "--name", "many", g.image(real.Busybox), "sh", "-c", fmt.Sprintf("seq -w 1 %d | sed 's/.*/line & of many/'", n)).want(t, 0)
	for how, out := range map[string]string{"run": r.out, "logs": g.run("logs", "many").want(t, 0).out} {
		i := 0
		for s := bufio.NewScanner(strings.NewReader(out)); s.Scan(); {
			if i++; s.Text() != fmt.Sprintf("line %06d of many", i) {
				t.Fatalf("%s: line %d is %q", how, i, s.Text())
			}
		}
		if i != n || !strings.HasSuffix(out, "\n") {
			t.Errorf("%s: %d lines, not %d; the end is %q", how, i, n, out[max(0, len(out)-60):])
		}
	}
	if got := g.run("logs", "--tail", "2", "many").want(t, 0).out; got != fmt.Sprintf("line %06d of many\nline %06d of many\n", n-1, n) {
		t.Errorf("--tail 2 gave %q", got)
	}
	first, _, _ := strings.Cut(g.run("logs", "-t", "--tail", "1", "many").want(t, 0).out, " ")
	if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$`).MatchString(first) {
		t.Errorf("-t gave the time %q", first)
	}
}

// Both streams stay apart, and bytes that are no text pass as they are.
func TestStreamsPassByteForByte(t *testing.T) {
	g := install(t)
	r := g.run("run", "--rm", g.image(real.Busybox), "sh", "-c", `printf 'a\000\377\033[31m'; printf 'b\r' >&2`).want(t, 0)
	if r.out != "a\x00\xff\x1b[31m" || !strings.HasSuffix(r.errOut, "b\r") {
		t.Errorf("stdout %q, stderr %q", r.out, r.errOut)
	}
}

// A container of --rm is gone when run comes back.
func TestRemovedAtItsEnd(t *testing.T) {
	g := install(t)
	g.run("run", "--rm", g.image(real.Busybox), "true").want(t, 0)
	if rows := g.ps("-a"); len(rows) != 0 {
		t.Errorf("left: %v", rows)
	}
}

// Docker's fields, one object a line.
func TestPsFormatJSON(t *testing.T) {
	g := install(t)
	g.run("create", "--name", "first", g.image(real.Busybox)).want(t, 0)
	g.run("create", "--name", "second", g.image(real.Busybox), "echo", "hi").want(t, 0)
	lines := strings.Split(strings.TrimSpace(g.run("ps", "-a", "--format", "json").want(t, 0).out), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines: %q", len(lines), lines)
	}
	var newest map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &newest); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"Command", "CreatedAt", "ID", "Image", "Labels", "LocalVolumes", "Mounts", "Names", "Networks", "Ports", "RunningFor", "Size", "State", "Status"} {
		if _, ok := newest[key]; !ok {
			t.Errorf("there is no %s", key)
		}
	}
	if newest["Names"] != "second" || newest["Command"] != `"echo hi"` || newest["State"] != "created" || len(fmt.Sprint(newest["ID"])) != 12 {
		t.Errorf("the newest is %v", newest)
	}
	if got := g.run("ps", "-aq").want(t, 0).fields(); len(got) != 2 || !slices.Contains(got, fmt.Sprint(newest["ID"])) {
		t.Errorf("ps -aq gave %q", got)
	}
}
