// Package containers is the live list of containers.
//
// A row is a container or one that is on its way (store.Pending). The list only shows
// and chooses: what a key asks for is handed to the root as a Want, made from the row as
// it was drawn, so that a key never acts on something that was not on the screen.
package containers
