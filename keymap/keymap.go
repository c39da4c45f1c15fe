// Package keymap holds every action of gantry with its scope, keys and help, as data.
package keymap

// Map is the actions with the keys that are bound to them.
type Map struct{}
