// Package store holds what is known of the containers, by ID, for all screens.
//
// It is only touched from the program's Update. Beside the engine's list it knows the
// rows that are not containers yet (Pending), and the word for what is being done to a
// container right now (Doing). Rev grows with every change, so that panes can tell
// whether their picture is still right.
package store
