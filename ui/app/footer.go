package app

import (
	"strings"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/pane/status"
)

// footerKey is what the footer that was last made was made of.
type footerKey struct {
	st    *themes.Styles
	words string
	width int
}

// footer is the row of keys of whatever has the focus.
func (m *Model) footer() string {
	keys, general := m.hints()
	var b strings.Builder
	for _, es := range [][]keymap.Entry{keys, general} {
		for _, e := range es {
			b.WriteString(e.Key() + " " + e.Help + "\n")
		}
	}
	k := footerKey{m.env.Styles, b.String(), m.width}
	if k != m.frame.foot {
		m.frame.foot, m.frame.bottom = k, status.Footer(m.env.Styles, keys, general, m.width)
	}
	return m.frame.bottom
}

// hints are the keys that do something now.
func (m *Model) hints() (keys, general []keymap.Entry) {
	pick := m.env.Keys.Pick
	switch {
	case m.quitting.on:
		return nil, nil
	case len(m.dialogs) > 0:
		return m.dialogs[len(m.dialogs)-1].model.Footer(), nil
	}
	switch m.page() {
	case pageHelp:
		return pick(keymap.Back), nil
	case pageDoctor:
		return backLast(m.doctor.Footer(), pick(keymap.Help, keymap.Quit))
	case pageForm:
		return backLast(m.form.Footer(), nil)
	case pageLog:
		if m.log.Capturing() {
			return m.log.Footer(), nil
		}
		return backLast(m.log.Footer(), pick(keymap.Help, keymap.Quit))
	case pageFirst:
		if m.store.Conn().State == api.ConnStarting {
			return pick(keymap.ContainerNew, keymap.Doctor), pick(keymap.Help, keymap.Quit)
		}
		if !retryable(m.store.Conn().Err) {
			return pick(keymap.Doctor), pick(keymap.Help, keymap.Quit)
		}
		return pick(keymap.Retry, keymap.Doctor), pick(keymap.Help, keymap.Quit)
	}
	general = pick(keymap.Help, keymap.Quit)
	switch m.focus {
	case focusDetail:
		if m.things != nil {
			return nil, append(pick(keymap.Back), general...)
		}
		keys = pick(keymap.TabNext)
		for _, e := range m.list.Footer() {
			if m.onRow(e.Action) && e.Action != keymap.ContainerNew {
				keys = append(keys, e)
			}
		}
		return keys, append(pick(keymap.Back), general...)
	case focusPulls:
		return m.pullHints(), general
	}
	if m.things != nil {
		if m.things.Capturing() {
			return m.thingsHints(), nil
		}
		return m.thingsHints(), append(pick(keymap.ListFilter), general...)
	}
	if m.list.Capturing() {
		return m.list.Footer(), nil
	}
	if m.store.Len() == 0 {
		return m.list.Footer(), general
	}
	first := pick(keymap.ListFilter)
	if m.width >= paletteWidth {
		first = append(first, pick(keymap.Palette)...)
	}
	return m.list.Footer(), append(first, general...)
}

// backLast moves the way back to the keys that are never left out.
func backLast(keys, general []keymap.Entry) (k, g []keymap.Entry) {
	for _, e := range keys {
		if e.Action == keymap.Back {
			g = append(g, e)
		} else {
			k = append(k, e)
		}
	}
	return k, append(g, general...)
}

// pullHints are the keys of the pane of pulls for the job under its cursor.
func (m *Model) pullHints() []keymap.Entry {
	out := m.env.Keys.Pick(keymap.Back)
	j, ok := m.pulls.Selected()
	e, bound := m.env.Keys.Entry(keymap.JobCancel)
	switch {
	case !ok || !bound:
	case j.Running() && !j.Asked:
		return append([]keymap.Entry{e}, out...)
	case !j.Running():
		return append([]keymap.Entry{e.With("dismiss")}, out...)
	}
	return out
}

func (m *Model) moreHelp() string {
	if m.help.More() {
		return "more " + m.env.Styles.Glyphs.Down
	}
	return ""
}
