package stream

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Pump turns a channel into batches.
type Pump[T any] struct {
	ch    <-chan T
	every time.Duration
	most  int
	last  time.Time
	first func(T) bool // the item from which on batches are held back; nil: from the start
}

// NewPump is a pump that delivers at most one batch in each interval, of at most so many items.
func NewPump[T any](ch <-chan T, every time.Duration, most int) *Pump[T] {
	return &Pump[T]{ch: ch, every: every, most: most}
}

// HoldFrom has the pump hold batches back only once an item has come for which first is
// true: what everybody waits for does not wait behind the news before it. It returns p.
func (p *Pump[T]) HoldFrom(first func(T) bool) *Pump[T] {
	p.first = first
	return p
}

// Next waits for the first item, takes those that are there already, and makes one
// message of them. closed is true with the last batch, which may be empty. When ctx
// ends it delivers nothing. Only one Next may be under way.
func (p *Pump[T]) Next(ctx context.Context, msg func(items []T, closed bool) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		if !hold(ctx, p.last, p.every) {
			return nil
		}
		var items []T
		select {
		case v, ok := <-p.ch:
			if !ok {
				return msg(nil, true)
			}
			items = append(items, v)
		case <-ctx.Done():
			return nil
		}
		for len(items) < p.most {
			select {
			case v, ok := <-p.ch:
				if !ok {
					return msg(items, true)
				}
				items = append(items, v)
				continue
			default:
			}
			break
		}
		if p.first != nil && slices.ContainsFunc(items, p.first) {
			p.first = nil
		}
		if p.first == nil {
			p.last = time.Now()
		}
		return msg(items, false)
	}
}
