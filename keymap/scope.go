package keymap

// Scope is where an action can be had: a screen, a pane, or everywhere.
type Scope string

// The scopes.
const (
	Global     Scope = "global"
	Containers Scope = "containers"
	Pulls      Scope = "pulls"
	Detail     Scope = "detail"
	Logs       Scope = "logs"
	HelpView   Scope = "help"
	Engine     Scope = "engine" // while there is no engine, and the doctor's page
	Create     Scope = "create" // closed: text is typed here
	Dialog     Scope = "dialog" // closed
	Line       Scope = "line"   // closed: a filter or a search is typed
	Networks   Scope = "networks"
	Volumes    Scope = "volumes"
	Images     Scope = "images"
	Events     Scope = "events"
	Menu       Scope = "menu"   // closed
	Fields     Scope = "fields" // closed: a dialog in which text is typed
	Review     Scope = "review" // closed: a list of what is to go
)

// Scopes are all scopes in the order of the help screen.
func Scopes() []Scope {
	return []Scope{Global, Containers, Networks, Volumes, Images, Events, Detail, Pulls, Logs, Create, Engine, Line, Dialog, Menu, Fields, Review, HelpView}
}

// Closed reports whether a key that s does not bind is not looked up in Global: text
// is typed there, or one question is to be answered. Interrupt is heard all the same.
func (s Scope) Closed() bool { return s.Text() || s == Dialog || s == Menu || s == Review }

// Text reports whether printable keys are text in s.
func (s Scope) Text() bool { return s == Create || s == Line || s == Fields }

// Title is the scope's name for a person.
func (s Scope) Title() string {
	switch s {
	case Global:
		return "Everywhere"
	case Containers:
		return "Containers"
	case Pulls:
		return "Pulls"
	case Detail:
		return "Details"
	case Logs:
		return "Logs"
	case Engine:
		return "No engine, doctor"
	case HelpView:
		return "Help"
	case Create:
		return "New container"
	case Dialog:
		return "Questions"
	case Networks:
		return "Networks"
	case Volumes:
		return "Volumes"
	case Images:
		return "Images"
	case Events:
		return "Events"
	case Menu:
		return "Menus"
	case Fields:
		return "Short forms"
	case Review:
		return "What is to go"
	case Line:
		return "Filter and search"
	}
	return string(s)
}
