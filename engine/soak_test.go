package engine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/daemon/keeper"
	"gantry/engine/enginetest/real"
)

const (
	soakBoxes   = 20
	soakWorkers = 4
	// soakVariable asks for more cycles than a usual test run has time for, soakPause for another
	// time between two kills.
	soakVariable = "GANTRY_SOAK"
	soakPause    = "GANTRY_SOAK_PAUSE"
)

// soakScript counts its own starts in a file, says so, and ends with a code that follows
// from the count, so that the code of every single run can be told from all others'.
const soakScript = `n=$(($(cat /n 2>/dev/null || echo 0)+1)); echo $n >/n; trap "exit $((n%100+1))" TERM; echo ready $n; while :; do sleep 0.05; done`

// soak is a crowd of containers that are started and stopped while containerd is killed.
type soak struct {
	*place
	ids    []string
	runs   [soakBoxes]int // how often each has run
	codes  [soakBoxes]int // what its last run ended with
	kills  atomic.Int64   // of containerd
	again  atomic.Int64   // calls that had to be made again
	failed sync.Map       // cycle → what was wrong
}

// Twenty containers are started and stopped, over and over, while containerd is killed under
// them: each run's exit code is told, no row is wrong, and nothing is left over.
func TestSoak(t *testing.T) {
	// A keeper waits ever longer for an engine that keeps dying, so a short run kills a few times only.
	cycles, every, most := 40, 2*time.Second, int64(3)
	if testing.Short() {
		cycles = 20
	}
	if n, err := strconv.Atoi(os.Getenv(soakVariable)); err == nil {
		cycles, every, most = n, 30*time.Second, int64(n)
	}
	if d, err := time.ParseDuration(os.Getenv(soakPause)); err == nil {
		every = d
	}
	s := &soak{place: open(t)}
	f := s.follow()
	for i := range soakBoxes {
		s.ids = append(s.ids, s.create("--name", fmt.Sprintf("soak-%d", i), "busybox", "sh", "-c", soakScript))
	}
	s.crew(soakBoxes, 0) // each once, so that what a first run makes for good is there
	before, things := real.Count(t, s.env), s.things()

	began := time.Now()
	stop := make(chan struct{})
	var killer sync.WaitGroup
	killer.Go(func() { s.killEvery(every, most, stop) })
	s.crew(cycles, 1)
	close(stop)
	killer.Wait()
	t.Logf("%d cycles in %s, containerd killed %d times, %d calls made again", cycles, time.Since(began).Round(time.Second), s.kills.Load(), s.again.Load())
	s.failed.Range(func(k, v any) bool { t.Errorf("cycle %v: %v", k, v); return true })

	for i, id := range s.ids {
		c := f.state(id, api.StateExited)
		if !c.ExitKnown || c.ExitCode != s.codes[i] {
			t.Errorf("%s: row says %d (known: %v), its last run ended with %d", c.Name, c.ExitCode, c.ExitKnown, s.codes[i])
		}
	}
	real.Leftovers(t, s.env, before, "shim") // one for each that has ended, as before; others by now
	if now := real.Count(t, s.env); len(now["shim"]) > len(before["shim"]) {
		t.Errorf("%d shims, there were %d: %v", len(now["shim"]), len(before["shim"]), now["shim"])
	}
	s.settle(things)
}

// crew shares cycles among workers. A container belongs to one of them at a time.
func (s *soak) crew(cycles, seed int) {
	next := make(chan int)
	var busy [soakBoxes]sync.Mutex
	var workers sync.WaitGroup
	for w := range soakWorkers {
		r := rand.New(rand.NewPCG(uint64(seed), uint64(w)))
		workers.Go(func() {
			for n := range next {
				i := n % soakBoxes
				busy[i].Lock()
				if err := s.cycle(i, r); err != nil {
					s.failed.Store(n, err)
				}
				busy[i].Unlock()
			}
		})
	}
	for n := range cycles {
		next <- n
	}
	close(next)
	workers.Wait()
}

