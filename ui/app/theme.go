package app

import (
	tea "charm.land/bubbletea/v2"

	"gantry/themes"
)

// look is what the terminal has told about itself; none of it needs to come.
type look struct {
	dark    bool
	profile string // "TrueColor", "ANSI256", "ANSI", "Ascii", "NoTTY"
	noColor bool
	console bool // the kernel's own console, whose font has no such glyphs
}

// learn takes in what the terminal tells and draws anew if that changes anything.
func (m *Model) learn(msg tea.Msg) {
	l := m.look
	switch msg := msg.(type) {
	case tea.BackgroundColorMsg:
		l.dark = msg.IsDark()
	case tea.ColorProfileMsg:
		l.profile = msg.Profile.String()
	case tea.EnvMsg:
		l.noColor = msg.Getenv("NO_COLOR") != ""
		l.console = msg.Getenv("TERM") == "linux"
	}
	if l != m.look {
		m.look = l
		m.restyle()
	}
}

// restyle makes the styles for what is known and asked for.
func (m *Model) restyle() {
	o := themes.Options{ASCII: m.opt.ASCII || m.look.console}
	plain := m.look.profile == "NoTTY" || m.look.profile == "Ascii"
	if m.opt.Mono || m.look.noColor || plain {
		m.env.Styles = themes.Mono(o)
		return
	}
	if m.opt.Palette != nil {
		m.env.Styles = themes.New(*m.opt.Palette, o)
		return
	}
	name := m.opt.Theme
	switch {
	case name != "":
	case m.look.profile == "ANSI" && m.look.dark:
		name = themes.Basic
	case m.look.profile == "ANSI":
		name = themes.Basic + "-light"
	case m.look.dark:
		name = themes.Dark
	default:
		name = themes.Light
	}
	p, err := themes.Load(name)
	if err != nil {
		m.env.Styles = themes.Mono(o) // main has checked the name; without it the screen still works
		return
	}
	m.env.Styles = themes.New(p, o)
}
