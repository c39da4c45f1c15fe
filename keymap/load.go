package keymap

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Load is m with the user's keys put over it. The file has a table for each scope, and
// in it the actions with their keys; an empty list takes an action's keys away:
//
//	[containers]
//	"container.remove" = ["D"]
//
// Scopes, actions and keys that do not exist, keys that clash and keys that hide a
// global one are errors, all of them at once; m itself is not changed.
func (m *Map) Load(r io.Reader) (*Map, error) {
	var over map[string]map[string][]string
	if err := toml.NewDecoder(r).Decode(&over); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	entries := make([]Entry, len(m.entries))
	for i, e := range m.entries {
		e.Keys = slices.Clone(e.Keys)
		entries[i] = e
	}
	var errs []error
	for _, scope := range sorted(over) {
		for _, action := range sorted(over[scope]) {
			if err := override(entries, Scope(scope), Action(action), over[scope][action]); err != nil {
				errs = append(errs, err)
			}
		}
	}
	next := New(entries)
	for _, c := range next.Conflicts() {
		errs = append(errs, errors.New(c.String()))
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("keys: %w", errors.Join(errs...))
	}
	return next, nil
}

func override(entries []Entry, scope Scope, action Action, keys []string) error {
	if !slices.Contains(Scopes(), scope) {
		return fmt.Errorf("[%s]: no such scope", scope)
	}
	i := slices.IndexFunc(entries, func(e Entry) bool { return e.Scope == scope && e.Action == action })
	if i < 0 {
		return fmt.Errorf("[%s] %q: no such action there", scope, action)
	}
	if action == Interrupt && len(keys) == 0 {
		return fmt.Errorf("[%s] %q: needs a key", scope, action)
	}
	for _, k := range keys {
		if err := CheckKey(k); err != nil {
			return fmt.Errorf("[%s] %q: %w", scope, action, err)
		}
		if scope.Closed() && printable(k) && scope != Dialog {
			return fmt.Errorf("[%s] %q: %q is text here; use a key with ctrl or alt", scope, action, k)
		}
	}
	entries[i].Keys = slices.Clone(keys)
	return nil
}

// CheckKey says what is wrong with a key's name, or nothing.
func CheckKey(key string) error {
	name := key
	for _, mod := range []string{"ctrl+", "alt+", "shift+", "meta+", "hyper+", "super+"} {
		rest, ok := strings.CutPrefix(name, mod)
		if ok && rest != "" {
			name = rest
		}
	}
	if len([]rune(name)) == 1 && name >= "!" && (name == key || strings.ToLower(name) == name) {
		if strings.HasPrefix(key, "shift+") {
			return fmt.Errorf("%q: write the shifted letter instead", key)
		}
		return nil
	}
	if slices.Contains(named(), name) {
		return nil
	}
	return fmt.Errorf("%q is not a key: write a, G, space, enter, ctrl+s, shift+tab (modifiers in the order ctrl, alt, shift)", key)
}

// printable reports whether a key types something.
func printable(key string) bool { return len([]rune(key)) == 1 || key == "space" }

func named() []string {
	names := []string{"enter", "tab", "backspace", "esc", "space", "up", "down", "left", "right", "insert", "delete",
		"pgup", "pgdown", "home", "end", "begin"}
	for i := 1; i <= 20; i++ {
		names = append(names, fmt.Sprintf("f%d", i))
	}
	return names
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
