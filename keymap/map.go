package keymap

import (
	"slices"
	"strings"
)

// Entry is one action with the keys that are bound to it in one scope.
type Entry struct {
	Action    Action
	Scope     Scope
	Keys      []string // the first is the one that footer and help show
	Help      string   // a verb or two for the footer: "stop"
	Long      string   // a phrase for the help screen: "stop it, or start it if it does not run"
	Dangerous bool     // destroys something, so a dialog asks first
	Shadows   bool     // one of its keys is meant to hide a global one
	Changed   bool     // the user's own keys, not those that gantry comes with
}

// Key is the key that is shown, "" when none is bound.
func (e Entry) Key() string {
	if len(e.Keys) == 0 {
		return ""
	}
	return e.Keys[0]
}

// With is e with another word for the footer: "stop" where Help says "start/stop".
func (e Entry) With(help string) Entry {
	e.Help = help
	return e
}

// Map is the actions with the keys that are bound to them.
type Map struct {
	entries []Entry
	byKey   map[Scope]map[string]Action
}

// New makes a map of entries as they are; Conflicts tells what is wrong with them.
func New(entries []Entry) *Map {
	m := &Map{entries: entries, byKey: map[Scope]map[string]Action{}}
	for _, e := range entries {
		keys := m.byKey[e.Scope]
		if keys == nil {
			keys = map[string]Action{}
			m.byKey[e.Scope] = keys
		}
		for _, k := range e.Keys {
			if _, taken := keys[k]; !taken {
				keys[k] = e.Action
			}
		}
	}
	return m
}

// Lookup is the action of a key in a scope: the scope's own, else the global one. In a
// closed scope only Interrupt is looked up globally. key is what tea.KeyPressMsg.String gives.
func (m *Map) Lookup(scope Scope, key string) (Action, bool) {
	if a, ok := m.byKey[scope][key]; ok {
		return a, true
	}
	a, ok := m.byKey[Global][key]
	if !ok || scope.Closed() && a != Interrupt {
		return "", false
	}
	return a, true
}

// Entries are the entries of one scope, in the order of the table.
func (m *Map) Entries(scope Scope) []Entry {
	var out []Entry
	for _, e := range m.entries {
		if e.Scope == scope {
			out = append(out, e)
		}
	}
	return out
}

// Entry is an action's entry. Where an action is in several scopes it is the first.
func (m *Map) Entry(a Action) (Entry, bool) {
	i := slices.IndexFunc(m.entries, func(e Entry) bool { return e.Action == a })
	if i < 0 {
		return Entry{}, false
	}
	return m.entries[i], true
}

// Pick is the entries of the actions that are there and bound, in the order asked for: a footer.
func (m *Map) Pick(actions ...Action) []Entry {
	out := make([]Entry, 0, len(actions))
	for _, a := range actions {
		if e, ok := m.Entry(a); ok && len(e.Keys) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// In is an action's entry in a scope, or else the global one.
func (m *Map) In(scope Scope, a Action) (Entry, bool) {
	for _, s := range []Scope{scope, Global} {
		i := slices.IndexFunc(m.entries, func(e Entry) bool { return e.Action == a && e.Scope == s })
		if i >= 0 {
			return m.entries[i], true
		}
	}
	return Entry{}, false
}

// PickIn is Pick for the entries of one scope.
func (m *Map) PickIn(scope Scope, actions ...Action) []Entry {
	out := make([]Entry, 0, len(actions))
	for _, a := range actions {
		if e, ok := m.In(scope, a); ok && len(e.Keys) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// Keys are the keys of an action; nil when it has none.
func (m *Map) Keys(a Action) []string {
	e, _ := m.Entry(a)
	return slices.Clone(e.Keys)
}

// Conflict is a key that cannot do all that is asked of it.
type Conflict struct {
	Scope  Scope
	Key    string
	First  Action // the one that the key does
	Second Action // the one that it does not
	// Hidden is set when Second is global and First's entry does not say that it shadows it.
	Hidden bool
}

// String is the conflict in words.
func (c Conflict) String() string {
	if c.Hidden {
		return string(c.Scope) + ": " + c.Key + " is bound to " + string(c.First) + " and hides " + string(c.Second) + " of global"
	}
	return string(c.Scope) + ": " + c.Key + " is bound to both " + string(c.First) + " and " + string(c.Second)
}

// Conflicts are the keys that are bound twice in a scope, and those that hide a global
// one without saying so.
func (m *Map) Conflicts() []Conflict {
	var out []Conflict
	for _, e := range m.entries {
		for _, k := range e.Keys {
			if first := m.byKey[e.Scope][k]; first != e.Action {
				out = append(out, Conflict{Scope: e.Scope, Key: k, First: first, Second: e.Action})
			}
			global, hides := m.byKey[Global][k]
			if hides && e.Scope != Global && !e.Scope.Closed() && !e.Shadows {
				out = append(out, Conflict{Scope: e.Scope, Key: k, First: e.Action, Second: global, Hidden: true})
			}
			if hides && e.Scope != Global && e.Scope.Closed() && global == Interrupt {
				out = append(out, Conflict{Scope: e.Scope, Key: k, First: e.Action, Second: global, Hidden: true})
			}
		}
	}
	return out
}

// Show is a key as it is shown to a person: arrows as arrows would need a glyph that is
// not everywhere, so they stay words; "space" and "ctrl+s" stay as they are.
func Show(key string) string {
	switch key {
	case "pgdown":
		return "PgDn"
	case "pgup":
		return "PgUp"
	case "home", "end":
		return strings.ToUpper(key[:1]) + key[1:]
	}
	return key
}
