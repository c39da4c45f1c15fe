package uitest

import (
	"fmt"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// KeyMsg is the message of a key by its name, as keymap writes it: "a", "G", "?",
// "space", "enter", "ctrl+s", "shift+tab". A name that is none panics: the test is wrong.
func KeyMsg(name string) tea.KeyPressMsg {
	var mod tea.KeyMod
	base := name
	for {
		prefix, rest, ok := strings.Cut(base, "+")
		m, known := modifiers(prefix)
		if !ok || !known || rest == "" {
			break
		}
		mod, base = mod|m, rest
	}
	if code, ok := special(base); ok {
		k := tea.Key{Code: code, Mod: mod}
		if code == tea.KeySpace && mod == 0 {
			k.Text = " "
		}
		return tea.KeyPressMsg(k)
	}
	r := []rune(base)
	if len(r) != 1 {
		panic(fmt.Sprintf("uitest: %q is not a key", name))
	}
	k := tea.Key{Code: r[0], Mod: mod}
	if mod&^tea.ModShift == 0 {
		k.Text = base
		if unicode.IsUpper(r[0]) {
			k.Code, k.ShiftedCode, k.Mod = unicode.ToLower(r[0]), r[0], mod|tea.ModShift
		}
	}
	return tea.KeyPressMsg(k)
}

func modifiers(name string) (tea.KeyMod, bool) {
	switch name {
	case "ctrl":
		return tea.ModCtrl, true
	case "alt":
		return tea.ModAlt, true
	case "shift":
		return tea.ModShift, true
	}
	return 0, false
}

func special(name string) (rune, bool) {
	switch name {
	case "enter":
		return tea.KeyEnter, true
	case "tab":
		return tea.KeyTab, true
	case "backspace":
		return tea.KeyBackspace, true
	case "esc":
		return tea.KeyEscape, true
	case "space":
		return tea.KeySpace, true
	case "up":
		return tea.KeyUp, true
	case "down":
		return tea.KeyDown, true
	case "left":
		return tea.KeyLeft, true
	case "right":
		return tea.KeyRight, true
	case "home":
		return tea.KeyHome, true
	case "end":
		return tea.KeyEnd, true
	case "pgup":
		return tea.KeyPgUp, true
	case "pgdown":
		return tea.KeyPgDown, true
	case "delete":
		return tea.KeyDelete, true
	case "insert":
		return tea.KeyInsert, true
	case "f8":
		return tea.KeyF8, true
	}
	return 0, false
}

// KeyBytes is what a terminal sends for a key, without any keyboard protocol. Keys that
// have no bytes of their own there panic.
func KeyBytes(name string) []byte {
	switch name {
	case "enter":
		return []byte("\r")
	case "tab":
		return []byte("\t")
	case "shift+tab":
		return []byte("\x1b[Z")
	case "backspace":
		return []byte("\x7f")
	case "esc":
		return []byte("\x1b")
	case "space":
		return []byte(" ")
	case "up", "down", "right", "left":
		return []byte("\x1b[" + map[string]string{"up": "A", "down": "B", "right": "C", "left": "D"}[name])
	case "ctrl+right":
		return []byte("\x1b[1;5C")
	case "ctrl+left":
		return []byte("\x1b[1;5D")
	case "home":
		return []byte("\x1b[H")
	case "end":
		return []byte("\x1b[F")
	case "pgup":
		return []byte("\x1b[5~")
	case "pgdown":
		return []byte("\x1b[6~")
	case "delete":
		return []byte("\x1b[3~")
	case "f8":
		return []byte("\x1b[19~")
	}
	if c, ok := strings.CutPrefix(name, "ctrl+"); ok && len(c) == 1 && c[0] >= 'a' && c[0] <= 'z' {
		return []byte{c[0] - 'a' + 1}
	}
	if len([]rune(name)) == 1 {
		return []byte(name)
	}
	panic(fmt.Sprintf("uitest: %q has no bytes of its own", name))
}
