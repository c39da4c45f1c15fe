package stream

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Cell holds the latest value of something that changes often. Writers never wait.
type Cell[T any] struct {
	every  time.Duration
	signal chan struct{}

	mu   sync.Mutex
	v    T
	last time.Time // when Next last delivered
}

// NewCell is a cell that delivers at most one value in each interval.
func NewCell[T any](every time.Duration) *Cell[T] {
	return &Cell[T]{every: every, signal: make(chan struct{}, 1)}
}

// Edit changes the value under the cell's lock; fn must be fast.
func (c *Cell[T]) Edit(fn func(*T)) {
	c.mu.Lock()
	fn(&c.v)
	c.mu.Unlock()
	select {
	case c.signal <- struct{}{}:
	default:
	}
}

// Set replaces the value.
func (c *Cell[T]) Set(v T) { c.Edit(func(p *T) { *p = v }) }

// Get is the value as it is now.
func (c *Cell[T]) Get() T {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.v
}

// Next waits for a change, holds back to the interval, and makes a message of the value
// as it is then. When ctx ends it delivers nothing. Only one Next may be under way.
func (c *Cell[T]) Next(ctx context.Context, msg func(T) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		select {
		case <-c.signal:
		case <-ctx.Done():
			return nil
		}
		if !hold(ctx, c.last, c.every) {
			return nil
		}
		select { // what came meanwhile is in the value
		case <-c.signal:
		default:
		}
		c.last = time.Now()
		return msg(c.Get())
	}
}

// hold waits until an interval has passed since a moment; false when ctx ended first.
func hold(ctx context.Context, since time.Time, every time.Duration) bool {
	left := every - time.Since(since)
	if since.IsZero() || left <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(left)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
