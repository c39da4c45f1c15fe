package engine_test

import (
	"testing"
	"time"

	"gantry/engine/api"
)

func TestStatsOfWhatRuns(t *testing.T) {
	p := open(t)
	busy := p.run("-m", "64m", "busybox", "sh", "-c", "while :; do :; done")
	idle := p.run("--network", "host", "busybox", "sleep", "100")
	created := p.create("busybox", "true")
	first, err := p.Stats(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := first[created]; ok || len(first) != 2 {
		t.Errorf("%d sampled: %v", len(first), first)
	}
	p.eventually("processor time", func() bool {
		next, err := p.Stats(t.Context(), []string{busy})
		if err != nil {
			t.Fatal(err)
		}
		s := next[busy]
		if len(next) != 1 || s.MemoryLimit != 64<<20 || s.Memory == 0 || s.Memory > s.MemoryLimit || !s.Net {
			t.Fatalf("%+v", next)
		}
		r, ok := s.Since(first[busy])
		return ok && s.CPU > 50*time.Millisecond && r.CPU > 1
	})
	s := first[idle]
	if s.Net || s.MemoryLimit <= 64<<20 || s.MemoryLimit > 1<<50 || s.CPU > time.Second {
		t.Errorf("idle: %+v", s)
	}
	if _, ok := s.Since(api.Sample{}); ok {
		t.Error("one sample makes a rate")
	}
	for _, id := range []string{busy, idle, created} {
		p.remove(id)
	}
}
