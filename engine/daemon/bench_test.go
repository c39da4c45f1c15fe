package daemon

import (
	"testing"
	"time"

	"gantry/engine/path"
)

func BenchmarkUpFromNothing(b *testing.B) {
	cfg := ground(b)
	ep, _ := up(b, cfg)
	var serve, start time.Duration
	cfg.Report = func(tr path.Trace) { start, serve = tr.Steps[2].Duration, tr.Steps[3].Duration }
	var total time.Duration
	n := 0
	for b.Loop() {
		b.StopTimer()
		if err := Down(b.Context(), cfg, ep); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := Up(b.Context(), cfg, ep); err != nil {
			b.Fatal(err)
		}
		total += start + serve
		n++
	}
	b.ReportMetric(float64(total.Microseconds())/1000/float64(n), "ms-spawn-to-serving")
}

func BenchmarkUpWhileUp(b *testing.B) {
	cfg := ground(b)
	ep, _ := up(b, cfg)
	for b.Loop() {
		if err := Up(b.Context(), cfg, ep); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDialAndProbe(b *testing.B) {
	cfg := ground(b)
	ep, _ := up(b, cfg)
	for b.Loop() {
		c, err := Dial(b.Context(), ep)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Probe(b.Context(), c); err != nil {
			b.Fatal(err)
		}
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
