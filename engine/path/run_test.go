package path

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// clock moves on by a second whenever it is read.
func clock() func() time.Time {
	t := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return func() time.Time { t = t.Add(time.Second); return t }
}

func done(context.Context, *Scope) error { return nil }

func states(t Trace) string {
	var s []string
	for _, step := range t.Steps {
		s = append(s, step.Name+" "+string(step.State))
	}
	return strings.Join(s, ", ")
}

func TestAnOperationIsItsStepsInOrderWithTheirTimes(t *testing.T) {
	var seen []string
	r := New("create", []string{"image", "pull", "spec"}, Config{Now: clock(), Report: func(tr Trace) { seen = append(seen, states(tr)) }})
	ctx := t.Context()
	r.Subject("3f2a", "web")
	errs := errors.Join(
		r.Do(ctx, "image", func(_ context.Context, s *Scope) error { s.Detail("nginx:%d", 1); return nil }),
		r.Do(ctx, "pull", func(_ context.Context, s *Scope) error { s.Skip("already here"); return nil }),
		r.Do(ctx, "spec", done),
	)
	tr := r.End(nil)
	if errs != nil || states(tr) != "image done, pull skipped, spec done" {
		t.Fatalf("%v: %s", errs, states(tr))
	}
	if tr.Container != "3f2a" || tr.Name != "web" || tr.Operation != "create" || tr.ID == "" || tr.Error != "" {
		t.Errorf("trace %+v", tr)
	}
	if s := tr.Steps[0]; s.Detail != "nginx:1" || s.Duration != time.Second || s.Start.IsZero() {
		t.Errorf("first step %+v", s)
	}
	if tr.Steps[1].Detail != "already here" {
		t.Errorf("skipped step says %q", tr.Steps[1].Detail)
	}
	if tr.Total(time.Time{}) != tr.Ended.Sub(tr.Started) || tr.Ended.IsZero() {
		t.Errorf("total %s", tr.Total(time.Time{}))
	}
	if seen[0] != "image waiting, pull waiting, spec waiting" {
		t.Errorf("at first the watcher sees %q", seen[0])
	}
	if !slices.Contains(seen, "image running, pull waiting, spec waiting") {
		t.Errorf("no report of the first step running: %q", seen)
	}
}

func TestAStepThatFailsKeepsItsErrorAndStopsNothingByItself(t *testing.T) {
	r := New("start", []string{"task", "run"}, Config{})
	want := &typed{"no such program"}
	err := r.Do(t.Context(), "task", func(context.Context, *Scope) error { return want })
	if err != error(want) {
		t.Errorf("the error came back as %v (%T)", err, err)
	}
	tr := r.End(err)
	if states(tr) != "task failed, run waiting" || tr.Steps[0].Error != "no such program" || tr.Error != "no such program" {
		t.Errorf("%s: %+v", states(tr), tr)
	}
	if tr.Current() != 0 {
		t.Errorf("the current step is %d", tr.Current())
	}
}

type typed struct{ s string }

func (e *typed) Error() string { return e.s }

func TestAnEndedContextStopsBeforeTheNextStep(t *testing.T) {
	for _, c := range []struct {
		word string
		ctx  func() (context.Context, context.CancelFunc)
	}{
		{"cancelled", func() (context.Context, context.CancelFunc) { return context.WithCancel(context.Background()) }},
		{"took too long", func() (context.Context, context.CancelFunc) {
			return context.WithDeadline(context.Background(), time.Unix(1, 0))
		}},
	} {
		ctx, cancel := c.ctx()
		cancel()
		r := New("create", []string{"image"}, Config{})
		err := r.Do(ctx, "image", func(context.Context, *Scope) error { t.Error("the step was begun"); return nil })
		if err == nil || r.Trace().Steps[0].Error != c.word {
			t.Errorf("%v: the step says %q, not %q", err, r.Trace().Steps[0].Error, c.word)
		}
	}
}

func TestRollbackUndoesInReverse(t *testing.T) {
	var order []string
	undo := func(what string) func(context.Context) error {
		return func(context.Context) error { order = append(order, what); return nil }
	}
	r := New("create", []string{"identity", "rootfs", "register"}, Config{})
	ctx := t.Context()
	r.Undo("drop the lease", undo("lease"))
	step := func(name string, err error, whats ...string) error {
		return r.Do(ctx, name, func(_ context.Context, s *Scope) error {
			for _, w := range whats {
				s.Undo("remove "+w, undo(w))
			}
			return err
		})
	}
	full := errors.New("disk full")
	if err := errors.Join(step("identity", nil, "files", "name"), step("rootfs", nil, "snapshot")); err != nil {
		t.Fatal(err)
	}
	if err := step("register", full, "record"); !errors.Is(err, full) {
		t.Fatal(err)
	}
	if err := r.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, " "); got != "record snapshot name files lease" {
		t.Errorf("undone in the order %s", got)
	}
	tr := r.Trace()
	if states(tr) != "identity undone, rootfs undone, register failed" {
		t.Errorf("steps: %s", states(tr))
	}
	if tr.Steps[1].Detail != "remove snapshot" || tr.Steps[2].Error != "disk full" {
		t.Errorf("steps say %+v", tr.Steps)
	}
	if err := r.Rollback(ctx); err != nil || len(order) != 5 {
		t.Errorf("a second rollback undid again: %q (%v)", order, err)
	}
}

