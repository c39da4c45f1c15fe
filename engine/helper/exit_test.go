package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/stdio"
	"gantry/engine/stdio/wire"
)

// runcState makes the state that runc has of the rig's container, and gives its FIFO.
func (r *rig) runcState() (fifo string) {
	r.t.Helper()
	root := r.t.TempDir()
	b, err := json.Marshal(map[string]string{"root": root})
	if err == nil {
		err = os.WriteFile(filepath.Join(r.shim.Bundle, "options.json"), b, 0o600)
	}
	fifo = filepath.Join(root, "default", r.id, "exec.fifo")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(fifo), 0o700)
	}
	if err == nil {
		err = unix.Mkfifo(fifo, 0o600)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return fifo
}

// letGo starts a created container as runc start does, up to where that takes the FIFO away.
func letGo(t *testing.T, fifo string) {
	t.Helper()
	f, err := os.OpenFile(fifo, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	// The clock of files goes by ticks, and the file was made just now.
	born := changed(t, f)
	waitFor(t, func() bool {
		_, err := f.WriteString("0")
		return err != nil || changed(t, f) != born
	})
}

func changed(t *testing.T, f *os.File) time.Time {
	t.Helper()
	st, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return st.ModTime()
}

// A task that was made and taken away again is not a run: its exit is runc's own.
func TestOnlyARunHasAnExit(t *testing.T) {
	remove := func(t *testing.T, path string) {
		t.Helper()
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		before func(t *testing.T, fifo string) // the logger has seen the task
		change func(t *testing.T, fifo string) // before it learns of the exit
		run    bool
	}{
		"never started":               {nil, nil, false},
		"never started, and deleted":  {nil, func(t *testing.T, fifo string) { remove(t, filepath.Dir(fifo)) }, false},
		"never started, half deleted": {nil, remove, false},
		"started":                     {nil, func(t *testing.T, fifo string) { letGo(t, fifo); remove(t, fifo) }, true},
		"started, and deleted":        {nil, func(t *testing.T, fifo string) { letGo(t, fifo); remove(t, filepath.Dir(fifo)) }, true},
		"ended while being started":   {nil, letGo, true},
		"started before anybody saw":  {func(t *testing.T, fifo string) { letGo(t, fifo); remove(t, fifo) }, nil, true},
		"being started when seen":     {letGo, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, testBinary())
			fifo := r.runcState()
			if c.before != nil {
				c.before(t, fifo)
			}
			r.shim.Create(uint32(newProcess(t).pid()), false)
			client := r.attach()
			<-r.shim.Waited()
			if c.change != nil {
				c.change(t, fifo)
			}
			r.shim.Exit(137, exitTime)
			r.out.Close()
			r.err.Close()
			client.wait(t)
			r.done()
			_, err := stdio.ReadLastExit(r.stateDir)
			if c.run != (err == nil) || err != nil && !errors.Is(err, fs.ErrNotExist) || client.known != c.run {
				t.Errorf("last exit: %v; code known: %v", err, client.known)
			}
		})
	}
}

// The logger of an earlier run may be slow: what it has to say must not stand for a later run.
func TestALateExitOfAnEarlierRunIsDropped(t *testing.T) {
	r := newRig(t, testBinary())
	r.shim.Create(uint32(newProcess(t).pid()), false)
	client := r.attach()
	later := wire.LastExit{Code: 3, At: time.Now().UTC(), Pid: 7, Began: time.Now().Add(time.Minute).UTC()}
	if err := wire.RecordExit(r.stateDir, later); err != nil {
		t.Fatal(err)
	}
	r.shim.Exit(137, time.Now())
	client.wait(t)
	r.done()
	if e, err := stdio.ReadLastExit(r.stateDir); err != nil || e.Code != 3 {
		t.Errorf("last exit %+v, %v", e, err)
	}
}

