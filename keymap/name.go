package keymap

import (
	"fmt"
	"slices"
	"strings"
)

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
