package pull_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/jobs"
	"gantry/ui/kit"
	"gantry/ui/pane/pull"
	"gantry/ui/uitest"
)

// now is the moment of all tests here.
func now() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func env() *kit.Env {
	return &kit.Env{Keys: keymap.Default(), Styles: themes.Default(true), Now: now}
}

// pulled is a job that is pulling an image.
func pulled(p api.PullProgress) jobs.Job {
	return jobs.Job{ID: 1, Kind: jobs.Pull, Name: "api", Started: now(), Snap: jobs.Snap{Pull: &p}}
}

func TestWhatAPullSays(t *testing.T) {
	layers := func(states ...api.LayerState) []api.LayerProgress {
		var out []api.LayerProgress
		for i, s := range states {
			out = append(out, api.LayerProgress{Digest: "sha256:" + strings.Repeat(string(rune('a'+i)), 64), Size: 1_000_000, State: s})
		}
		return out
	}
	tests := []struct {
		name string
		p    api.PullProgress
		want []string
		not  []string
	}{
		{"before the registry has answered", api.PullProgress{Ref: "app:3", Phase: api.PullResolving, Started: now()}, []string{"app:3", "asking the registry"}, nil},
		{"when the registry does not answer", api.PullProgress{Ref: "app:3", Phase: api.PullResolving, Started: now().Add(-4 * time.Second)}, []string{"waiting for the registry 4 s"}, []string{"asking"}},
		{"when bytes come", api.PullProgress{Ref: "app:3", Phase: api.PullDownloading, Total: 66_000_000, Downloaded: 41_200_000, Unpacked: 40_000_000, BytesPerSec: 18_300_000, Left: time.Second, LastByte: now(), Layers: layers(api.LayerDownloading, api.LayerExists)},
			[]string{"62%", "41.2 / 66.0 MB", "18.3 MB/s", "1 s left", "1 of 2 layers", "1 already here"}, []string{"waiting for"}},
		{"when none has come for a while", api.PullProgress{Ref: "app:3", Phase: api.PullDownloading, Total: 10, Downloaded: 5, BytesPerSec: 1000, LastByte: now().Add(-3 * time.Second), Layers: layers(api.LayerDownloading)},
			[]string{"waiting for the registry 3 s"}, []string{"kB/s"}},
		{"when all is here and only unpacked", api.PullProgress{Ref: "app:3", Phase: api.PullUnpacking, Total: 10, Downloaded: 10, LastByte: now().Add(-time.Minute), Layers: layers(api.LayerUnpacking)},
			[]string{"unpacking"}, []string{"waiting for"}},
		{"when the registry asks to wait", api.PullProgress{Ref: "app:3", Phase: api.PullResolving, Started: now(), Note: "r.example asks to wait 5 s\x1b[31m"},
			[]string{"r.example asks to wait 5 s"}, []string{"asking the registry", "31m"}},
		{"when a mirror serves it", api.PullProgress{Ref: "app:3", Phase: api.PullDownloading, Total: 10, Downloaded: 5, LastByte: now(), Source: "mirror:5000", Layers: layers(api.LayerDownloading)},
			[]string{"0 of 1 layers from mirror:5000"}, nil},
		{"when there are many layers", api.PullProgress{Ref: "app:3", Phase: api.PullDownloading, Total: 10, LastByte: now(), Layers: layers(api.LayerDownloading, api.LayerDownloading, api.LayerDownloading, api.LayerDownloading, api.LayerDownloading, api.LayerDownloading, api.LayerWaiting)},
			[]string{"2 more on their way", "1 waiting", "dddddddd"}, []string{"eeeeeeee"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := pull.New(env())
			p.SetSize(120, 12)
			p.SetJobs([]jobs.Job{pulled(tt.p)})
			screen := uitest.Plain(p.View(), 120, 12)
			for _, w := range tt.want {
				if !strings.Contains(screen, w) {
					t.Errorf("%q is missing:\n%s", w, screen)
				}
			}
			for _, n := range tt.not {
				if strings.Contains(screen, n) {
					t.Errorf("%q is there:\n%s", n, screen)
				}
			}
		})
	}
}

// some is a job of each kind there is to draw.
func some() []jobs.Job {
	failed := path.Trace{ID: "f", Steps: []path.Step{{Name: "pull", State: path.Failed}}}
	return []jobs.Job{
		pulled(api.PullProgress{Ref: strings.Repeat("long/", 20) + "日本:3", Phase: api.PullDownloading, Total: 10, Downloaded: 5, LastByte: now(), Layers: []api.LayerProgress{{Digest: "sha256:日本語", Size: 10, Offset: 5, State: api.LayerDownloading}}}),
		{ID: 2, Kind: jobs.Stop, Name: "web", Started: now().Add(-time.Minute), Snap: jobs.Snap{Trace: path.Trace{Steps: []path.Step{{Name: "exit", State: path.Running, Detail: "\x1b[31mx"}}}}},
		{ID: 3, Kind: jobs.Run, Name: "bad", Started: now(), Ended: now(), Err: errors.New("boom"), Snap: jobs.Snap{Trace: failed}},
		{ID: 4, Kind: jobs.Create, Name: "good", Started: now(), Ended: now().Add(time.Second)},
	}
}

func TestEveryBoxIsFilledExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	p := pull.New(env())
	for range 300 {
		w, h := r.IntN(140), r.IntN(20)
		p.SetSize(w, h)
		p.SetFocus(r.IntN(2) == 0)
		p.SetJobs(some()[:r.IntN(5)])
		p.Do([]keymap.Action{keymap.Up, keymap.Down, keymap.Bottom}[r.IntN(3)])
		box(t, p.View(), w, h)
		if w > 0 {
			box(t, p.Strip(w), w, 1)
		}
	}
}

// box fails unless s is exactly w × h cells.
func box(t *testing.T, s string, w, h int) {
	t.Helper()
	if w == 0 || h == 0 {
		if s != "" {
			t.Fatalf("a box of %d×%d holds %q", w, h, s)
		}
		return
	}
	lines := strings.Split(s, "\n")
	if len(lines) != h {
		t.Fatalf("%d lines in a box of %d×%d", len(lines), w, h)
	}
	for _, l := range lines {
		if lipgloss.Width(l) != w {
			t.Fatalf("a line of %d cells in a box of %d×%d: %q", lipgloss.Width(l), w, h, l)
		}
	}
}

func TestWhatRunsStaysInSightAboveWhatHasEnded(t *testing.T) {
	all := some()
	p := pull.New(env())
	p.SetSize(100, 12)
	p.SetJobs([]jobs.Job{all[2], all[3], all[1]})
	screen := uitest.Plain(p.View(), 100, 12)
	if strings.Index(screen, "web") > strings.Index(screen, "bad") {
		t.Errorf("what has ended stands above what runs:\n%s", screen)
	}
}
