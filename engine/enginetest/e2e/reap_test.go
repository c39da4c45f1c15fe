package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"gantry/engine/daemon/keeper"
	"gantry/engine/enginetest/real"
)

// A --rm container goes at its end also when no gantry is there to see it: nothing is left,
// and its name is free.
func TestRemovedAtItsEndWithNobodyWatching(t *testing.T) {
	for name, end := range map[string]func(g *gantry, id string, attached *process){
		"detached": func(g *gantry, id string, _ *process) { g.end(id) },
		"its gantry was killed": func(g *gantry, id string, attached *process) {
			attached.signal(syscall.SIGKILL)
			attached.wait()
			g.end(id)
		},
		"containerd is away when it ends": func(g *gantry, id string, _ *process) {
			pid := g.pid(id)
			if err := unix.Kill(keeper.Peer(g.endpoint.Address), unix.SIGKILL); err != nil {
				g.t.Fatal(err)
			}
			g.signalled(pid)
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := install(t)
			g.run("run", "--rm", g.image(real.Busybox), "true").want(t, 0)
			before := real.Count(t, g.place())
			args := []string{"run", "--rm", "--name", "goes", g.image(real.Busybox), "sh", "-c", "trap 'exit 3' TERM; echo up; while :; do sleep 0.05; done"}
			var p *process
			if name == "its gantry was killed" {
				p = g.start(args...)
				p.said("up\n")
			} else {
				g.run(append([]string{"run", "-d"}, args[1:]...)...).want(t, 0)
				g.follow("goes", "up")
			}
			id := g.ps()["goes"].ID
			end(g, id, p)
			dir := filepath.Join(g.endpoint.RecordStore, "containers", g.ns, id)
			g.eventually("its files are gone", func() bool { return gone(dir) })
			real.Leftovers(t, g.place(), before)
			g.run("run", "--rm", "--name", "goes", g.image(real.Busybox), "true").want(t, 0)
		})
	}
}

// end has the container end by itself.
func (g *gantry) end(id string) {
	g.t.Helper()
	g.signalled(g.pid(id))
}

// pid is the number of the container's process.
func (g *gantry) pid(id string) int {
	g.t.Helper()
	task := g.task(id)
	if task == nil {
		g.t.Fatal("containerd has no task")
	}
	return int(task.Pid())
}

func (g *gantry) signalled(pid int) {
	g.t.Helper()
	if pid < 2 {
		g.t.Fatalf("%d is not the number of a process to be signalled", pid)
	}
	if err := unix.Kill(pid, unix.SIGTERM); err != nil {
		g.t.Fatal(err)
	}
}

// gone reports whether a container's state dir is, and all that is on its way out with it.
func gone(dir string) bool {
	all, err := os.ReadDir(filepath.Dir(dir))
	if err != nil {
		return os.IsNotExist(err)
	}
	for _, f := range all {
		if strings.Contains(f.Name(), filepath.Base(dir)) {
			return false
		}
	}
	return true
}
