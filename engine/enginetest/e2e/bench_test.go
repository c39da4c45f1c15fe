package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gantry/engine/enginetest/fake"
	"gantry/engine/option"
)

// The budgets of the screen, measured on the built program in a pty:
//
//	go test -run - -bench . -benchtime 1x ./engine/enginetest/e2e
//
// A benchmark takes its own number of samples, whatever -benchtime says; with -short the idle
// ones look for ten seconds, not for a minute.

// BenchmarkKey is the time from a key to the first byte that the terminal gets for it.
func BenchmarkKey(b *testing.B) {
	g := install(b)
	g.crowd(1000, 0)
	for _, c := range []struct {
		name  string
		enter []string
		keys  []string
	}{
		{"list", nil, []string{"j", "j", "j", "k"}},
		{"form", []string{"n"}, []string{"a", "b", "c", "backspace"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			g := g.in(b)
			m := g.open(120, 36)
			m.line("▐Containers▌", " 1000 ╮")
			m.press(c.enter...)
			if c.enter != nil {
				m.shows("▐New container▌")
			}
			var took []time.Duration
			for i := range 200 {
				time.Sleep(time.Duration(40+rand.IntN(120)) * time.Millisecond)
				took = append(took, m.answer(c.keys[i%len(c.keys)]))
			}
			answered(b, took)
		})
	}
	b.Run("form-full", func(b *testing.B) {
		g := g.in(b)
		m := g.open(120, 36, "new", full())
		m.shows("▐New container▌ from a docker run line")
		m.press("enter").shows("▐New container▌─")
		m.press("ctrl+s").shows("to mend:")
		var took []time.Duration
		sections := option.Sections() // the first thing to mend is in the first
		for i := range sections {
			keys := []string{"tab", "shift+tab"}
			if first := option.In(sections[(i+1)%len(sections)])[0]; first.Kind != option.KindBool && len(first.Choices) == 0 {
				keys = []string{"a", "b", "backspace", "backspace"}
			}
			m.press("ctrl+right")
			time.Sleep(settleKeys)
			for i := range 200 / len(sections) {
				time.Sleep(time.Duration(40+rand.IntN(120)) * time.Millisecond)
				took = append(took, m.answer(keys[i%len(keys)]))
			}
		}
		answered(b, took)
	})
}

// settleKeys is how long another section may take to be there, with what it asks of the world.
const settleKeys = time.Second

// full is a line with a value for every row of the form; much of it does not go together, and is
// told.
func full() string { return fake.FullDraft().Line("docker run") }

// answered reports how long keys took to be answered.
func answered(b *testing.B, took []time.Duration) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(at(took, 0.5)), "p50-ms")
	b.ReportMetric(ms(at(took, 0.95)), "p95-ms")
}

// answer presses a key and gives the time until the program writes.
func (m *terminal) answer(key string) time.Duration {
	m.t.Helper()
	select {
	case <-m.written:
	default:
	}
	before := m.lastWrite()
	start := time.Now()
	m.press(key)
	for end := time.After(patience); ; {
		if last := m.lastWrite(); last != before {
			return last.Sub(start)
		}
		select {
		case <-m.written:
		case <-end:
			m.t.Fatalf("%s has no answer:\n%s", key, m.screen())
		}
	}
}

// BenchmarkStart is the time from the program's start to the whole list on the screen.
func BenchmarkStart(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			g := install(b)
			g.crowd(n, 0)
			var took []time.Duration
			for range 20 {
				start := time.Now()
				m := g.open(120, 36)
				m.line("▐Containers▌", fmt.Sprintf(" %d ╮", n), "made-")
				took = append(took, m.lastWrite().Sub(start))
				g.leave(m)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(ms(at(took, 0.5)), "median-ms")
			b.ReportMetric(ms(slices.Max(took)), "max-ms")
			b.ReportMetric(ms(g.bare()), "bare-ms")
		})
	}
}

