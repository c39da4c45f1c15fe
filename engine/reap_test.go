package engine_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine"
	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/record"
	"gantry/engine/stdio/wire"
)

// unwatched is a --rm container that is read by somebody until read is closed: so nobody
// removes it at its end before.
func (p *place) unwatched(words ...string) (id, stateDir string, read *os.File) {
	p.t.Helper()
	id = p.create(append([]string{"--rm", "--name", "goes"}, words...)...)
	stateDir = record.Open(p.env.Endpoint.RecordStore, p.env.Namespace).Dir(id)
	read, err := os.OpenFile(filepath.Join(stateDir, wire.AttachedFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := unix.Flock(int(read.Fd()), unix.LOCK_SH); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { read.Close() })
	p.start(id)
	return id, stateDir, read
}

// However many reapers there are, it is removed once, and nobody complains.
func TestReapersRace(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	before := real.Count(t, p.env)
	id, dir, read := p.unwatched("busybox", "true")
	p.eventually("its end", func() bool { return p.get(id).State == api.StateExited })
	if err := engine.Reap(t.Context(), dir, slog.New(slog.DiscardHandler)); err != nil {
		t.Error(err)
	}
	if c := p.get(id); c.State != api.StateExited {
		t.Errorf("it was removed under its reader: %s", c.State)
	}
	if err := read.Close(); err != nil {
		t.Fatal(err)
	}
	var reapers sync.WaitGroup
	for range 5 {
		reapers.Go(func() {
			if err := engine.Reap(t.Context(), dir, slog.New(slog.DiscardHandler)); err != nil {
				t.Error(err)
			}
		})
	}
	reapers.Wait()
	p.gone(id)
	real.Leftovers(t, p.env, before)
	p.remove(p.create("--name", "goes", "busybox"))
}

// One that runs again is none of a reaper's business, nor is one that is to stay.
func TestAReaperLeavesWhatRunsOrStays(t *testing.T) {
	p := open(t)
	id, dir, _ := p.unwatched("busybox", "sleep", "60")
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := engine.Reap(ctx, dir, slog.New(slog.DiscardHandler)); err != nil {
		t.Error(err)
	}
	if c := p.get(id); c.State != api.StateRunning {
		t.Errorf("it is %s", c.State)
	}
	p.remove(id)
	stays := p.run("busybox", "true")
	p.eventually("its end", func() bool { return p.get(stays).State == api.StateExited })
	if err := engine.Reap(t.Context(), record.Open(p.env.Endpoint.RecordStore, p.env.Namespace).Dir(stays), slog.New(slog.DiscardHandler)); err != nil {
		t.Error(err)
	}
	p.get(stays)
	p.remove(stays)
}
