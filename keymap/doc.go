// Package keymap holds every action of gantry with its scope, keys and help, as data.
//
// One table drives dispatch, the footer, the help screen and overrides: an action that
// is not in it has no key, and a key that is in it does something. A Map is never
// changed once made. Keys are written as Bubble Tea names them: "a", "G", "?", "space",
// "enter", "ctrl+s", "shift+tab".
package keymap
