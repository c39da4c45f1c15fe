package containers

import (
	"fmt"
	"time"

	"gantry/engine/api"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/store"
)

// stateText is a row's state in words, without its age: "Running", "Exited 137",
// "Pulling 62%", "failed: pull", "stopping…".
func stateText(st *themes.Styles, r Row) (themes.Mark, string) {
	if p := r.Pending; p != nil {
		switch {
		case p.Failed != "":
			return st.State(themes.StateFailed), "failed: " + kit.Clean(p.Failed)
		case p.Pulled >= 0:
			m := st.State(themes.StatePulling)
			return m, m.Word + " " + kit.Percent(p.Pulled)
		}
		m := st.State(themes.StateCreating)
		return m, m.Word
	}
	if r.Doing != "" && r.Doing != store.Making {
		return st.State(themes.StateStopping), r.Doing + st.Glyphs.Ellipsis
	}
	c := r.Container
	if c.State != api.StateExited {
		m := st.State(string(c.State))
		if c.State == api.StateRunning {
			return healthOf(st, m, c.Health)
		}
		return m, m.Word
	}
	if !c.ExitKnown {
		m := st.State(string(c.State))
		return m, m.Word
	}
	m := st.ExitMark(c.ExitCode)
	return m, fmt.Sprintf("%s %d", m.Word, c.ExitCode)
}

// healthOf is a running container's mark and word, which its health takes the place of.
func healthOf(st *themes.Styles, running themes.Mark, h api.Health) (themes.Mark, string) {
	switch h {
	case api.HealthHealthy:
		return running, "Healthy"
	case api.HealthUnhealthy:
		m := running
		m.Style = st.State(themes.StateFailed).Style
		return m, "Unhealthy"
	case api.HealthStarting:
		m := st.State(themes.StateStarting)
		return m, m.Word
	}
	return running, running.Word
}

// why is the few words after a row's state: what went wrong, or what explains it.
func why(r Row) string {
	switch {
	case r.Pending != nil:
		return r.Pending.Reason
	case r.Doing != "":
		return ""
	}
	return kit.Examine(r.Container).Short
}

// ageStep is the moment of an age as far as its text tells it: two ages with the same
// step are written the same.
func ageStep(d time.Duration) time.Duration {
	if d < 0 {
		return 0
	}
	return d - d%ageUnit(d)
}

// ageUnit is the unit that kit.Age counts an age in.
func ageUnit(d time.Duration) time.Duration {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return time.Second
	case d < time.Hour:
		return time.Minute
	case d < 2*day:
		return time.Hour
	case d < 2*365*day:
		return day
	}
	return 365 * day
}
