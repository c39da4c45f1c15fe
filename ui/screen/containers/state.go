package containers

import (
	"fmt"
	"strings"
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
		return m, m.Word
	}
	if !c.ExitKnown {
		m := st.State(string(c.State))
		return m, m.Word
	}
	m := st.ExitMark(c.ExitCode)
	return m, fmt.Sprintf("%s %d", m.Word, c.ExitCode)
}

// why is the few words after a row's state: what went wrong, or what explains it.
func why(r Row) string {
	if r.Pending != nil {
		return r.Pending.Reason
	}
	c := r.Container
	switch {
	case r.Doing != "":
		return ""
	case c.State == api.StateCreated && c.Error != "":
		return "not started: " + c.Error
	case c.State == api.StateExited || c.State == api.StateDead:
		return PostMortem(c)
	}
	return ""
}

// atOnce is how short a run is said to have ended at once.
const atOnce = 2 * time.Second

// PostMortem says in a few words why a container has ended; "" when there is nothing to
// say that its exit code does not.
func PostMortem(c api.Container) string {
	ran := c.FinishedAt.Sub(c.StartedAt)
	short := !c.StartedAt.IsZero() && ran >= 0 && ran < atOnce
	switch {
	case c.OOMKilled && c.MemoryLimit > 0:
		return "out of memory (" + kit.Bytes(c.MemoryLimit) + ")"
	case c.OOMKilled:
		return "out of memory"
	case c.Error != "":
		return c.Error
	case !c.ExitKnown:
		return "its exit code was lost"
	case short && c.ExitCode == 0 && NeedsTerminal(c):
		return fmt.Sprintf("after %s: %s had no terminal", seconds(ran), shell(c))
	case c.ExitCode == 0 && short:
		return "after " + seconds(ran)
	case c.ExitCode > 128 && c.ExitCode < 160:
		return signalText(c.ExitCode - 128)
	case c.ExitCode != 0 && short:
		return "after " + seconds(ran)
	}
	return ""
}

// Ended is the sentence for a container that has ended at once: "web: Exited 0 after
// 0.1 s: sh had no terminal". It is "" for one that ran for a while.
func Ended(c api.Container) string {
	ran := c.FinishedAt.Sub(c.StartedAt)
	if c.State != api.StateExited || c.StartedAt.IsZero() || ran < 0 || ran >= atOnce {
		return ""
	}
	s := kit.Clean(c.DisplayName()) + ": Exited"
	if c.ExitKnown {
		s += fmt.Sprintf(" %d", c.ExitCode)
	}
	why := PostMortem(c)
	if !strings.HasPrefix(why, "after ") {
		s += " after " + seconds(ran)
		if why != "" {
			s += ": " + why
		}
		return s
	}
	return s + " " + why
}

// NeedsTerminal reports whether a container ended because it runs a shell that reads
// its commands from a terminal, and got none.
func NeedsTerminal(c api.Container) bool { return !c.Tty && shell(c) != "" }

// seconds is a short time in seconds: "0.1 s", and not less.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", max(0.1, d.Seconds())) }

// shell is the shell that the container runs with nothing to do, "" if it is anything else.
func shell(c api.Container) string {
	if len(c.Command) != 1 {
		return ""
	}
	name := c.Command[0][strings.LastIndexByte(c.Command[0], '/')+1:]
	switch name {
	case "sh", "bash", "ash", "dash", "zsh", "ksh", "fish":
		return name
	}
	return ""
}

// signalText names the signals that end containers.
func signalText(n int) string {
	switch n {
	case 1:
		return "ended by SIGHUP"
	case 2:
		return "ended by SIGINT"
	case 4:
		return "crashed: illegal instruction"
	case 6:
		return "aborted"
	case 7, 11:
		return "crashed: bad memory access"
	case 8:
		return "crashed: arithmetic error"
	case 9:
		return "killed"
	case 15:
		return "ended by SIGTERM"
	}
	return ""
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
