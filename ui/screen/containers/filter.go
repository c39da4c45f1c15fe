package containers

import (
	"strings"

	"gantry/ui/kit"
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

// Filter chooses rows by state and by words in name, image, owner, ID or labels, as kit.Sieve reads them.
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
	sieve := kit.NewSieve(f.Text)
	if r.Pending != nil {
		return sieve.PassesText(r.Pending.Name + "\n" + r.Pending.Image)
	}
	c := r.Container
	return sieve.Passes(func(word string) bool {
		has := func(s string) bool { return strings.Contains(strings.ToLower(s), word) }
		if has(c.Name) || has(ownerTag(c.Owner)) || has(c.Image) || strings.HasPrefix(c.ID, word) {
			return true
		}
		for k, v := range c.Labels {
			if has(k + "=" + v) {
				return true
			}
		}
		return false
	})
}
