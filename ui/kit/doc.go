// Package kit is what all screens are made with: the pane contract, the environment
// they are given, text that fits and is safe to show, formats, and the words for errors.
//
// Rules of the house for anything that draws:
//   - Update does no I/O and never blocks; whatever takes time is a tea.Cmd with a context.
//   - A Cmd never touches the model; it copies what it needs before its closure.
//   - View returns exactly the box it was given, from cached strings where it can.
//   - Text from outside goes through Clean before it is measured or drawn.
//   - Strings are cut and measured with x/ansi, never with len or slices.
//   - Time comes from Env.Now or from a message, never from time.Now.
package kit