func TestRollbackWorksThoughTheCallerHasGone(t *testing.T) {
	type key struct{}
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), key{}, "namespace"))
	r := New("create", []string{"rootfs"}, Config{})
	var undone error
	err := r.Do(ctx, "rootfs", func(_ context.Context, s *Scope) error {
		s.Undo("remove the snapshot", func(ctx context.Context) error {
			if _, ok := ctx.Deadline(); !ok || ctx.Value(key{}) != "namespace" {
				t.Error("the undo's context has no bound, or has lost its values")
			}
			undone = ctx.Err()
			return nil
		})
		cancel()
		return ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := r.Rollback(ctx); err != nil || undone != nil {
		t.Errorf("undo ran on an ended context: %v, %v", err, undone)
	}
}

func TestAFailedUndoIsToldAndTheOthersStillRun(t *testing.T) {
	r := New("create", []string{"identity", "rootfs"}, Config{})
	busy, full, ran := errors.New("busy"), errors.New("disk full"), false
	if err := r.Do(t.Context(), "identity", func(_ context.Context, s *Scope) error {
		s.Undo("release the name", func(context.Context) error { ran = true; return nil })
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := r.Do(t.Context(), "rootfs", func(_ context.Context, s *Scope) error {
		s.Undo("remove the snapshot", func(context.Context) error { return busy })
		return full
	}); err == nil {
		t.Fatal("no error")
	}
	err := r.Rollback(t.Context())
	if !errors.Is(err, busy) || !strings.Contains(err.Error(), "remove the snapshot") || !ran {
		t.Errorf("rollback: %v, the other undo ran: %t", err, ran)
	}
	if s := r.Trace().Steps[1]; !strings.Contains(s.Error, "disk full") || !strings.Contains(s.Error, "busy") {
		t.Errorf("the step says only %q", s.Error)
	}
}

func TestWhatIsCommittedStays(t *testing.T) {
	r := New("run", []string{"register", "task"}, Config{})
	var undone []string
	add := func(name string, err error) {
		_ = r.Do(t.Context(), name, func(_ context.Context, s *Scope) error {
			s.Undo(name, func(context.Context) error { undone = append(undone, name); return nil })
			return err
		})
	}
	add("register", nil)
	r.Commit()
	add("task", errors.New("no such program"))
	if err := r.Rollback(t.Context()); err != nil || !slices.Equal(undone, []string{"task"}) {
		t.Errorf("undone: %q (%v)", undone, err)
	}
	if got := states(r.Trace()); got != "register done, task failed" {
		t.Errorf("steps: %s", got)
	}
}

func TestAStepThatWasNotAnnouncedComesBeforeThoseThatWait(t *testing.T) {
	r := New("create", []string{"image", "spec"}, Config{})
	for _, name := range []string{"image", "pull", "spec", "more"} {
		if err := r.Do(t.Context(), name, done); err != nil {
			t.Fatal(err)
		}
	}
	if got := states(r.Trace()); got != "image done, pull done, spec done, more done" {
		t.Errorf("steps: %s", got)
	}
}

func TestGapIsCalledBetweenSteps(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var gaps []string
	r := New("create", []string{"image", "pull", "spec"}, Config{Gap: func(step string) {
		gaps = append(gaps, step)
		if step == "pull" {
			cancel()
		}
	}})
	for _, name := range []string{"image", "pull", "spec"} {
		_ = r.Do(ctx, name, func(_ context.Context, s *Scope) error {
			if name == "pull" {
				s.Skip("already here")
			}
			return nil
		})
	}
	if !slices.Equal(gaps, []string{"image", "pull"}) {
		t.Errorf("gaps after %q", gaps)
	}
	if got := states(r.Trace()); got != "image done, pull skipped, spec failed" {
		t.Errorf("steps: %s", got)
	}
}

func TestATraceSharesNothingWithItsRun(t *testing.T) {
	r := New("create", []string{"image", "pull"}, Config{})
	before := r.Trace()
	if err := r.Do(t.Context(), "image", done); err != nil {
		t.Fatal(err)
	}
	if before.Steps[0].State != Waiting {
		t.Error("a trace that was handed out has changed")
	}
	before.Steps[1].Name = "mine"
	if r.Trace().Steps[1].Name != "pull" {
		t.Error("changing a trace has changed the run")
	}
	if other := New("create", nil, Config{Now: func() time.Time { return before.Started }}); other.Trace().ID == before.ID {
		t.Error("two operations have one ID")
	}
}
