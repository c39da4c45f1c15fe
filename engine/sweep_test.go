package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/record"
)

// What is made by hand here is what a gantry leaves that was killed on its way.
func TestWhatACrashLeftIsSweptAtTheNextConnection(t *testing.T) {
	env := real.Engine(t)
	p := openOn(t, env)
	kept := p.create("--name", "kept", "busybox", "true")
	before := real.Count(t, env)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	records := record.Open(env.Endpoint.RecordStore, env.Namespace)
	ctx := env.Context(t)
	nobody := func(string) bool { return false }

	// Killed after identity and rootfs: records, a name and a snapshot without a container.
	half := strings.Repeat("a", 64)
	unlock, err := records.Create(record.New{ID: half, Name: "half"})
	if err != nil {
		t.Fatal(err)
	}
	if err := records.AcquireName("half", half, nobody); err != nil {
		t.Fatal(err)
	}
	unlock()
	if _, err := env.Client.SnapshotService(env.Caps.Snapshotter).Prepare(ctx, half, ""); err != nil {
		t.Fatal(err)
	}
	// One that another gantry makes just now.
	busy := strings.Repeat("b", 64)
	unlock, err = records.Create(record.New{ID: busy, Name: "busy"})
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if err := records.AcquireName("busy", busy, nobody); err != nil {
		t.Fatal(err)
	}
	// Killed in the middle of a remove: the state dir was on its way out.
	gone := filepath.Join(filepath.Dir(records.Dir(half)), ".gone-"+strings.Repeat("c", 64))
	if err := os.MkdirAll(gone, 0o700); err != nil {
		t.Fatal(err)
	}
	// A name whose owner never came to be, and one that is too new to tell.
	old, fresh := filepath.Join(env.Endpoint.RecordStore, "names", env.Namespace, "old"), filepath.Join(env.Endpoint.RecordStore, "names", env.Namespace, "fresh")
	for _, name := range []string{old, fresh} {
		if err := os.WriteFile(name, []byte(strings.Repeat("d", 64)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	// Somebody else's state dir, which nerdctl may be making.
	foreign := records.Dir(strings.Repeat("e", 64))
	if err := os.MkdirAll(foreign, 0o700); err != nil {
		t.Fatal(err)
	}

	q := openOn(t, env)
	q.eventually("the sweep", func() bool { return len(real.Count(t, env).Diff(before)) <= 5 })
	want := []string{"hosts: " + busy, "name: busy", "name: fresh", "state dir: " + busy, "state dir: " + filepath.Base(foreign)}
	if left := real.Count(t, env).Diff(before); strings.Join(left, ", ") != strings.Join(want, ", ") {
		t.Errorf("left: %q\nwant: %q", left, want)
	}
	if c := q.get("kept"); c.ID != kept || c.State != api.StateCreated {
		t.Errorf("the container that was there: %+v", c)
	}
	for _, dir := range []string{foreign, fresh} {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}
}

// A container made and not started by a gantry that was killed in between is started like any other.
func TestATaskThatNobodyStartedIsInNobodysWay(t *testing.T) {
	p := open(t)
	id := p.create("busybox", "sh", "-c", "exit 8")
	box, err := p.env.Client.LoadContainer(p.env.Context(t), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := box.NewTask(p.env.Context(t), nullIO); err != nil {
		t.Fatal(err)
	}
	if c := p.get(id); c.State != api.StateCreated {
		t.Errorf("it is %s", c.State)
	}
	p.start(id)
	if code, err := p.Wait(soon(t), id); err != nil || code != 8 {
		t.Errorf("%d, %v", code, err)
	}
	p.remove(id)
}

// A snapshot or state dir that is gone does not keep a container from being removed.
func TestHalfAContainerCanBeRemoved(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	before := real.Count(t, p.env)
	id := p.create("--name", "web", "busybox", "true")
	if err := p.env.Client.SnapshotService(p.env.Caps.Snapshotter).Remove(p.env.Context(t), id); err != nil {
		t.Fatal(err)
	}
	_, err := p.Start(t.Context(), id, api.StartOptions{}, api.Observer{})
	if e := as[*api.StartError](t, err); e.Cause != api.CauseRootfs {
		t.Errorf("start without a root file system: %s: %v", e.Cause, e)
	}
	if err := os.RemoveAll(record.Open(p.env.Endpoint.RecordStore, p.env.Namespace).Dir(id)); err != nil {
		t.Fatal(err)
	}
	p.remove(id)
	p.gone(id)
	real.Leftovers(t, p.env, before)
}
