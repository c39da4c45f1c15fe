package containers

import (
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/store"
)

func TestWhatAKeyMeans(t *testing.T) {
	box := func(s api.State) Row {
		return Row{ID: "a", Container: api.Container{Name: "web", State: s, Owner: api.OwnerGantry}}
	}
	failed := Row{ID: "job 1", Pending: &store.Pending{Name: "web", Failed: "pull"}}
	coming := Row{ID: "job 1", Pending: &store.Pending{Name: "web"}}
	busy := box(api.StateRunning)
	busy.Doing = "stopping"
	tests := []struct {
		a    keymap.Action
		r    Row
		want Verb
	}{
		{keymap.ContainerStartStop, box(api.StateRunning), VerbStop},
		{keymap.ContainerStartStop, box(api.StatePaused), VerbStop},
		{keymap.ContainerStartStop, box(api.StateCreated), VerbStart},
		{keymap.ContainerStartStop, box(api.StateExited), VerbStart},
		{keymap.ContainerStartStop, box(api.StateUnknown), ""},
		{keymap.ContainerStartStop, busy, ""},
		{keymap.ContainerStartStop, coming, ""},
		{keymap.ContainerKill, box(api.StateRunning), VerbKill},
		{keymap.ContainerKill, box(api.StateExited), ""},
		{keymap.ContainerRemove, box(api.StateExited), VerbRemove},
		{keymap.ContainerRemove, failed, VerbDismiss},
		{keymap.ContainerRemove, coming, ""},
		{keymap.JobCancel, coming, VerbCancel},
		{keymap.JobCancel, failed, ""},
		{keymap.ContainerLogs, busy, VerbLogs},
		{keymap.ContainerLogs, coming, ""},
		{keymap.ContainerNew, failed, VerbMend},
		{keymap.ContainerNew, coming, VerbNew},
		{keymap.ContainerDetail, failed, VerbDetail},
		{keymap.ContainerCopy, box(api.StateExited), VerbCopy},
	}
	for _, tt := range tests {
		got, why := verb(tt.a, tt.r, true)
		if got != tt.want {
			t.Errorf("%s on %+v is %q, want %q", tt.a, tt.r, got, tt.want)
		}
		if got == "" && why == "" && tt.a != keymap.JobCancel {
			t.Errorf("%s on %+v is refused without a reason", tt.a, tt.r)
		}
	}
	if v, why := verb(keymap.ContainerStartStop, Row{}, false); v != "" || why == "" {
		t.Errorf("without a row: %q, %q", v, why)
	}
}

func TestShortImage(t *testing.T) {
	digest := "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for ref, want := range map[string]string{
		"docker.io/library/nginx:1.27":          "nginx:1.27",
		"docker.io/library/nginx:latest":        "nginx",
		"docker.io/grafana/grafana:11":          "grafana/grafana:11",
		"localhost:5000/app:latest":             "localhost:5000/app",
		"localhost:5000/app" + digest:           "localhost:5000/app@0123456789ab",
		"docker.io/library/nginx:1.27" + digest: "nginx:1.27",
		"":                                      "",
	} {
		if got := kit.ShortImage(ref); got != want {
			t.Errorf("%q is shown as %q, want %q", ref, got, want)
		}
	}
}

func TestALongImageKeepsItsNameAndTag(t *testing.T) {
	for _, c := range []struct {
		ref   string
		width int
		want  string
	}{
		{"registry.example.com:5000/team/project/app:3", 30, "…/team/project/app:3"},
		{"registry.example.com:5000/team/project/app:3", 16, "…/project/app:3"},
		{"registry.example.com:5000/team/project/app:3", 12, "…/app:3"},
		{"registry.example.com:5000/team/project/app:3", 5, "…pp:3"},
		{"a-very-long-name-of-an-image:17.2", 12, "…-image:17.2"},
		{"nginx:1.27", 12, "nginx:1.27"},
	} {
		if got := c.ref; kit.Width(got) > c.width {
			if got = fitImage(c.ref, c.width, "…"); got != c.want {
				t.Errorf("%s in %d: %q, want %q", c.ref, c.width, got, c.want)
			}
		}
	}
}

func TestAgesAreRewrittenWhenTheirTextChanges(t *testing.T) {
	for _, d := range []time.Duration{0, 59 * time.Second, time.Minute, 59 * time.Minute, time.Hour, 47 * time.Hour, 48 * time.Hour, 1000 * 24 * time.Hour} {
		left := ageUnit(d) - d%ageUnit(d)
		if ageStep(d) == ageStep(d+left) {
			t.Errorf("an age of %v has the same step after %v", d, left)
		}
		if ageStep(d) != ageStep(d+left-1) {
			t.Errorf("an age of %v has another step before %v have passed", d, left)
		}
	}
}
