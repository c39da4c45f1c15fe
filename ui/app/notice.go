package app

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/ui/kit"
	"gantry/ui/stream"
)

// How long a notice stays. What is bad stays until a key is pressed or something else is said.
const (
	noticeStays = 6 * time.Second
	warnStays   = 15 * time.Second
)

// notice is the line above the footer.
type notice struct {
	kit.Notice
	gen int
}

type noticeGoneMsg struct{ gen int }

// say shows a notice.
func (m *Model) say(n kit.Notice) tea.Cmd {
	m.notice = notice{n, m.notice.gen + 1}
	stays := noticeStays
	switch n.Level {
	case kit.Bad:
		return nil
	case kit.Warn:
		stays = warnStays
	}
	return stream.After(m.ctx, stays, noticeGoneMsg{m.notice.gen})
}

// tell is say with plain words.
func (m *Model) tell(l kit.Level, text string) tea.Cmd {
	return m.say(kit.Notice{Level: l, Text: text})
}

func (m *Model) unsay(msg noticeGoneMsg) {
	if msg.gen == m.notice.gen {
		m.notice.Notice = kit.Notice{}
	}
}
