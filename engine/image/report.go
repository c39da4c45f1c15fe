package image

import (
	"reflect"
	"time"

	"gantry/engine/api"
)

// reportEvery is the shortest time between two reports of one phase: ten a second. With
// it what is shown is at most a tenth of a second old.
const reportEvery = 100 * time.Millisecond

// report tells send about the pull until stop is closed: at once when the phase changes,
// else at most ten times a second and only what is new. It tells the last word before it
// returns.
func (t *tracker) report(send func(api.PullProgress), stop <-chan struct{}) {
	var last api.PullProgress
	tell := func() {
		if p := t.snapshot(); !reflect.DeepEqual(p, last) {
			last = p
			send(p)
		}
	}
	tell()
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			tell()
			return
		case <-t.urgent:
		case <-tick.C:
		}
		tell()
		tick.Reset(reportEvery) // a late tick must not be followed by one in time
	}
}
