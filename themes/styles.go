package themes

import (
	"charm.land/lipgloss/v2"
)

// Options says how a palette is used.
type Options struct {
	ASCII bool // the ASCII glyphs
}

// Styles is everything a screen draws with. It is never changed after it was made, so
// its address tells whether something drawn is still of the present theme.
type Styles struct {
	Name   string
	Dark   bool
	Mono   bool // attributes only
	Glyphs Glyphs

	// Text, from plain to least important; Ghost is what would be used if nothing is typed.
	Text, Muted, Faint, Ghost lipgloss.Style
	// Strong is plain text that stands out by weight alone.
	Strong lipgloss.Style
	// Accent is the crane yellow, for what is active.
	Accent lipgloss.Style

	// Panes.
	Border, BorderFocus lipgloss.Style
	Title, TitleFocus   lipgloss.Style // TitleFocus also draws the mark around the title
	TitleMark           lipgloss.Style // the half blocks beside TitleFocus
	Tab, TabActive      lipgloss.Style
	Header              lipgloss.Style // column titles

	// Rows: Selected is the selected row of the focused pane, SelectedBlur of another one.
	Cursor, Selected, SelectedBlur lipgloss.Style

	// Verdicts.
	Ok, Warn, Bad, Info lipgloss.Style

	// Footer and help.
	Key, KeyHelp lipgloss.Style

	// Forms and dialogs.
	Label, LabelFocus, Input, Problem, Note lipgloss.Style
	Button, ButtonFocus, ButtonDanger       lipgloss.Style // ButtonDanger is a focused button that destroys

	// Searching.
	Match, MatchCurrent lipgloss.Style

	// Progress.
	Bar, BarRest lipgloss.Style

	states map[string]Mark
	none   Mark
}

// New makes the styles of a palette that was parsed.
func New(p Palette, o Options) *Styles {
	c := func(r Role) lipgloss.Style { return lipgloss.NewStyle().Foreground(p.Colors[r].Color()) }
	on := func(r Role) lipgloss.Style { return c(r).Background(p.Colors[r.on()].Color()) }
	s := &Styles{
		Name: p.Name, Dark: p.Dark, Glyphs: glyphs(o),
		Text: c(Fg), Muted: c(Muted), Faint: c(Faint), Ghost: c(Ghost), Strong: c(Fg).Bold(true), Accent: c(Accent),
		Border: c(Border), BorderFocus: c(BorderFocus),
		Title: c(Title), TitleFocus: on(OnAccent).Bold(true), TitleMark: c(Accent),
		Tab: c(Muted), TabActive: c(Accent).Bold(true), Header: c(Muted),
		Cursor: c(Accent), Selected: c(Selected).Bold(true), SelectedBlur: c(Selected),
		Ok: c(Ok), Warn: c(Warn), Bad: c(Bad), Info: c(Info),
		Key: c(Key).Bold(true), KeyHelp: c(Muted),
		Label: c(Muted), LabelFocus: c(Accent), Input: c(Fg), Problem: c(Bad), Note: c(Muted),
		Button: c(Fg), ButtonFocus: on(OnAccent).Bold(true), ButtonDanger: on(OnAccent).Bold(true).Underline(true),
		Match: on(OnMatch), MatchCurrent: on(OnAccent).Bold(true),
		Bar: c(Bar), BarRest: c(BarRest),
	}
	s.mark(func(r Role) lipgloss.Style { return c(r) })
	return s
}

// Mono makes styles without any colour, for NO_COLOR: bold, reverse, underline and the
// glyphs say everything.
func Mono(o Options) *Styles {
	plain := lipgloss.NewStyle()
	bold, rev := plain.Bold(true), plain.Reverse(true)
	s := &Styles{
		Name: "mono", Dark: true, Mono: true, Glyphs: glyphs(o),
		Text: plain, Muted: plain, Faint: plain, Ghost: plain.Italic(true), Strong: bold, Accent: bold,
		Border: plain, BorderFocus: bold,
		Title: plain, TitleFocus: rev.Bold(true), TitleMark: bold,
		Tab: plain, TabActive: bold.Underline(true), Header: plain.Underline(true),
		Cursor: bold, Selected: bold, SelectedBlur: plain,
		Ok: plain, Warn: bold, Bad: bold, Info: plain,
		Key: bold, KeyHelp: plain,
		Label: plain, LabelFocus: bold, Input: plain, Problem: bold, Note: plain,
		Button: plain, ButtonFocus: rev, ButtonDanger: rev.Underline(true),
		Match: plain.Underline(true), MatchCurrent: rev,
		Bar: plain, BarRest: plain,
	}
	s.mark(func(r Role) lipgloss.Style {
		if r == Running || r == Failed {
			return bold
		}
		return plain
	})
	return s
}

func glyphs(o Options) Glyphs {
	if o.ASCII {
		return ASCII()
	}
	return Unicode()
}

// Default is the dark or the light theme, in Unicode: what is drawn before the
// terminal has said anything about itself.
func Default(dark bool) *Styles {
	name := Light
	if dark {
		name = Dark
	}
	p, err := Load(name)
	if err != nil {
		return Mono(Options{}) // the embedded files are tested; this keeps the screen usable all the same
	}
	return New(p, Options{})
}