// bare is how long this machine takes to start the program and do nothing with it, which a
// budget that was set on another machine is to be seen beside: the median of 20.
func (g *gantry) bare() time.Duration {
	g.t.Helper()
	var took []time.Duration
	for range 20 {
		start := time.Now()
		if err := g.command("version").Run(); err != nil {
			g.t.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	return at(took, 0.5)
}

// BenchmarkStartWithEngine is the same where the embedded engine has to be brought up: on
// a new machine, with its programs to be unpacked, and after a reboot.
func BenchmarkStartWithEngine(b *testing.B) {
	g := install(b)
	root := filepath.Join(g.root, "cold")
	for _, what := range []string{"new", "again"} {
		b.Run(what, func(b *testing.B) {
			g := g.in(b)
			var took []time.Duration
			for range 10 {
				if what == "new" {
					if err := os.RemoveAll(root); err != nil {
						b.Fatal(err)
					}
				}
				start := time.Now()
				m := g.open(120, 36, "--data-root", root, "--engine", "embedded")
				m.shows("No containers", "live")
				took = append(took, m.lastWrite().Sub(start))
				g.leave(m)
				g.endEngine(root)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(ms(at(took, 0.5)), "median-ms")
		})
	}
}

// settleTime is how long a start has to be over, which has budgets of its own.
const settleTime = 8 * time.Second

// idleTime is how long a program is left alone to see what it does by itself. A minute has one
// of everything in it that goes on at all.
func idleTime() time.Duration {
	if testing.Short() {
		return 10 * time.Second
	}
	return time.Minute
}

// BenchmarkIdle is what the screen costs when nothing happens: CPU of its own, beside an
// empty Bubble Tea program, and CPU that it causes in containerd; and its memory.
func BenchmarkIdle(b *testing.B) {
	b.Run("empty", func(b *testing.B) {
		m := child(b, childEmpty, 120, 36)
		m.shows("nothing here")
		time.Sleep(settleTime)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(100*idle(b, m.cmd.Process.Pid)[0], "%core")
		m.press("q")
		m.exit()
	})
	for _, c := range []struct{ all, running int }{{100, 50}, {1000, 0}} {
		b.Run(fmt.Sprintf("%d-of-which-%d-run", c.all, c.running), func(b *testing.B) {
			g := install(b)
			g.crowd(c.all, c.running)
			daemon := g.daemon()
			alone := idle(b, daemon)[0]
			m := g.open(120, 36)
			m.line("▐Containers▌", fmt.Sprintf(" %d ╮", c.all))
			time.Sleep(settleTime)
			used := idle(b, m.cmd.Process.Pid, daemon)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(100*used[0], "%core")
			b.ReportMetric(100*(used[1]-alone), "%core-containerd")
			b.ReportMetric(float64(resident(b, m.cmd.Process.Pid))/1024, "MB")
			for key, title := range map[string]string{"2": "▐Networks▌", "3": "▐Volumes▌", "4": "▐Images▌"} {
				m.press(key).shows(title)
			}
			m.press("1").shows("▐Containers▌")
			time.Sleep(settleTime)
			b.ReportMetric(float64(resident(b, m.cmd.Process.Pid))/1024, "MB-visited")
			g.leave(m)
		})
	}
}

// daemon is the process of the engine.
func (g *gantry) daemon() int {
	g.t.Helper()
	for _, pid := range processesBelow(g.root) {
		if isEngine(pid, g.data()) {
			return pid
		}
	}
	g.t.Fatal("the engine does not run")
	return 0
}

// idle leaves everything alone for a while and gives the part of a core that each process used.
func idle(t testing.TB, pids ...int) []float64 {
	t.Helper()
	before := make([]time.Duration, len(pids))
	for i, pid := range pids {
		before[i] = cpuTime(t, pid)
	}
	start := time.Now()
	time.Sleep(idleTime())
	used := make([]float64, len(pids))
	for i, pid := range pids {
		used[i] = float64(cpuTime(t, pid)-before[i]) / float64(time.Since(start))
	}
	return used
}

// cpuTime is what a process has used of the CPU, by the scheduler's own account, which is
// in nanoseconds.
func cpuTime(t testing.TB, pid int) time.Duration {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(threads) == 0 {
		t.Fatalf("process %d has no threads (%v)", pid, err)
	}
	var sum time.Duration
	for _, name := range threads {
		raw, err := os.ReadFile(name)
		if err != nil {
			continue // the thread has ended
		}
		n, err := strconv.ParseInt(strings.Fields(string(raw))[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += time.Duration(n)
	}
	return sum
}

// resident is the process's memory in KiB.
func resident(t testing.TB, pid int) int {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "VmRSS:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// at is the sample below which a part of all lie.
func at(samples []time.Duration, part float64) time.Duration {
	s := slices.Clone(samples)
	slices.Sort(s)
	return s[min(len(s)-1, int(part*float64(len(s))))]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
