package image

import (
	"context"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"gantry/engine/api"
)

func TestFlightEndsWithItsLastCaller(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := New(nil, Config{})
	key := flightKey{"ns", "ref", ""}
	var flown atomic.Int32
	fly := func(ctx context.Context, f *flight) {
		flown.Add(1)
		f.tell(api.PullProgress{Ref: "ref"})
		<-ctx.Done()
		f.err = ctx.Err()
	}
	f := s.join(key, Ref{}, fly)
	if again := s.join(key, Ref{}, fly); again != f {
		t.Fatal("the second caller got a flight of its own")
	}
	if s.leave(key, f) {
		t.Error("the first of two to leave was taken for the last")
	}
	select {
	case <-f.done:
		t.Error("the flight ended with a caller on board")
	default:
	}
	if !s.leave(key, f) {
		t.Error("the last to leave was not taken for it")
	}
	next := s.join(key, Ref{}, fly)
	if next == f {
		t.Error("joined a flight that is being cancelled")
	}
	<-f.done
	if s.leave(key, next); s.flights[key] != nil {
		t.Error("a flight is kept that nobody is on")
	}
	<-next.done
	if n := flown.Load(); n != 2 {
		t.Errorf("%d flights", n)
	}
}

func TestListenersHearTheLastWordAndNoneAfterLeaving(t *testing.T) {
	f := &flight{listeners: map[*listener]bool{}}
	f.tell(api.PullProgress{Downloaded: 1, Layers: []api.LayerProgress{{Size: 1}}})
	var heard []int64
	l := f.listen(func(p api.PullProgress) {
		heard = append(heard, p.Downloaded)
		p.Layers[0].Size = 99 // its own copy
	})
	f.tell(api.PullProgress{Downloaded: 2, Layers: []api.LayerProgress{{Size: 1}}})
	f.ignore(l)
	f.tell(api.PullProgress{Downloaded: 3})
	if len(heard) != 2 || heard[0] != 1 || heard[1] != 2 {
		t.Errorf("heard %v", heard)
	}
}
