package stream_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/ui/stream"
)

func TestCellDeliversTheLatestValueAndHoldsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := stream.NewCell[int](100 * time.Millisecond)
		msg := func(n int) tea.Msg { return n }
		for i := range 1000 {
			c.Set(i)
		}
		begin := time.Now()
		if got := c.Next(t.Context(), msg)(); got != 999 || time.Since(begin) != 0 {
			t.Errorf("first = %v after %v, want 999 at once", got, time.Since(begin))
		}
		c.Set(1000)
		go func() { time.Sleep(60 * time.Millisecond); c.Set(1001) }()
		if got := c.Next(t.Context(), msg)(); got != 1001 || time.Since(begin) != 100*time.Millisecond {
			t.Errorf("second = %v after %v, want 1001 after the interval", got, time.Since(begin))
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() { synctest.Wait(); cancel() }()
		if got := c.Next(ctx, msg)(); got != nil {
			t.Errorf("after the end = %v, want nothing", got)
		}
	})
}

func TestPumpBatchesFactsInOrderAndLosesNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type batch struct {
			items  []int
			closed bool
		}
		ch := make(chan int, 1000)
		p := stream.NewPump(ch, 50*time.Millisecond, 300)
		next := func() batch {
			return p.Next(t.Context(), func(items []int, closed bool) tea.Msg { return batch{items, closed} })().(batch)
		}
		for i := range 1000 {
			ch <- i
		}
		close(ch)
		want, batches := 0, 0
		for {
			b := next()
			batches++
			for _, v := range b.items {
				if v != want {
					t.Fatalf("got %d, want %d", v, want)
				}
				want++
			}
			if b.closed {
				break
			}
		}
		if want != 1000 || batches != 4 {
			t.Errorf("%d items in %d batches, want 1000 in 4", want, batches)
		}
	})
}

func TestPumpHoldsBackOnlyFromTheItemThatIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ch := make(chan int, 3)
		p := stream.NewPump(ch, 50*time.Millisecond, 1).HoldFrom(func(n int) bool { return n == 2 })
		for i := range 3 {
			ch <- i + 1
		}
		begin := time.Now()
		for i, want := range []time.Duration{0, 0, 50 * time.Millisecond} {
			got := p.Next(t.Context(), func(items []int, _ bool) tea.Msg { return items[0] })()
			if got != i+1 || time.Since(begin) != want {
				t.Errorf("%v after %v, want %d after %v", got, time.Since(begin), i+1, want)
			}
		}
	})
}
