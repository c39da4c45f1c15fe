// Package stream brings what happens outside of the program into its message loop.
//
// Every message costs an Update and a View, and a sender that waits for the loop is
// stalled by it. So nothing is ever sent to the program from outside: one Cmd listens,
// and is asked for again when its message was handled. State goes through a Cell, which
// keeps the latest value only; facts go through a Pump, which takes what has gathered
// as one batch. Both hold back so that messages come no faster than a screen needs them.
package stream
