package jobs_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/ui/jobs"
)

// loop runs Cmds as the program would and hands their messages to the set.
type loop struct {
	set  *jobs.Set
	msgs chan tea.Msg
	seen []jobs.Job
}

func (l *loop) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				l.run(c)
			}
		default:
			l.msgs <- msg
		}
	}()
}

// settle handles messages until nothing is on its way.
func (l *loop) settle() {
	for {
		synctest.Wait()
		select {
		case msg := <-l.msgs:
			j, cmd, ok := l.set.Apply(msg)
			if ok {
				l.seen = append(l.seen, j)
			}
			l.run(cmd)
			continue
		default:
		}
		return
	}
}

func start(t *testing.T) (*loop, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	return &loop{set: jobs.New(ctx, time.Now), msgs: make(chan tea.Msg, 100)}, cancel
}

func TestProgressIsBoundedAndTheEndHasTheFinalNumbers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, end := start(t)
		defer end()
		id, cmd := l.set.Start(jobs.Job{Kind: jobs.Pull}, func(_ context.Context, o api.Observer) error {
			for i := range 1000 {
				o.Pull(api.PullProgress{Downloaded: int64(i + 1)})
				time.Sleep(time.Millisecond)
			}
			return nil
		})
		l.run(cmd)
		for range 300 {
			l.settle()
			time.Sleep(5 * time.Millisecond)
		}
		last := l.seen[len(l.seen)-1]
		if last.Running() || last.Pull.Downloaded != 1000 {
			t.Errorf("the end is %+v", last)
		}
		if n := len(l.seen); n < 8 || n > 12 {
			t.Errorf("%d messages for one second, want about 10", n)
		}
		if _, ok := l.set.Get(id); !ok {
			t.Error("a finished job is gone at once")
		}
		time.Sleep(5 * time.Second)
		l.settle()
		if _, ok := l.set.Get(id); ok {
			t.Error("a finished job is still there after 5 s")
		}
	})
}

func TestFailedJobsStayUntilDismissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, end := start(t)
		defer end()
		boom := errors.New("boom")
		id, cmd := l.set.Start(jobs.Job{Kind: jobs.Run}, func(_ context.Context, o api.Observer) error {
			o.Trace(path.Trace{Steps: []path.Step{{Name: "pull", State: path.Failed}}})
			return boom
		})
		l.run(cmd)
		l.settle()
		time.Sleep(time.Minute)
		l.settle()
		j, ok := l.set.Get(id)
		if !ok || !j.Failed() || j.FailedStep() != "pull" {
			t.Fatalf("job is %+v, %v", j, ok)
		}
		l.set.Dismiss(id)
		if len(l.set.Jobs()) != 0 {
			t.Error("dismissed, and still there")
		}
	})
}

func TestCancelEndsOneJobAndWaitSeesItsUndo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, end := start(t)
		defer end()
		work := func(ctx context.Context, _ api.Observer) error {
			<-ctx.Done()
			time.Sleep(3 * time.Second) // the undo
			return ctx.Err()
		}
		a, cmd := l.set.Start(jobs.Job{Kind: jobs.Run}, work)
		l.run(cmd)
		b, cmd := l.set.Start(jobs.Job{Kind: jobs.Run}, work)
		l.run(cmd)
		l.set.Cancel(a)
		time.Sleep(4 * time.Second)
		l.settle()
		if j, _ := l.set.Get(a); !j.Cancelled() || j.Failed() {
			t.Errorf("the cancelled job is %+v", j)
		}
		if j, _ := l.set.Get(b); !j.Running() {
			t.Error("the other job ended too")
		}
		l.set.CancelAll()
		short, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if l.set.Wait(short) {
			t.Error("Wait did not wait for the undo")
		}
		if !l.set.Wait(t.Context()) {
			t.Error("Wait gave up")
		}
		begun := false
		_, cmd = l.set.Start(jobs.Job{}, func(context.Context, api.Observer) error { begun = true; return nil })
		l.run(cmd)
		l.settle()
		if begun {
			t.Error("work began after the set was closed")
		}
	})
}
