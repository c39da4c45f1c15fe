package keymap

import (
	"fmt"
	"io"
	"slices"

	"gantry/ui/strict"
)

// Load is m with the user's keys put over it. The file has a table for each scope, and
// in it the actions with their keys; an empty list takes an action's keys away. A key
// that hides a global one is taken only where the entry says that this is meant:
//
//	[containers]
//	"container.remove" = ["X"]
//	"container.copy" = { keys = ["D"], shadows = true }
//
// Scopes, actions and keys that do not exist, keys that clash and keys that hide a
// global one are strict.Problems, all of them at once; m itself is not changed.
func (m *Map) Load(r io.Reader) (*Map, error) {
	file, err := strict.Read(r)
	if err != nil {
		return nil, err
	}
	over := overrides{entries: make([]Entry, len(m.entries)), lines: map[int]int{}}
	for i, e := range m.entries {
		e.Keys = slices.Clone(e.Keys)
		over.entries[i] = e
	}
	for _, e := range file {
		over.take(e)
	}
	next := New(over.entries)
	over.clashes(next)
	if err := over.wrong.Err(); err != nil {
		return nil, err
	}
	return next, nil
}

// overrides is a file of keys that is being read.
type overrides struct {
	entries []Entry
	lines   map[int]int // of the entries that the file changes
	wrong   strict.Problems
}

// take puts one line of the file over the entry that it names.
func (o *overrides) take(f strict.Entry) {
	scope, action := Scope(f.Table), Action(f.Key)
	if f.Table == "" {
		o.wrong.Add(f.Line, "%s: stands in no table; write it below one, such as [containers]", f.Key)
		return
	}
	if !slices.Contains(Scopes(), scope) {
		o.wrong.Add(f.Line, "[%s]: no such scope; 'gantry keys' lists them", scope)
		return
	}
	i := slices.IndexFunc(o.entries, func(e Entry) bool { return e.Scope == scope && e.Action == action })
	if i < 0 {
		o.wrong.Add(f.Line, "[%s] %q: no such action there; 'gantry keys' lists them", scope, action)
		return
	}
	keys, shadows, err := binding(f.Value)
	if err != nil {
		o.wrong.Add(f.Line, "[%s] %q: %v", scope, action, err)
		return
	}
	if len(keys) == 0 && needed(scope, action) {
		o.wrong.Add(f.Line, "[%s] %q: needs a key", scope, action)
	}
	for n, k := range keys {
		err := CheckKey(k)
		switch {
		case err != nil:
			o.wrong.Add(f.Line, "[%s] %q: %v", scope, action, err)
		case scope.Text() && printable(k):
			o.wrong.Add(f.Line, "[%s] %q: %q is text here; use a key with ctrl or alt", scope, action, k)
		case slices.Contains(keys[:n], k):
			o.wrong.Add(f.Line, "[%s] %q: %q is there twice", scope, action, k)
		}
	}
	e := &o.entries[i]
	e.Changed = e.Changed || !slices.Equal(e.Keys, keys)
	e.Keys, e.Shadows = keys, e.Shadows || shadows
	o.lines[i] = f.Line
}

// clashes names the keys that cannot do all that is asked of them, each at the line of
// the file that asks for it.
func (o *overrides) clashes(m *Map) {
	for _, c := range m.Conflicts() {
		text := c.String()
		if c.Hidden && c.Second != Interrupt {
			text += fmt.Sprintf("; write %q = { keys = [%q], shadows = true } if that is meant", c.First, c.Key)
		}
		o.wrong.Add(o.line(c), "%s", text)
	}
}

// line is where a conflict was made: the later of the two actions' lines.
func (o *overrides) line(c Conflict) int {
	line := 0
	for i, e := range o.entries {
		at, changed := o.lines[i]
		inIt := e.Scope == c.Scope && (e.Action == c.First || e.Action == c.Second) || c.Hidden && e.Scope == Global && e.Action == c.Second
		if changed && inIt {
			line = max(line, at)
		}
	}
	return line
}

// binding is what stands for an action: a list of keys, or a table with that list and
// with whether they may hide global ones.
func binding(v any) (keys []string, shadows bool, err error) {
	if t, ok := v.(map[string]any); ok {
		for k := range t {
			if k != "keys" && k != "shadows" {
				return nil, false, fmt.Errorf("%s: no such key; there are keys and shadows", k)
			}
		}
		if s, given := t["shadows"]; given {
			if shadows, ok = s.(bool); !ok {
				return nil, false, fmt.Errorf("shadows: must be true or false, not %s", strict.Type(s))
			}
		}
		v = t["keys"]
	}
	list, ok := v.([]any)
	if !ok {
		return nil, false, fmt.Errorf(`must be a list of keys, such as ["x"], not %s`, strict.Type(v))
	}
	keys = make([]string, 0, len(list))
	for _, k := range list {
		s, ok := k.(string)
		if !ok {
			return nil, false, fmt.Errorf("a key is a text, not %s", strict.Type(k))
		}
		keys = append(keys, s)
	}
	return keys, shadows, nil
}

// needed reports whether an action must keep a key: without it there would be no way
// out of where it stands.
func needed(s Scope, a Action) bool {
	return a == Interrupt || a == Back || a == DialogPress || a == MenuPick || s == Line && (a == LineAccept || a == LineCancel)
}
