package themes

// Role is what a colour is for. The names are the keys of a palette file.
type Role string

// The roles. All of them must be in a palette. Text roles have a contrast of at least
// 4.5:1 against the palette's assumed background, line roles of 3:1.
const (
	Fg          Role = "fg"           // plain text
	Muted       Role = "muted"        // less important text: ages, units, help
	Faint       Role = "faint"        // the least important text: what was skipped
	Ghost       Role = "ghost"        // text that is not typed but would be used: an image's default
	Title       Role = "title"        // titles of panes and columns
	Key         Role = "key"          // keys in footer and help
	Selected    Role = "selected"     // text of the selected row
	Border      Role = "border"       // line: around a pane
	BorderFocus Role = "border_focus" // line: around the focused pane
	Accent      Role = "accent"       // the one accent: focus, cursor bar, title mark
	OnAccent    Role = "on_accent"    // text on the accent
	Ok          Role = "ok"           // done, connected
	Warn        Role = "warn"         // to be looked at
	Bad         Role = "bad"          // failed, destroys
	Info        Role = "info"         // neutral news
	Running     Role = "running"      // state colours
	Paused      Role = "paused"       //
	Pulling     Role = "pulling"      // pulling, starting, stopping: on its way
	Created     Role = "created"      //
	Exited      Role = "exited"       // ended well
	Failed      Role = "failed"       // ended badly
	Match       Role = "match"        // background of a search match
	OnMatch     Role = "on_match"     // text on it
	Bar         Role = "bar"          // line: the filled part of a progress bar
	BarRest     Role = "bar_rest"     // line: what is left of it
)

// Roles are all roles, in the order of the palette files.
func Roles() []Role {
	return []Role{Fg, Muted, Faint, Ghost, Title, Key, Selected, Border, BorderFocus, Accent, OnAccent, Ok, Warn, Bad, Info,
		Running, Paused, Pulling, Created, Exited, Failed, Match, OnMatch, Bar, BarRest}
}

// line reports whether a role colours lines and shapes only, never text.
func (r Role) line() bool {
	return r == Border || r == BorderFocus || r == Bar || r == BarRest
}

// on is the role whose colour is painted behind r; "" is the terminal's background.
func (r Role) on() Role {
	switch r {
	case OnAccent:
		return Accent
	case OnMatch:
		return Match
	}
	return ""
}
