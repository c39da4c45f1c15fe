package path

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// undoTime bounds the whole of a Rollback.
const undoTime = 45 * time.Second

// Config says how a Run reports and which clock it reads.
type Config struct {
	// Report receives a snapshot after every change. It must be fast and must not
	// call back into the Run. Nil means nobody listens.
	Report func(Trace)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Gap, when set, is called after each step that was done or skipped, with its
	// name. Tests kill or cancel there.
	Gap func(step string)
}

// Run is an operation under way. Its methods may be called from several goroutines,
// but steps must not overlap.
type Run struct {
	cfg   Config
	mu    sync.Mutex
	trace Trace
	undos []undo
}

type undo struct {
	step int
	what string
	fn   func(context.Context) error
}

// serial only makes IDs unique; nothing reads it back.
var serial atomic.Uint64

// New begins an operation whose steps are known in advance, so that a screen can
// show what is still to come.
func New(operation string, steps []string, cfg Config) *Run {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	r := &Run{cfg: cfg}
	now := cfg.Now()
	r.trace = Trace{ID: strconv.FormatInt(now.UnixNano(), 36) + "-" + strconv.FormatUint(serial.Add(1), 36), Operation: operation, Started: now}
	for _, s := range steps {
		r.trace.Steps = append(r.trace.Steps, Step{Name: s, State: Waiting})
	}
	r.report()
	return r
}

// Scope is what a step's function is given: the means to say what it found and to
// register what takes it back.
type Scope struct {
	run  *Run
	step int
	skip bool
}

// Detail sets the few words shown beside the step.
func (s *Scope) Detail(format string, args ...any) {
	s.run.edit(func(t *Trace) { t.Steps[s.step].Detail = fmt.Sprintf(format, args...) })
}

// Skip marks the step as not needed and says why; the function should then return nil.
func (s *Scope) Skip(format string, args ...any) {
	s.skip = true
	s.Detail(format, args...)
}

// Undo registers how to take back what the step has just done. Call it before
// anything else in the step can fail. what completes "undo: …".
func (s *Scope) Undo(what string, fn func(context.Context) error) {
	s.run.mu.Lock()
	defer s.run.mu.Unlock()
	s.run.undos = append(s.run.undos, undo{s.step, what, fn})
}

// Undo registers what takes back something done between steps, such as a lease that
// several steps share. It is not shown with any step.
func (r *Run) Undo(what string, fn func(context.Context) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.undos = append(r.undos, undo{-1, what, fn})
}

// Subject tells the trace which container it is about, as soon as that is known.
func (r *Run) Subject(id, name string) {
	r.edit(func(t *Trace) { t.Container, t.Name = id, name })
}

// Do runs one step. A name that was not announced is added before the steps that
// still wait. The error comes back as it was returned, so that it keeps its type;
// an ended ctx is an error before the step begins.
func (r *Run) Do(ctx context.Context, name string, fn func(context.Context, *Scope) error) error {
	i := r.begin(name)
	sc := &Scope{run: r, step: i}
	err := ctx.Err()
	if err == nil {
		err = fn(ctx, sc)
	}
	r.edit(func(t *Trace) {
		s := &t.Steps[i]
		s.Duration = r.cfg.Now().Sub(s.Start)
		switch {
		case err != nil:
			s.State, s.Error = Failed, errorText(err)
		case sc.skip:
			s.State = Skipped
		default:
			s.State = Done
		}
	})
	if err == nil && r.cfg.Gap != nil {
		r.cfg.Gap(name)
	}
	return err
}

// errorText words the two context errors as a person would.
func errorText(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(err, context.DeadlineExceeded):
		return "took too long"
	}
	return err.Error()
}

func (r *Run) begin(name string) int {
	r.mu.Lock()
	at := -1
	for i, s := range r.trace.Steps {
		if s.State == Waiting {
			at = i
			break
		}
	}
	if at < 0 || r.trace.Steps[at].Name != name {
		if at < 0 {
			at = len(r.trace.Steps)
		}
		r.trace.Steps = append(r.trace.Steps, Step{})
		copy(r.trace.Steps[at+1:], r.trace.Steps[at:])
		r.trace.Steps[at] = Step{Name: name}
	}
	r.trace.Steps[at].State, r.trace.Steps[at].Start = Running, r.cfg.Now()
	r.mu.Unlock()
	r.report()
	return at
}

// Commit forgets the undos registered so far: what they would take back is to stay,
// whatever happens next (a container stays when its start fails).
func (r *Run) Commit() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.undos = nil
}

// Rollback runs the registered undos in reverse, on a context that outlives ctx's
// end but keeps its values, for at most 45 s. Their failures are joined.
func (r *Run) Rollback(ctx context.Context) error {
	r.mu.Lock()
	undos := r.undos
	r.undos = nil
	r.mu.Unlock()
	if len(undos) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	var errs []error
	for i := len(undos) - 1; i >= 0; i-- {
		u := undos[i]
		err := u.fn(ctx)
		if err != nil {
			errs = append(errs, fmt.Errorf("undo %s: %w", u.what, err))
		}
		if u.step < 0 {
			continue
		}
		r.edit(func(t *Trace) {
			s := &t.Steps[u.step]
			if s.State == Done {
				s.State = Undone
			}
			if err != nil {
				if s.Error != "" {
					s.Error += "; "
				}
				s.Error += "undo " + u.what + ": " + err.Error()
			} else if s.State == Undone {
				s.Detail = u.what
			}
		})
	}
	return errors.Join(errs...)
}

// End closes the trace. Steps that never began stay waiting. It returns the final trace.
func (r *Run) End(err error) Trace {
	r.edit(func(t *Trace) {
		t.Ended = r.cfg.Now()
		if err != nil {
			t.Error = errorText(err)
		}
	})
	return r.Trace()
}

// Trace is a copy of the operation as it stands.
func (r *Run) Trace() Trace {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.trace.clone()
}

func (r *Run) edit(fn func(*Trace)) {
	r.mu.Lock()
	fn(&r.trace)
	r.mu.Unlock()
	r.report()
}

func (r *Run) report() {
	if r.cfg.Report != nil {
		r.cfg.Report(r.Trace())
	}
}
