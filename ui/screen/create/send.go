package create

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/option"
	"gantry/ui/kit"
)

// submit sends the form off, or shows all that is wrong with it. What only the world has in
// the way may be gone by now, or be wrong: who sends the same once more gets it tried.
func (s *Screen) submit(start bool) tea.Cmd {
	s.engine, s.asked, s.due = nil, true, nil
	s.check()
	line := s.Line()
	switch {
	case len(s.wrong) == 0:
	case s.mine > 0 || s.insist != line && s.hinders(start):
		if s.insist = ""; s.mine == 0 {
			s.insist = line
		}
		s.toFirst()
		return nil
	}
	if s.looking() {
		s.due, s.dirty = &start, true
		return nil
	}
	if dirs := s.unborn(); len(dirs) > 0 {
		return s.askDirs(dirs, start)
	}
	s.sent = true
	s.Close()
	m := SubmitMsg{Draft: s.Draft(), Parsed: s.parsed, Start: start}
	return func() tea.Msg { return m }
}

// looking reports whether it is not known yet if the draft's directories are on this host.
func (s *Screen) looking() bool {
	return s.deps.Check != nil && s.world.cancel != nil && !s.world.known && slices.ContainsFunc(s.draft.All(option.KeyVolume), func(v string) bool {
		return strings.HasPrefix(v, "/") || strings.HasPrefix(v, ".") || strings.HasPrefix(v, "~")
	})
}

// goOn sends the form off that has waited for an answer of the world. Without one nothing is
// asked about it.
func (s *Screen) goOn() tea.Cmd {
	if s.due == nil || s.sent {
		return nil
	}
	start := *s.due
	s.world.known = true
	return s.submit(start)
}

// unborn are the directories of this host that would be made and that nobody has agreed to.
func (s *Screen) unborn() (dirs []string) {
	for _, d := range s.world.found.Dirs {
		if !slices.Contains(s.agreed, d) && !slices.Contains(dirs, d) {
			dirs = append(dirs, d)
		}
	}
	return dirs
}

// askDirs asks whether directories may be made on this host, as docker run -v makes them.
func (s *Screen) askDirs(dirs []string, start bool) tea.Cmd {
	title, body := "Make "+kit.Clean(dirs[0])+" on this host?", []string{"It is not there. It is made as an empty directory of root's, and mounted."}
	if len(dirs) > 1 {
		title, body = "Make these directories on this host?", []string{"They are not there. They are made empty, as root's, and mounted:", ""}
		for _, d := range dirs {
			body = append(body, "  "+kit.Clean(d))
		}
	}
	return ask(AskMsg{Title: title, Body: body, Verb: "Make " + plural(len(dirs), "it", "them"), Then: func() tea.Cmd {
		s.agreed = append(s.agreed, dirs...)
		return s.submit(start)
	}})
}
