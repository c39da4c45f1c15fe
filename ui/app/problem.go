package app

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/widget/dialog"
)

// problem is what went wrong last, to be read in full.
type problem struct {
	what kit.Explanation
	set  bool
}

// fail says in a line what went wrong, and keeps all that there is to say about it.
func (m *Model) fail(line string, err error) tea.Cmd {
	e := kit.Explain(err)
	if e.Title == "" {
		e.Title = line
	}
	m.problem = problem{e, true}
	return m.tell(kit.Bad, line)
}

// failOn is fail for something that was done to a named thing.
func (m *Model) failOn(name, line string, err error) tea.Cmd {
	cmd := m.fail(line, err)
	if name = kit.Clean(name); name != "" && !strings.Contains(m.problem.what.Title, name) {
		m.problem.what.Title = name + ": " + m.problem.what.Title
	}
	return cmd
}

// whyHint is the key that shows what went wrong in full, while a notice tells of it.
func (m *Model) whyHint() string {
	lost := m.store.Conn().State == api.ConnLost
	if m.notice.Level != kit.Bad && !(lost && m.notice.Text == "") || len(m.dialogs) > 0 || m.page() == pageForm {
		return ""
	}
	if !m.problem.set && !lost {
		return ""
	}
	e, ok := m.env.Keys.Entry(keymap.Problem)
	if !ok || e.Key() == "" {
		return ""
	}
	return keymap.Show(e.Key()) + " " + e.Help
}

// showProblem opens what went wrong last: what happened, why, what to do. That the
// engine is lost comes first while it is.
func (m *Model) showProblem(key string) tea.Cmd {
	e := m.problem.what
	if c := m.store.Conn(); c.State == api.ConnLost && m.notice.Text == "" {
		e = lostProblem(c)
	} else if !m.problem.set {
		return m.tell(kit.Info, "nothing has gone wrong so far")
	}
	m.ask(dialog.Failure(m.env, e, key), nil)
	return nil
}

// lostProblem says what it means that the engine went away, or was never there.
func lostProblem(c api.Connection) kit.Explanation {
	e := kit.Explanation{Title: "The engine is lost", Detail: "Containers go on running, and their logs are written. The list is what it was.", Fix: "gantry asks it again until it answers; see what gantry engine status says"}
	if !c.Known() {
		e.Title, e.Detail = "No engine", ""
	}
	if c.Err == nil {
		return e
	}
	why := kit.Explain(c.Err)
	cause := why.Title
	if why.Detail != "" {
		cause += ": " + why.Detail
	}
	e.Detail = strings.TrimSpace(cause + "\n" + e.Detail)
	if why.Fix != "" {
		e.Fix = why.Fix
	}
	return e
}
