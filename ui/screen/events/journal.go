package events

import (
	"context"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/ui/backend"
	"gantry/ui/stream"
)

const (
	// most is how many events are kept: the oldest go.
	most = 1000
	// newsEvery is the least time between two looks at what has come.
	newsEvery = 250 * time.Millisecond
	// again is how long after the engine was lost it is listened to anew.
	again = 2 * time.Second
)

// Event is one that was heard, with what is kept of it.
type Event struct {
	Serial      uint64
	At          time.Time
	Type        string
	Action      string
	ID          string
	Name, Image string
	Exit        string // exit code; "" where there is none
	OldName     string
	By          string // who did it; "" when that is not known
}

// Journal hears what happens from the moment that it is told to listen, and keeps the last of
// it, whether or not the screen is open. It is for one namespace of one engine.
type Journal struct {
	ctx    context.Context
	cancel context.CancelFunc
	engine backend.Eventer

	mu     sync.Mutex
	ring   []Event // the last ones, oldest first
	serial uint64
	err    error // why nothing is heard now
	cell   *stream.Cell[uint64]
}

// EndedMsg says that a journal hears nothing any more.
type EndedMsg struct{ of *Journal }

// NewJournal is a journal that hears nothing before Listen.
func NewJournal(ctx context.Context, engine backend.Eventer) *Journal {
	j := &Journal{engine: engine, cell: stream.NewCell[uint64](newsEvery)}
	j.ctx, j.cancel = context.WithCancel(ctx)
	return j
}

// Close ends the listening.
func (j *Journal) Close() { j.cancel() }

// Listen hears events until the journal is closed or the engine is lost; then an EndedMsg comes.
func (j *Journal) Listen() tea.Cmd {
	return func() tea.Msg {
		j.ends(nil) // an engine that is still lost says so at once
		err := j.engine.Events(j.ctx, j.hear)
		if j.ctx.Err() != nil {
			return nil
		}
		j.ends(err)
		return EndedMsg{j}
	}
}

// ends notes why nothing is heard now; nil: it is.
func (j *Journal) ends(err error) {
	j.mu.Lock()
	j.err = err
	j.mu.Unlock()
	j.tell()
}

// Ended listens anew after a while.
func (j *Journal) Ended(msg EndedMsg) tea.Cmd {
	if msg.of != j {
		return nil
	}
	listen := j.Listen()
	wait := stream.After(j.ctx, again, msg)
	return func() tea.Msg {
		if wait() == nil {
			return nil
		}
		return listen()
	}
}

func (j *Journal) hear(ev api.Event) error {
	j.mu.Lock()
	j.serial++
	j.ring = append(j.ring, Event{
		Serial: j.serial, At: ev.At, Type: ev.Type, Action: ev.Action, ID: ev.ID,
		Name: ev.Attributes["name"], Image: ev.Attributes["image"], Exit: ev.Attributes["exitCode"], OldName: ev.Attributes["oldName"], By: ev.By,
	})
	if over := len(j.ring) - most; over > 0 {
		j.ring = slices.Delete(j.ring, 0, over)
	}
	j.mu.Unlock()
	j.tell()
	return nil
}

// tell has whoever looks know that there is something new.
func (j *Journal) tell() {
	j.mu.Lock()
	cell, serial := j.cell, j.serial
	j.mu.Unlock()
	cell.Set(serial)
}

// watch is a cell of its own for whoever looks from now on.
func (j *Journal) watch() *stream.Cell[uint64] {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.cell = stream.NewCell[uint64](newsEvery)
	return j.cell
}

// Events are those that are kept, oldest first, how many there were in all, and why nothing is
// heard now.
func (j *Journal) Events() ([]Event, uint64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.ring), j.serial, j.err
}
