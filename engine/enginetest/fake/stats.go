package fake

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
)

// SetSample says what a container has used. Without At it is taken whenever it is asked for.
func (e *Engine) SetSample(id string, s api.Sample) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if b := e.boxes[id]; b != nil {
		b.sample = s
	}
}

// Use has a container use processor time from now on: percent of one core, while the clock is
// moved.
func (e *Engine) Use(id string, percent float64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if b := e.boxes[id]; b != nil {
		b.sample.CPU, b.busy, b.since = b.used(e.clock.Now()), percent, e.clock.Now()
	}
}

// used is the processor time that a container has used.
func (b *box) used(now time.Time) time.Duration {
	if b.since.IsZero() {
		return b.sample.CPU
	}
	return b.sample.CPU + time.Duration(float64(now.Sub(b.since))*b.busy/100)
}

// Stats implements backend.Meter.
func (e *Engine) Stats(_ context.Context, ids []string) (map[string]api.Sample, error) {
	return e.samples("Stats", ids)
}

// Usage implements backend.Meter; the samples are those of Stats.
func (e *Engine) Usage(_ context.Context, ids []string) (map[string]api.Sample, error) {
	return e.samples("Usage", ids)
}

func (e *Engine) samples(method string, ids []string) (map[string]api.Sample, error) {
	if err := e.record(method, strings.Join(ids, " ")); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	all := map[string]api.Sample{}
	for id, b := range e.boxes {
		if len(ids) > 0 && !wanted[id] || !b.c.State.Alive() {
			continue
		}
		s := b.sample
		s.CPU = b.used(e.clock.Now())
		if s.At.IsZero() {
			s.At = e.clock.Now()
		}
		if s.MemoryLimit == 0 {
			s.MemoryLimit = uint64(e.facts.Host.MemoryTotal)
			if b.c.MemoryLimit > 0 {
				s.MemoryLimit = uint64(b.c.MemoryLimit)
			}
		}
		all[id] = s
	}
	return all, nil
}

// Top implements backend.Meter: a container has its first process, which is of root.
func (e *Engine) Top(_ context.Context, id string, options []string) (*container.TopResponse, error) {
	if err := e.record("Top", strings.TrimSpace(id+" "+strings.Join(options, " "))); err != nil {
		return nil, err
	}
	if err := e.running(nil, "show the processes of", id); err != nil {
		return nil, err
	}
	c, err := e.Peek(id)
	if err != nil {
		return nil, err
	}
	return &container.TopResponse{
		Titles:    []string{"UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"},
		Processes: [][]string{{"root", fmt.Sprint(c.Pid), "1", "0", "12:00", "?", "00:00:00", strings.Join(c.Command, " ")}},
	}, nil
}
