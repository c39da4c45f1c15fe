package jobs

import (
	"context"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/ui/stream"
)

const (
	progressEvery = 100 * time.Millisecond
	lingers       = 5 * time.Second // how long a finished job stays to be seen
)

// Work is what a job does. It must heed ctx and report to o.
type Work func(ctx context.Context, o api.Observer) error

// ProgressMsg says that a job has come further.
type ProgressMsg struct {
	ID   ID
	snap Snap
}

// DoneMsg says that a job has ended.
type DoneMsg struct {
	ID   ID
	Err  error
	snap Snap
}

// expiredMsg says that a finished job was seen for long enough.
type expiredMsg struct{ id ID }

// Set is the jobs of the program.
type Set struct {
	ctx  context.Context
	now  func() time.Time
	last ID
	jobs []*entry
	rev  uint64

	workers sync.WaitGroup
	mu      sync.Mutex // guards closed against workers that begin
	closed  bool
}

type entry struct {
	Job
	cell     *stream.Cell[Snap]
	cancel   context.CancelFunc // ends the work
	quiet    context.CancelFunc // ends the listening
	quietCtx context.Context
}

// New is an empty set whose jobs all end with ctx.
func New(ctx context.Context, now func() time.Time) *Set { return &Set{ctx: ctx, now: now} }

// Start begins a job. The Cmd carries it out and must be given to the program.
func (s *Set) Start(j Job, w Work) (ID, tea.Cmd) {
	s.last++
	s.rev++
	j.ID, j.Started, j.Ended, j.Err = s.last, s.now(), time.Time{}, nil
	e := &entry{Job: j, cell: stream.NewCell[Snap](progressEvery)}
	ctx, cancel := context.WithCancel(s.ctx)
	e.cancel = cancel
	e.quietCtx, e.quiet = context.WithCancel(s.ctx)
	s.jobs = append(s.jobs, e)
	return e.ID, tea.Batch(s.work(ctx, e.ID, e.cell, w), e.listen())
}

// work carries the job out on the goroutine of its Cmd.
func (s *Set) work(ctx context.Context, id ID, cell *stream.Cell[Snap], w Work) tea.Cmd {
	return func() tea.Msg {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			return nil
		}
		s.workers.Add(1)
		s.mu.Unlock()
		defer s.workers.Done()
		err := w(ctx, observe(cell))
		return DoneMsg{ID: id, Err: err, snap: cell.Get()}
	}
}

// observe puts what an operation reports into the cell.
func observe(cell *stream.Cell[Snap]) api.Observer {
	return api.Observer{
		Trace:      func(t path.Trace) { cell.Edit(func(s *Snap) { s.Trace = t }) },
		Pull:       func(p api.PullProgress) { cell.Edit(func(s *Snap) { s.Pull = &p }) },
		Registered: func(c api.Created) { cell.Edit(func(s *Snap) { s.Created = &c }) },
	}
}

func (e *entry) listen() tea.Cmd {
	id := e.ID
	return e.cell.Next(e.quietCtx, func(s Snap) tea.Msg { return ProgressMsg{ID: id, snap: s} })
}

// Apply takes one of the package's messages in; ok is false for any other. The job is
// as it stands after it.
func (s *Set) Apply(msg tea.Msg) (j Job, cmd tea.Cmd, ok bool) {
	switch msg := msg.(type) {
	case ProgressMsg:
		e := s.find(msg.ID)
		if e == nil || !e.Running() {
			return Job{}, nil, false // its end has overtaken it
		}
		s.take(e, msg.snap)
		return e.Job, e.listen(), true
	case DoneMsg:
		e := s.find(msg.ID)
		if e == nil {
			return Job{}, nil, false
		}
		s.take(e, msg.snap)
		e.Ended, e.Err = s.now(), msg.Err
		e.quiet()
		e.cancel()
		if e.Failed() {
			return e.Job, nil, true
		}
		return e.Job, stream.After(s.ctx, lingers, expiredMsg{e.ID}), true
	case expiredMsg:
		e := s.find(msg.id)
		if e == nil {
			return Job{}, nil, false
		}
		s.Dismiss(msg.id)
		return e.Job, nil, true
	}
	return Job{}, nil, false
}

func (s *Set) take(e *entry, snap Snap) {
	s.rev++
	e.Snap = snap
	if snap.Created != nil {
		e.Container, e.Name = snap.Created.ID, snap.Created.Name
	}
	if e.Name == "" {
		e.Name = snap.Trace.Name
	}
}

// Rev grows with every change.
func (s *Set) Rev() uint64 { return s.rev }

// Jobs are all that run, and those that ended and are still to be seen, oldest first.
func (s *Set) Jobs() []Job {
	out := make([]Job, len(s.jobs))
	for i, e := range s.jobs {
		out[i] = e.Job
	}
	return out
}

// Get is the job with the ID.
func (s *Set) Get(id ID) (Job, bool) {
	if e := s.find(id); e != nil {
		return e.Job, true
	}
	return Job{}, false
}

// Made is the container that a job is making, as far as is known this moment: the job's
// news may be on their way while the engine's own have come already. "" is not known.
func (s *Set) Made(id ID) string {
	e := s.find(id)
	if e == nil {
		return ""
	}
	snap := e.cell.Get()
	if snap.Created != nil {
		return snap.Created.ID
	}
	return snap.Trace.Container
}

// Running is how many jobs have not ended.
func (s *Set) Running() int {
	n := 0
	for _, e := range s.jobs {
		if e.Running() {
			n++
		}
	}
	return n
}

// Cancel asks a job to end; what it did is taken back before it does.
func (s *Set) Cancel(id ID) {
	if e := s.find(id); e != nil && e.Running() {
		s.rev++
		e.Asked = true
		e.cancel()
	}
}

// CancelAll asks every job to end.
func (s *Set) CancelAll() {
	for _, e := range s.jobs {
		s.Cancel(e.ID)
	}
}

// Dismiss forgets a job that has ended.
func (s *Set) Dismiss(id ID) {
	i := slices.IndexFunc(s.jobs, func(e *entry) bool { return e.ID == id })
	if i < 0 || s.jobs[i].Running() {
		return
	}
	s.rev++
	s.jobs = slices.Delete(s.jobs, i, i+1)
}

// Close lets no job begin any more.
func (s *Set) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// Wait returns when all work has ended, undos included, or when ctx ends; false then.
// It may be called when the program's loop runs no more.
func (s *Set) Wait(ctx context.Context) bool {
	s.Close()
	done := make(chan struct{})
	go func() { s.workers.Wait(); close(done) }()
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Set) find(id ID) *entry {
	for _, e := range s.jobs {
		if e.ID == id {
			return e
		}
	}
	return nil
}
