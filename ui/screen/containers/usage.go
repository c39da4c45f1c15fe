package containers

// Usage is what a running container takes of the host, as it is shown: "0.3%", "12.4M".
// "" is not known.
type Usage struct{ CPU, Mem string }

// usage is the figures of the rows on the screen. They have a revision each, so that
// only the rows whose text has changed are drawn again.
type usage struct {
	shown map[string]Usage
	revs  map[string]uint32
}

func newUsage() usage { return usage{map[string]Usage{}, map[string]uint32{}} }

func (u usage) of(id string) (cpu, mem string) {
	v := u.shown[id]
	return v.CPU, v.Mem
}

// SetUsage replaces the figures; a container that is not among them has none.
func (s *Screen) SetUsage(now map[string]Usage) {
	changed := false
	for id := range s.usage.shown {
		if _, ok := now[id]; !ok {
			delete(s.usage.shown, id)
			s.usage.revs[id]++
			changed = true
		}
	}
	for id, v := range now {
		if s.usage.shown[id] != v {
			s.usage.shown[id] = v
			s.usage.revs[id]++
			changed = true
		}
	}
	if changed {
		s.feed()
	}
}

// Measurable are the containers on the screen that have figures: those with a process,
// where there is room for a figure.
func (s *Screen) Measurable() []string {
	if !s.roomForFigures() {
		return nil
	}
	var ids []string
	for _, id := range s.grid.Visible() {
		if r := s.byID[id].row; r.Pending == nil && r.Container.State.Alive() {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s *Screen) roomForFigures() bool {
	for _, c := range s.grid.Shown() {
		if c == colCPU || c == colMem {
			return true
		}
	}
	return false
}
