package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
)

func TestEventsAreFilteredAndSafe(t *testing.T) {
	d := sit(t)
	at := time.Date(2026, 3, 1, 12, 0, 0, 5, time.UTC)
	ev := func(action, name string, more ...string) api.Event {
		a := map[string]string{"name": name, "image": "nginx:1.27"}
		for i := 0; i+1 < len(more); i += 2 {
			a[more[i]] = more[i+1]
		}
		return api.Event{At: at, Type: api.EventContainer, Action: action, ID: "abc", Attributes: a}
	}
	died := ev("die", "web", "exitCode", "3")
	died.By = api.ByItself
	d.Happen(ev("start", "web", "tier", "front"), died, ev("start", "\x1b[2Jdb"),
		api.Event{At: at, Type: api.EventImage, Action: "delete", ID: "nginx:1.27", Attributes: map[string]string{"name": "nginx:1.27"}})
	stamp := at.Local().Format(logTime)
	for line, want := range map[string]string{
		"events --until -50ms -f event=die":                   stamp + " container die abc (exitCode=3, image=nginx:1.27, name=web, by=itself)\n",
		"events --until -50ms -f container=web -f label=tier": stamp + " container start abc (image=nginx:1.27, name=web, tier=front)\n",
		"events --until -50ms -f type=image -f image=nginx":   stamp + " image delete nginx:1.27 (name=nginx:1.27)\n",
		"events --until -50ms -f label=tier=back":             "",
	} {
		if got := d.gantry(strings.Fields(line)...); got.code != 0 || got.out != want {
			t.Errorf("%s: %d %q %s\nwant %q", line, got.code, got.out, got.err, want)
		}
	}
	if got := d.gantry("events", "--until", "-50ms"); strings.Count(got.out, "\n") != 4 || strings.Contains(got.out, "\x1b") {
		t.Errorf("%q", got.out)
	}
	var shape struct {
		Type, Action string
		Actor        struct{ Attributes map[string]string }
		TimeNano     int64 `json:"timeNano"`
		By           string
	}
	got := d.gantry("events", "--until", "-50ms", "-f", "event=die", "--format", "json")
	if err := json.Unmarshal([]byte(got.out), &shape); err != nil || shape.Action != "die" || shape.Actor.Attributes["exitCode"] != "3" || shape.TimeNano != at.UnixNano() || shape.By != api.ByItself {
		t.Errorf("%v %+v", err, shape)
	}
	for line, says := range map[string]string{
		"events --since 1h": "keeps no past events", "events -f network=x": "the key must be", "events -f x": "KEY=VALUE", "events --until soon": "must be a date",
	} {
		if got := d.gantry(strings.Fields(line)...); got.code != 1 || !strings.Contains(got.err, says) {
			t.Errorf("%s: %+v", line, got)
		}
	}
}

func TestMomentsAreReadAsByDocker(t *testing.T) {
	d := sit(t)
	p := &program{Deps: Deps{Now: d.Now}}
	for s, want := range map[string]time.Time{
		"10m": d.Now().Add(-10 * time.Minute), "2026-03-01T11:00:00Z": time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC),
		"2026-02-28": time.Date(2026, 2, 28, 0, 0, 0, 0, time.Local), "1700000000": time.Unix(1700000000, 0), "1700000000.5": time.Unix(1700000000, 5e8), "": {},
	} {
		if got, err := p.moment("since", s); err != nil || !got.Equal(want) {
			t.Errorf("%q: %s, %v", s, got, err)
		}
	}
}
