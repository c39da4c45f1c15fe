package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"gantry/engine/api"
)

func TestEventsAreToldInDockersWords(t *testing.T) {
	p := open(t)
	ctx, cancel := context.WithCancel(soon(t))
	defer cancel()
	var seen []string
	var last api.Event
	heard, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- p.Events(ctx, func(ev api.Event) error {
			if ev.Type == api.EventContainer && ev.Attributes["tier"] == "front" {
				if len(seen) == 0 {
					close(heard)
				}
				seen = append(seen, ev.Action)
				if ev.Action == "die" {
					last = ev
				}
				if ev.Action == "destroy" {
					cancel()
				}
			}
			return nil
		})
	}()
	// Nobody says when a subscription has begun: until one of these was heard, more are made.
	var ids []string
	p.eventually("the first event", func() bool {
		select {
		case <-heard:
			return true
		default:
			ids = append(ids, p.create("-l", "tier=front", "busybox", "sh", "-c", "exit 3"))
			return false
		}
	})
	id := ids[len(ids)-1]
	if err := p.Rename(t.Context(), id, "renamed"); err != nil {
		t.Fatal(err)
	}
	p.start(id)
	if _, err := p.Wait(soon(t), id); err != nil {
		t.Fatal(err)
	}
	p.remove(id)
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	seen = slices.DeleteFunc(seen, func(s string) bool { return s == "create" })
	if got := strings.Join(seen, " "); got != "rename start die destroy" {
		t.Errorf("%s", got)
	}
	if last.ID != id || last.Attributes["exitCode"] != "3" || last.Attributes["name"] != "renamed" || !strings.HasSuffix(last.Attributes["image"], "/busybox:latest") && last.Attributes["image"] == "" || last.At.IsZero() {
		t.Errorf("%+v", last)
	}
	for _, id := range ids[:len(ids)-1] {
		p.remove(id)
	}
}
