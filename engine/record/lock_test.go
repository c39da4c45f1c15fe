package record

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// The environment of a copy of the test binary that plays another process.
const (
	childRole = "GANTRY_TEST_CHILD"
	childRoot = "GANTRY_TEST_ROOT"
)

func TestMain(m *testing.M) {
	switch os.Getenv(childRole) {
	case "lock":
		childLock()
	case "claim":
		childClaim()
	case "names":
		childNames()
	default:
		goleak.VerifyTestMain(m)
	}
}

// child starts such a copy; it ends when its input is closed or the test ends.
func child(t *testing.T, role, root string, args ...string) (out *bufio.Scanner, stop func()) {
	t.Helper()
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), childRole+"="+role, childRoot+"="+root)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() { in.Close(); _ = c.Process.Kill(); _ = c.Wait() })
	t.Cleanup(stop)
	return bufio.NewScanner(stdout), stop
}

func childLock() {
	unlock, err := Open(os.Getenv(childRoot), "default").Lock(context.Background(), "id1")
	if err != nil {
		os.Exit(1)
	}
	defer unlock()
	os.Stdout.WriteString("locked\n")
	_, _ = os.Stdin.Read(make([]byte, 1))
}

func TestLockKeepsOtherProcessesOutAndDiesWithItsHolder(t *testing.T) {
	root := t.TempDir()
	s := Open(root, "default")
	out, stop := child(t, "lock", root)
	if !out.Scan() || out.Text() != "locked" {
		t.Fatalf("the other process said %q", out.Text())
	}
	if !s.busy("id1") {
		t.Error("a lock that another process holds does not show")
	}
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan error, 1)
	go func() {
		_, err := s.Lock(ctx, "id1")
		got <- err
	}()
	cancel()
	if err := <-got; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while waiting: %v", err)
	}
	stop()
	unlock, err := s.Lock(t.Context(), "id1")
	if err != nil {
		t.Fatalf("after its holder was killed: %v", err)
	}
	unlock()
}

func TestLockIsExclusiveWithinTheProcess(t *testing.T) {
	s := Open(t.TempDir(), "default")
	var inside, clashes atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			unlock, err := s.Lock(t.Context(), "id1")
			if err != nil {
				t.Error(err)
				return
			}
			if inside.Add(1) > 1 {
				clashes.Add(1)
			}
			inside.Add(-1)
			unlock()
		})
	}
	wg.Wait()
	if n := clashes.Load(); n > 0 {
		t.Errorf("%d found another in the lock", n)
	}
	if fileExists(s.Dir("id1")) {
		t.Error("a lock on nothing left a state dir behind")
	}
}

func TestWaitersOutliveARemovedStateDir(t *testing.T) {
	s := Open(t.TempDir(), "default")
	unlock := create(t, s, New{ID: "id1"})
	got := make(chan func(), 1)
	go func() {
		u, err := s.Lock(t.Context(), "id1")
		if err != nil {
			t.Error(err)
			u = func() {}
		}
		got <- u
	}()
	if err := s.Remove("id1"); err != nil {
		t.Fatal(err)
	}
	unlock()
	select {
	case u := <-got:
		u()
	case <-time.After(10 * time.Second):
		t.Fatal("the waiter waits for a lock that is gone")
	}
	if fileExists(s.Dir("id1")) {
		t.Error("the waiter left a state dir of a removed container behind")
	}
}

// create makes a container's records and fails the test if it cannot.
func create(t *testing.T, s *Store, n New) func() {
	t.Helper()
	unlock, err := s.Create(n)
	if err != nil {
		t.Fatal(err)
	}
	once := sync.OnceFunc(unlock)
	t.Cleanup(once)
	return once
}
