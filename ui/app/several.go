package app

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/ui/kit"
	"gantry/ui/screen/containers"
	"gantry/ui/widget/dialog"
)

// mostNamed is how many containers a question names before it counts the rest.
const mostNamed = 8

// doAll does one thing to all that are marked; key is the one that asked.
func (m *Model) doAll(wants []containers.Want, key string) tea.Cmd {
	rows := make([]containers.Row, len(wants))
	for i, w := range wants {
		rows[i] = w.Row
	}
	verb := wants[0].Verb
	switch {
	case verb == containers.VerbKill:
		m.askSignal(rows, key)
	case verb == containers.VerbRemove:
		m.askRemoveAll(rows, key)
	case wants[0].Warn != "" || verb == containers.VerbStop && m.opt.AskStop:
		title := strings.ToUpper(string(verb[:1])) + string(verb[1:])
		body := []string{"This is done to all of them at once."}
		if w := wants[0].Warn; w != "" {
			body = append(body, "Some belong to "+containers.OwnerTitle(rows[0].Container.Owner)+": "+w+".")
		}
		m.askAll(title, rows, body, title, key, func(r containers.Row) tea.Cmd {
			return m.simply(containers.Want{Verb: verb, Row: r})
		})
	default:
		m.list.ClearMarks()
		cmds := make([]tea.Cmd, len(wants))
		for i, w := range wants {
			cmds[i] = m.simply(w)
		}
		return tea.Batch(cmds...)
	}
	return nil
}

func (m *Model) askRemoveAll(rows []containers.Row, key string) {
	body, verb, alive := []string{"Their files and logs go with them; images and volumes stay."}, "Remove", 0
	for _, r := range rows {
		if r.Container.State.Alive() {
			alive++
		}
	}
	if alive > 0 {
		verb = "Kill and remove"
		body = append([]string{fmt.Sprintf("%d of them %s: they are killed first, without a chance to tidy up.", alive, map[bool]string{true: "runs", false: "run"}[alive == 1])}, body...)
	}
	m.askAll("Remove", rows, body, verb, key, func(r containers.Row) tea.Cmd { return m.remove(r.Container, r.Container.State.Alive()) })
}

// askAll asks about several containers. What has changed since is left alone, and said.
func (m *Model) askAll(what string, rows []containers.Row, body []string, verb, key string, do func(containers.Row) tea.Cmd) {
	m.ask(dialog.Confirm(m.env, fmt.Sprintf("%s %s?", what, several(rows)), append(named(rows), body...), verb, key), func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		return m.each(rows, do)
	})
}

// each does something to every container that is still as it was when it was asked about.
func (m *Model) each(rows []containers.Row, do func(containers.Row) tea.Cmd) tea.Cmd {
	m.list.ClearMarks()
	var cmds []tea.Cmd
	var left []string
	for _, r := range rows {
		if m.changedSince(r) != "" {
			left = append(left, r.Name())
			continue
		}
		cmds = append(cmds, do(r))
	}
	if len(left) > 0 {
		cmds = append(cmds, m.tell(kit.Warn, strings.Join(left, ", ")+": changed meanwhile, nothing was done"))
	}
	return tea.Batch(cmds...)
}

// several is one container by its name, or how many they are.
func several(rows []containers.Row) string {
	if len(rows) == 1 {
		return rows[0].Name()
	}
	return fmt.Sprintf("%d containers", len(rows))
}

// named are the names of several containers, and a blank line.
func named(rows []containers.Row) []string {
	if len(rows) == 1 {
		return nil
	}
	var names []string
	for _, r := range rows[:min(len(rows), mostNamed)] {
		names = append(names, r.Name())
	}
	text := strings.Join(names, ", ")
	if more := len(rows) - mostNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return []string{text, ""}
}
