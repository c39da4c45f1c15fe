// Package jobs runs the operations that take time: create, start, stop, remove, pull.
//
// Each job has a context of its own, so each can be cancelled. Its progress is kept as
// the latest snapshot and delivered at most ten times a second; its end travels on a
// path of its own and is never dropped. Set is touched only from the program's Update,
// but for Wait, which whoever ends the program calls to let the undos finish.
package jobs