// cycle is one start and one stop, each as often as it takes, and a look at the exit code.
func (s *soak) cycle(i int, r *rand.Rand) error {
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*patience)
	defer cancel()
	id := s.ids[i]
	err := s.insist(ctx, id, "start", func() error {
		_, err := s.Start(ctx, id, api.StartOptions{}, api.Observer{})
		return err
	})
	if err != nil {
		return err
	}
	if s.runs[i], err = s.ready(ctx, id, s.runs[i]); err != nil {
		return err
	}
	want := s.runs[i]%100 + 1
	if r.IntN(4) == 0 {
		want = 137
		err = s.insist(ctx, id, "kill", func() error { return s.Kill(ctx, id, "") })
	} else {
		err = s.insist(ctx, id, "stop", func() error { return s.Stop(ctx, id, api.StopOptions{}, api.Observer{}) })
	}
	if err != nil {
		return err
	}
	s.codes[i] = want
	return s.ended(ctx, id, want)
}

// insist calls again while containerd is away.
func (s *soak) insist(ctx context.Context, id, what string, call func() error) error {
	var last error // of those that are not about the time
	for {
		err := call()
		if err == nil {
			return nil
		}
		s.again.Add(1)
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w; before: %w", what, err, last)
		}
		last = err
		if c, ferr := s.Find(ctx, id); what == "kill" && ferr == nil && !c.State.Alive() {
			return nil // it was gone when the answer got lost
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// ready waits until the present run, one after the past-th, has said that it listens to
// signals. What a run said that was taken back, as containerd died under it, is older.
func (s *soak) ready(ctx context.Context, id string, past int) (int, error) {
	for ctx.Err() == nil {
		last := 0
		c, err := s.Find(ctx, id)
		if err != nil || c.StartedAt.IsZero() {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		err = s.Logs(ctx, id, api.LogOptions{Tail: 1, Since: c.StartedAt}, func(lines []api.LogLine) error {
			for _, l := range lines {
				_, n, _ := strings.Cut(strings.TrimSpace(string(l.Text)), "ready ")
				last, _ = strconv.Atoi(n)
			}
			return nil
		})
		if err == nil && last > past {
			return last, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return past, fmt.Errorf("run %d never said that it is ready", past+1)
}

// ended waits until the container is seen to have ended, and compares its code.
func (s *soak) ended(ctx context.Context, id string, want int) error {
	for {
		c, err := s.Find(ctx, id)
		if err == nil && c.State == api.StateExited {
			if !c.ExitKnown || c.ExitCode != want {
				return fmt.Errorf("%s exited with %d (known: %v), not %d", c.Name, c.ExitCode, c.ExitKnown, want)
			}
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s is %s, not exited: %w", c.Name, c.State, err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// killEvery kills containerd, so many times at most, until stop is closed.
func (s *soak) killEvery(every time.Duration, most int64, stop <-chan struct{}) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for s.kills.Load() < most {
		select {
		case <-tick.C:
			pid := keeper.Peer(s.env.Endpoint.Address)
			if pid < 2 { // it is still on its way back
				continue
			}
			if err := unix.Kill(pid, unix.SIGKILL); err != nil {
				s.t.Errorf("kill containerd: %v", err)
			}
			s.kills.Add(1)
		case <-stop:
			return
		}
	}
}

// things are what a leak would add to, by name: descriptors of this process, of the keeper
// and of containerd, FIFOs, and goroutines.
func (s *soak) things() map[string]int {
	ep := s.env.Endpoint
	n := map[string]int{"goroutines": runtime.NumGoroutine()}
	for name, pid := range map[string]int{"own descriptors": os.Getpid(), "the keeper's descriptors": keeper.Of(ep.DataRoot), "containerd's descriptors": keeper.Peer(ep.Address)} {
		fds, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
		if err != nil {
			continue
		}
		n[name] = len(fds)
	}
	return n
}

// slack is what a pool or a connection may add for a while.
const slack = 6

// settle fails the test when things have grown and do not go back.
func (s *soak) settle(before map[string]int) {
	s.t.Helper()
	var now map[string]int
	grown := func() bool {
		now = s.things()
		for name, n := range before {
			if now[name] == 0 || now[name] > n+slack {
				return true
			}
		}
		return false
	}
	for late := time.Now().Add(patience); grown() && time.Now().Before(late); {
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Logf("before %v, after %v", before, now)
	if grown() {
		s.t.Errorf("before %v, after %v", before, now)
	}
}
