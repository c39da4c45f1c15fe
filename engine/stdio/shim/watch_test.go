package shim

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gantry/engine/stdio/shim/shimtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestWatchLearnsTheExitFromShimsOfBothVersions(t *testing.T) {
	for _, version := range []int{2, 3} {
		s := shimtest.Start(t, version)
		at := time.Date(2026, 11, 23, 12, 13, 29, 904685603, time.UTC)
		var made Init
		seen := make(chan struct{})
		go func() {
			<-s.Asked() // it must ask again when there is no task yet
			s.Create(4711, true)
			<-seen
			s.Exit(137, at)
		}()
		e, err := Watch(deadline(t), s.Bundle, "c1", func(i Init) { made = i; close(seen) })
		if err != nil {
			t.Fatalf("version %d: %v", version, err)
		}
		if e.Code != 137 || !e.At.Equal(at) {
			t.Errorf("version %d: exit %+v", version, e)
		}
		if made != (Init{Pid: 4711, Terminal: true}) {
			t.Errorf("version %d: init %+v", version, made)
		}
	}
}

func TestWatchTriesTheOlderServiceWhenTheNewerIsNotThere(t *testing.T) {
	s := shimtest.Start(t, 2)
	s.Create(1, false)
	s.Exit(0, time.Now())
	at, err := readEndpoint(s.Bundle)
	if err != nil {
		t.Fatal(err)
	}
	at.version = 3
	w := &watcher{bundle: s.Bundle, id: "c1", made: func(Init) {}}
	c, err := dial(deadline(t), at.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := w.untilMade(deadline(t), c, &at); err != nil || at.version != 2 {
		t.Errorf("version %d, %v", at.version, err)
	}
}

func TestWatchEndsWhenTheExitCannotBeLearnt(t *testing.T) {
	killed := shimtest.Start(t, 3)
	waiting := shimtest.Start(t, 3)
	waiting.Create(1, false)
	deleted := shimtest.Start(t, 3)
	deleted.Create(1, false)
	for name, c := range map[string]struct {
		bundle string
		made   func(Init)
	}{
		"no bundle":                  {t.TempDir(), nil},
		"shim killed before Create":  {killed.Bundle, nil},
		"shim killed while it runs":  {waiting.Bundle, func(Init) { waiting.Kill() }},
		"task deleted by a grouping": {deleted.Bundle, func(Init) { deleted.Delete() }},
	} {
		if name == "shim killed before Create" {
			go func() { <-killed.Asked(); killed.Kill() }()
		}
		if c.made == nil {
			c.made = func(Init) {}
		}
		if _, err := Watch(deadline(t), c.bundle, "c1", c.made); !errors.Is(err, ErrGone) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWatchLeavesWithItsContext(t *testing.T) {
	s := shimtest.Start(t, 3)
	s.Create(1, false)
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := Watch(ctx, s.Bundle, "c1", func(Init) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestParseEndpoint(t *testing.T) {
	for in, want := range map[string]endpoint{
		`{"version":3,"address":"unix:///run/s/a","protocol":"ttrpc"}`: {"/run/s/a", 3},
		`{"version":4,"address":"unix:///run/s/a","protocol":"ttrpc"}`: {"/run/s/a", 3},
		`{"version":2,"address":"unix:///run/s/a","protocol":"ttrpc"}`: {"/run/s/a", 2},
		"unix:///run/containerd/s/0123\n":                              {"/run/containerd/s/0123", 2},
		"/run/containerd/s/0123":                                       {"/run/containerd/s/0123", 2},
		`{"version":3,"address":"unix:///run/s/a","protocol":"grpc"}`:  {},
		"": {},
	} {
		got, err := parseEndpoint([]byte(in))
		if got != want && err == nil || (want == endpoint{}) != (err != nil) {
			t.Errorf("%q: %+v, %v", in, got, err)
		}
	}
}

func FuzzMessages(f *testing.F) {
	f.Add(putString(putString(nil, 1, "a"), 2, "b"))
	f.Add([]byte{0x08, 0x96, 0x01, 0x12, 0x02, 0x08, 0x01})
	f.Fuzz(func(t *testing.T, b []byte) {
		decodeInit(b)
		decodeExit(b)
		response(b)
	})
}
