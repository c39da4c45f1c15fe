package api

import (
	"testing"
	"time"
)

func TestARateNeedsTwoSamplesOfOneRun(t *testing.T) {
	at := time.Now()
	first := Sample{At: at, CPU: time.Second, BlockRead: 100, Net: true, NetRx: 1000}
	next := Sample{At: at.Add(2 * time.Second), CPU: 4 * time.Second, BlockRead: 300, Net: true, NetRx: 5000, Throttled: time.Second}
	r, ok := next.Since(first)
	if want := (Rate{CPU: 150, NetRx: 2000, BlockRead: 100, Throttled: 50}); !ok || r != want {
		t.Errorf("%+v, %v; want %+v", r, ok, want)
	}
	anew := Sample{At: next.At.Add(time.Second), CPU: time.Millisecond}
	for what, s := range map[string][2]Sample{"the first": {{}, next}, "started anew": {next, anew}, "the same moment": {next, next}} {
		if r, ok := s[1].Since(s[0]); ok {
			t.Errorf("%s has a rate: %+v", what, r)
		}
	}
	// A network that went does not make the rest untrue.
	gone := next
	gone.At, gone.Net, gone.NetRx = next.At.Add(time.Second), false, 0
	if r, ok := gone.Since(next); !ok || r != (Rate{}) {
		t.Errorf("without network: %+v, %v", r, ok)
	}
}
