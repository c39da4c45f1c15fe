package app

import (
	"math"
	"slices"
	"sync"
	"time"

	"gantry/engine/api"
)

const (
	pastLength = 150 // samples of a container: five minutes
	// pastKept is how long what a container used is known when it is not measured any more.
	pastKept = 10 * time.Minute
	// pastSoonest is the least time between two samples: no less than that makes a rate.
	pastSoonest = measureSoon - measureSoon/10
	// pastGap is from when on a sample is not the next one, and a gap stands before it.
	pastGap = 2 * measureEvery
)

// past is what the containers on the screen have used in the last minutes. Samples are added
// in the background, where they are taken.
type past struct {
	mu sync.Mutex
	of map[string]*used
}

// used is one container's past, oldest first. What was not measured is not a number.
type used struct {
	last        api.Sample
	cpu, memory []float64
}

func newPast() *past { return &past{of: map[string]*used{}} }

// add notes samples, and forgets whose last one is long ago.
func (p *past) add(samples map[string]api.Sample) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var now time.Time
	for id, s := range samples {
		now = s.At
		u := p.of[id]
		if u == nil {
			u = &used{}
			p.of[id] = u
		}
		u.add(s)
	}
	for id, u := range p.of {
		if now.Sub(u.last.At) > pastKept {
			delete(p.of, id)
		}
	}
}

func (u *used) add(s api.Sample) {
	since := s.At.Sub(u.last.At)
	switch {
	case u.last.At.IsZero():
	case since < pastSoonest:
		return
	case since > pastGap:
		u.push(math.NaN(), math.NaN())
	}
	cpu := math.NaN()
	if r, ok := s.Since(u.last); ok {
		cpu = r.CPU
	}
	u.push(cpu, float64(s.Memory))
	u.last = s
}

func (u *used) push(cpu, memory float64) {
	if len(u.cpu) == pastLength {
		u.cpu, u.memory = slices.Delete(u.cpu, 0, 1), slices.Delete(u.memory, 0, 1)
	}
	u.cpu, u.memory = append(u.cpu, cpu), append(u.memory, memory)
}

// get is a container's past.
func (p *past) get(id string) (cpu, memory []float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.of[id]
	if u == nil {
		return nil, nil
	}
	return slices.Clone(u.cpu), slices.Clone(u.memory)
}
