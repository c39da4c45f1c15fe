package containers

import (
	"cmp"
	"strings"
	"time"
)

// Order is how the rows stand.
type Order int

// The orders.
const (
	ByState Order = iota // what runs first, then by name
	ByName
	ByImage
	ByAge // the newest first
	orders
)

func (o Order) String() string { return [...]string{"state", "name", "image", "age"}[o] }

// place is where a row stands in every order.
type place struct {
	group   int
	ended   time.Time
	name    string
	image   string
	created time.Time
	id      string
}

func (r Row) place() place {
	p := place{group: r.group(), name: r.Container.DisplayName(), created: r.Container.CreatedAt, id: r.ID}
	_, p.image = r.title()
	if r.Pending != nil {
		p.name, p.created = cmp.Or(r.Pending.Name, r.Pending.Image), r.Pending.Since
	}
	if p.group == groupEnded {
		p.ended = r.Container.FinishedAt
	}
	return p
}

// compare orders two places; by state, what has ended stands with the latest first.
func (p place) compare(q place, by Order) int {
	first := 0
	switch by {
	case ByState:
		first = cmp.Or(cmp.Compare(p.group, q.group), q.ended.Compare(p.ended))
	case ByImage:
		first = strings.Compare(p.image, q.image)
	case ByAge:
		first = q.created.Compare(p.created)
	}
	return cmp.Or(first, strings.Compare(p.name, q.name), strings.Compare(p.id, q.id))
}

// CycleOrder goes to the next order.
func (s *Screen) CycleOrder() {
	s.order, s.reverse = (s.order+1)%orders, false
	s.reorder()
}

// Reverse turns the order round.
func (s *Screen) Reverse() {
	s.reverse = !s.reverse
	s.reorder()
}

func (s *Screen) reorder() {
	s.rebuild()
	s.hold()
}
