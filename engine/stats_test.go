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
	begin, err := p.Usage(t.Context(), []string{busy, idle, created})
	if err != nil || len(begin) != 2 {
		t.Fatalf("%v, %v", begin, err)
	}
	p.eventually("processor time of the cgroup's files", func() bool {
		read, err := p.Usage(t.Context(), []string{busy, idle, created})
		told, terr := p.Stats(t.Context(), []string{busy, idle})
		if err != nil || terr != nil {
			t.Fatal(err, terr)
		}
		for _, id := range []string{busy, idle} { // other containers and the kernel come between the two
			if r, s := read[id], told[id]; r.Memory == 0 || r.CPU > s.CPU || s.CPU-r.CPU > time.Minute || max(r.Memory, s.Memory)-min(r.Memory, s.Memory) > 8<<20 {
				t.Errorf("%+v is read, %+v is told", r, s)
			}
		}
		r, ok := read[busy].Since(begin[busy])
		return ok && r.CPU > 1 && read[busy].CPU-begin[busy].CPU > 50*time.Millisecond
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
	if left, err := p.Usage(t.Context(), []string{busy, idle, created}); err != nil || len(left) != 0 {
		t.Errorf("of what is gone: %v, %v", left, err)
	}
}
