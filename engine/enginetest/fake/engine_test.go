package fake_test

import (
	"context"
	"errors"
	"testing"

	"github.com/moby/moby/api/types/container"
	"go.uber.org/goleak"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/engine/path"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func request(name, image string) api.CreateRequest {
	return api.CreateRequest{Name: name, Config: &container.Config{Image: image}, HostConfig: &container.HostConfig{}}
}

func TestRunGoesThroughAllSteps(t *testing.T) {
	e := fake.New()
	e.OnPull("nginx:1.27").Layers(10, 20)
	var last path.Trace
	var pull api.PullProgress
	var made api.Created
	o := api.Observer{Trace: func(t path.Trace) { last = t }, Pull: func(p api.PullProgress) { pull = p }, Registered: func(c api.Created) { made = c }}
	got, _, err := e.Run(context.Background(), request("web", "nginx:1.27"), api.StartOptions{}, o)
	if err != nil || got.ID == "" || got.ID != made.ID || got.Name != "web" {
		t.Fatalf("Run = %+v, %v; registered %+v", got, err, made)
	}
	want := append(fake.CreateSteps(), fake.StartSteps()...)
	if len(last.Steps) != len(want) {
		t.Fatalf("%d steps, want %d", len(last.Steps), len(want))
	}
	for i, s := range last.Steps {
		if s.Name != want[i] || s.State != path.Done && s.State != path.Skipped {
			t.Errorf("step %d is %s %s, want %s done", i, s.Name, s.State, want[i])
		}
	}
	if pull.Phase != api.PullDone || pull.Fraction() != 1 {
		t.Errorf("last progress is %+v", pull)
	}
	if c, _ := e.Peek("web"); c.State != api.StateRunning {
		t.Errorf("the container is %s", c.State)
	}
}

func TestFailuresLeaveWhatTheyShould(t *testing.T) {
	boom := errors.New("boom")
	for step, exists := range map[string]bool{"config": false, "pull": false, "rootfs": false, "task": true, "run": true} {
		e := fake.New()
		e.AddImage("busybox", api.ImageConfig{})
		e.FailAt(step, boom)
		_, _, err := e.Run(context.Background(), request("x", "busybox"), api.StartOptions{}, api.Observer{})
		if !errors.Is(err, boom) {
			t.Errorf("%s: %v", step, err)
		}
		c, err := e.Peek("x")
		if (err == nil) != exists {
			t.Errorf("failed at %s: container there is %v, want %v", step, err == nil, exists)
		}
		if exists && (c.State != api.StateCreated || c.Error == "") {
			t.Errorf("failed at %s: state %s, error %q", step, c.State, c.Error)
		}
	}
}

func TestCancelInMidPullLeavesNothing(t *testing.T) {
	e := fake.New()
	e.OnPull("app:3").Manual()
	ctx, cancel := context.WithCancel(context.Background())
	o := api.Observer{Pull: func(api.PullProgress) { cancel() }}
	if _, err := e.Create(ctx, request("api", "app:3"), o); !errors.Is(err, context.Canceled) {
		t.Fatalf("Create = %v", err)
	}
	if _, err := e.Peek("api"); err == nil {
		t.Error("the container exists")
	}
}

func TestWatchMergesWhatItsReceiverDidNotTake(t *testing.T) {
	e := fake.New()
	id := e.Add(api.Container{Name: "web", State: api.StateRunning})
	ctx, cancel := context.WithCancel(context.Background())
	ch := e.Watch(ctx)
	if u := <-ch; u.Conn == nil || !u.Full || len(u.Containers) != 1 {
		t.Fatalf("first update is %+v", u)
	}
	gone := e.Add(api.Container{Name: "gone"})
	for range 100 {
		e.Change(id, func(c *api.Container) { c.RestartCount++ })
	}
	e.Drop(gone)
	var last api.Update
	updates := 0
	for last.Containers == nil || last.Containers[0].RestartCount < 100 || len(last.Removed) == 0 {
		last = <-ch
		updates++
		if updates > 3 {
			t.Fatalf("%d updates for one burst", updates)
		}
	}
	e.Lost()
	if u := <-ch; u.Conn == nil || u.Conn.State != api.ConnLost {
		t.Errorf("after Lost: %+v", u)
	}
	e.Change(id, func(c *api.Container) { c.Name = "renamed" })
	e.Ready()
	if u := <-ch; !u.Full || u.Containers[0].Name != "renamed" {
		t.Errorf("after Ready: %+v", u)
	}
	cancel()
	for range ch {
	}
}

func TestFollowedLogEndsWithItsContainer(t *testing.T) {
	e := fake.New()
	id := e.Add(api.Container{Name: "job", State: api.StateRunning})
	e.Log(id, "one", "two", "three")
	var got []string
	err := e.Logs(context.Background(), id, api.LogOptions{Follow: true, Tail: 2}, func(lines []api.LogLine) error {
		for _, l := range lines {
			got = append(got, string(l.Text))
		}
		if len(got) == 2 {
			e.Log(id, "four")
			e.Exit(id, 0)
		}
		return nil
	})
	if err != nil || len(got) != 3 || got[0] != "two\n" || got[2] != "four\n" {
		t.Errorf("followed %q, %v", got, err)
	}
}
