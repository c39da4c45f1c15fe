// Package pull shows what is on its way: images being pulled, layer by layer, and the
// paths of containers being made, started, stopped or removed.
//
// The pane has a strip beside it: the same in one row, for screens without room.
package pull
