package footprint

import (
	"runtime"
	"runtime/debug"
	"sync"
)

const (
	// usualGC is how much garbage Go lets there be beside what is in use, in percent.
	usualGC = 100
	// startGC has the first collection come at 32 MB of heap rather than at 4: what a single
	// command leaves lying about until it ends is less, and a collection costs more than that.
	startGC = 800
)

// Settle has garbage collected as usual from now on, which otherwise begins with the first
// collection: the program is going to live for long.
var Settle = sync.OnceFunc(func() { change(startGC, usualGC) })

func init() {
	change(usualGC, startGC)
	first := &struct{ *int }{}
	runtime.AddCleanup(first, func(struct{}) { Settle() }, struct{}{})
}

// change leaves alone what somebody has set otherwise, such as by GOGC.
func change(from, to int) {
	if at := debug.SetGCPercent(to); at != from {
		debug.SetGCPercent(at)
	}
}
