package e2e

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	containerd "github.com/containerd/containerd/v2/client"

	"gantry/engine/enginetest/real"
)

// The screen as a person uses it: an image is typed, arrives, runs, is read, stopped,
// started and removed, and the rows go along by themselves.
func TestScreenFromFormToRunning(t *testing.T) {
	for _, size := range [][2]int{{120, 36}, {80, 24}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			g := install(t)
			slow := real.Registry(t)
			image := slow.Image(t, real.Multi)
			slow.Use(t, real.On("/blobs/", real.Slow(6_000_000)))
			m := g.open(size[0], size[1])
			m.shows("No containers", "live")
			g.make(m, image, "web")
			pulled(m, "web")
			m.line("web", "Running")
			g.runs("web")
			m.press("l")
			m.shows("hello from web")
			m.back()
			m.decide("s")
			m.line("web", "Exited 4")
			m.decide("s")
			m.line("web", "Running")
			pid := g.runs("web")
			g.leave(m)
			if again := g.runs("web"); again != pid {
				t.Errorf("after q it is process %d, not %d", again, pid)
			}
			m = g.open(size[0], size[1])
			m.line("web", "Running")
			m.decide("s")
			m.line("web", "Exited 4")
			m.decide("d")
			m.shows("Remove", "Cancel")
			m.decide("right")
			m.press("enter")
			m.shows("No containers")
			if rows := g.ps("-a"); len(rows) != 0 {
				t.Errorf("removed on the screen, and ps still lists %v", rows)
			}
			g.leave(m)
		})
	}
}

// back presses esc, and waits until the list is there again: esc and a key right after it
// are one key to a program.
func (m *terminal) back() {
	m.t.Helper()
	m.press("esc")
	m.shows("▐Containers▌", "q quit")
}

// decide presses a key as a person does who has seen the row change: gantry takes one that
// comes within a quarter of a second to be meant for what was there before.
func (m *terminal) decide(key string) {
	m.t.Helper()
	time.Sleep(300 * time.Millisecond)
	m.press(key)
}

// make fills the form in and sends it off.
func (g *gantry) make(m *terminal, image, name string) {
	g.t.Helper()
	m.press("n")
	m.shows("New container", "Image")
	m.typed(image).press("tab").typed(name).press("tab")
	m.typed(`sh -c "trap 'exit 4' TERM; echo hello from web; sh -c 'kill -STOP $$' & wait"`) // the image has no sleep
	m.shows("--name "+name, "Create & start")
	m.press("ctrl+s")
}

// runs looks through containerd's client whether a container's task runs, and gives its
// process.
func (g *gantry) runs(name string) int {
	g.t.Helper()
	id := g.state(name, "running").ID
	task := g.task(id)
	if task == nil {
		g.t.Fatalf("containerd has no task of %s", name)
	}
	st, err := task.Status(g.ctx())
	if err != nil || st.Status != containerd.Running {
		g.t.Fatalf("containerd says of %s: %s (%v)", name, st.Status, err)
	}
	return int(task.Pid())
}

var percent = regexp.MustCompile(`(\d+)%`)

// pulled watches a pull on its row until it is over: the figure must move, and only forward.
func pulled(m *terminal, name string) {
	m.t.Helper()
	var seen []int
	m.until("the end of the pull", func(s string) bool {
		row := rowWith(s, name, "Pulling")
		if p := percent.FindStringSubmatch(row); p != nil {
			n, err := strconv.Atoi(p[1])
			if err != nil || len(seen) > 0 && n < seen[len(seen)-1] {
				m.t.Errorf("after %v%% came %s%%", seen, p[1])
			}
			if len(seen) == 0 || n != seen[len(seen)-1] {
				seen = append(seen, n)
			}
		}
		return len(seen) > 0 && row == ""
	})
	if len(seen) < 3 {
		m.t.Errorf("the figure did not move: %v%%", seen)
	}
}

// leave quits with q, and looks that the terminal is as it was.
func (g *gantry) leave(m *terminal) {
	g.t.Helper()
	m.press("q")
	if code := m.exit(); code != 0 {
		g.t.Errorf("gantry ended with %d:\n%s", code, m.screen())
	}
	if left := m.audited().left(); len(left) > 0 {
		g.t.Errorf("left on the terminal: %v", left)
	}
}
