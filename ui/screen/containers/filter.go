package containers

import (
	"strings"
)

// Show says which states are shown.
type Show int

// What can be shown.
const (
	ShowAll Show = iota
	ShowRunning
	ShowEnded
)

func (s Show) String() string { return [...]string{"all", "running", "not running"}[s] }

// Filter chooses rows by state and by a text in name, image, ID or labels.
type Filter struct {
	Show Show
	Text string
}

func (f Filter) on() bool { return f.Show != ShowAll || f.Text != "" }

func (f Filter) matches(r Row) bool {
	alive := r.Pending == nil && r.Container.State.Alive()
	if f.Show == ShowRunning && !alive || f.Show == ShowEnded && alive {
		return false
	}
	if f.Text == "" {
		return true
	}
	want := strings.ToLower(f.Text)
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), want) }
	if r.Pending != nil {
		return has(r.Pending.Name) || has(r.Pending.Image)
	}
	c := r.Container
	if has(c.Name) || has(ownerTag(c.Owner)) || has(c.Image) || strings.HasPrefix(c.ID, want) {
		return true
	}
	for k, v := range c.Labels {
		if has(k + "=" + v) {
			return true
		}
	}
	return false
}