// reapable makes the rig's container one that is to go at its end, with a gantry that only
// says what it was asked to do.
func (r *rig) reapable(p program) (said string) {
	r.t.Helper()
	if err := wire.WriteReap(r.stateDir, wire.Reap{ID: r.id}); err != nil {
		r.t.Fatal(err)
	}
	said = filepath.Join(r.t.TempDir(), "said")
	script := "#!/bin/sh\n{ echo \"$*\"; pwd; env; ls /proc/self/fd; } > " + said + ".new\nmv " + said + ".new " + said + "\n"
	if err := os.WriteFile(filepath.Join(filepath.Dir(p.path), wire.ReaperName), []byte(script), 0o700); err != nil {
		r.t.Fatal(err)
	}
	return said
}

// linked is the test's program under another directory, where it has a gantry beside it.
func linked(t *testing.T) program {
	t.Helper()
	p := program{filepath.Join(t.TempDir(), "gantry-helper"), testBinary().env}
	if err := os.Symlink(os.Args[0], p.path); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheLoggerHasAContainerRemovedThatIsToGo(t *testing.T) {
	p := linked(t)
	r := newRig(t, p)
	said := r.reapable(p)
	r.shim.Create(uint32(newProcess(t).pid()), false)
	client := r.attach()
	r.shim.Exit(0, exitTime)
	client.wait(t)
	r.done()
	waitFor(t, func() bool { return exists(said) })
	raw, err := os.ReadFile(said)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	if lines[0] != "internal reap "+r.stateDir || lines[1] != "/" {
		t.Errorf("it was started as %q in %q", lines[0], lines[1])
	}
	for _, l := range lines[2:] {
		if strings.HasPrefix(l, "CONTAINER_") || strings.Contains(l, asHelper) || l == "4" || l == "5" { // 3 is ls's own
			t.Errorf("it was handed %s", l)
		}
	}
}

func TestNobodyIsStartedToRemoveWhatStaysOrIsBeingRemoved(t *testing.T) {
	for name, end := range map[string]func(r *rig){
		"it stays":             func(r *rig) { _ = os.Remove(filepath.Join(r.stateDir, wire.ReapFile)); r.shim.Exit(0, exitTime) },
		"its records are gone": func(r *rig) { r.shim.Exit(0, exitTime); _ = os.RemoveAll(r.stateDir) },
		"it is taken away":     func(r *rig) { r.shim.Exit(0, exitTime); r.term(); _ = os.RemoveAll(r.stateDir) },
		"it has not ended":     func(r *rig) { r.term() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := linked(t)
			r := newRig(t, p)
			said := r.reapable(p)
			r.shim.Create(uint32(newProcess(t).pid()), false)
			client := r.attach()
			end(r)
			client.wait(t)
			r.done()
			if exists(said) {
				t.Error("a gantry was started")
			}
		})
	}
}

// A containerd that was away at the end takes only the task away, and tells the logger to
// leave as if all were to go.
func TestALoggerThatIsToldToLeaveHasAnHeir(t *testing.T) {
	p := linked(t)
	r := newRig(t, p)
	said := r.reapable(p)
	r.shim.Create(uint32(newProcess(t).pid()), false)
	client := r.attach()
	r.shim.Exit(0, exitTime)
	r.term()
	client.wait(t)
	r.done()
	waitFor(t, func() bool { return exists(said) })
}

// Whoever is attached removes it himself, unless he is killed.
func TestSomebodyAttachedIsWaitedFor(t *testing.T) {
	p := linked(t)
	r := newRig(t, p)
	said := r.reapable(p)
	r.shim.Create(uint32(newProcess(t).pid()), false)
	client := r.attach()
	hold := r.hold()
	r.shim.Exit(0, exitTime)
	client.wait(t)
	select {
	case <-r.ended:
		t.Fatal("it has left")
	case <-time.After(700 * time.Millisecond): // twice the grace
	}
	if exists(said) {
		t.Error("a gantry was started while somebody reads")
	}
	hold.Close()
	r.done()
	waitFor(t, func() bool { return exists(said) })
}

// term tells the logger to leave, as a shim does that deletes its task.
func (r *rig) term() { _ = r.cmd.Process.Signal(unix.SIGTERM) }

// hold is what an attached session holds.
func (r *rig) hold() *os.File {
	r.t.Helper()
	f, err := os.Create(filepath.Join(r.stateDir, wire.AttachedFile))
	if err == nil {
		err = unix.Flock(int(f.Fd()), unix.LOCK_SH)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return f
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
