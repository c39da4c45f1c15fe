package app_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/ui/jobs"
)

// nasty makes what would spoil a screen. The same seed makes the same.
type nasty struct {
	*rand.Rand
	now time.Time
}

// pieces are signs that are wide, that combine, that turn text around, that move the
// cursor, and some that measure otherwise in one place than in another.
func pieces() []string {
	return []string{
		"web", "a", " ", "  ", "日本語", "한글", "e\u0301\u0302\u0303", "👩\u200d🚀", "❤\ufe0f", "🇯🇵", "🇩", "\u202eנגד\u202c", "שלום", "مرحبا", "नमस्ते", "กำ",
		"\x1b[31m", "\x1b]0;owned\x07", "\x1b[2J\x1b[H", "\u009b31m", "\x9b", "\xff\xfe", "\x00", "\t", "\n", "\r\n", "\u2028", "\u0085", "\u00ad", "\u200b", "\ufeff",
		"\u3000", "ｗｉｄｅ", "\u1100\u1161\u11a8", "1\ufe0f\u20e3", "\U0001f9d1\u200d\U0001f9d1", "\ufdfd", "\U0001242b", "─│╭╮", "…",
	}
}

// text is up to n pieces, now and then very many.
func (r nasty) text(n int) string {
	all := pieces()
	count := r.IntN(n + 1)
	if r.IntN(20) == 0 {
		count = 400
	}
	var b strings.Builder
	for range count {
		b.WriteString(all[r.IntN(len(all))])
	}
	return b.String()
}

func (r nasty) texts(most, n int) []string {
	out := make([]string, r.IntN(most+1))
	for i := range out {
		out[i] = r.text(n)
	}
	return out
}

// size is a box between 0 × 0 and 300 × 100, often a very small one.
func (r nasty) size() (w, h int) {
	if r.IntN(3) == 0 {
		return r.IntN(12), r.IntN(6)
	}
	return r.IntN(301), r.IntN(101)
}

// past is a moment that was; now and then none, or one that is still to come.
func (r nasty) past() time.Time {
	switch r.IntN(8) {
	case 0:
		return time.Time{}
	case 1:
		return r.now.Add(time.Hour)
	}
	return r.now.Add(-time.Duration(r.Int64N(int64(1000 * 24 * time.Hour))))
}

func (r nasty) err() error {
	if r.IntN(2) == 0 {
		return nil
	}
	return errors.New(r.text(12))
}

func (r nasty) container(id string) api.Container {
	states := []api.State{
		api.StateCreated, api.StateRunning, api.StatePaused, api.StateExited, api.StateDead, api.StateRestarting,
		api.StateRemoving, api.StateUnknown, api.State(r.text(3)),
	}
	return api.Container{
		ID: id, Name: r.text(6), Image: r.text(8), Command: r.texts(3, 4), State: states[r.IntN(len(states))], ExitCode: r.IntN(300),
		ExitKnown: r.IntN(3) > 0, OOMKilled: r.IntN(4) == 0, MemoryLimit: r.Int64(), Error: r.text(2), CreatedAt: r.past(),
		StartedAt: r.past(), FinishedAt: r.past(),
	}
}

func (r nasty) trace() path.Trace {
	states := []path.State{path.Waiting, path.Running, path.Done, path.Skipped, path.Failed, path.Undone}
	t := path.Trace{ID: "t", Operation: r.text(2), Name: r.text(4), Started: r.past(), Ended: r.past(), Error: r.text(6)}
	for range r.IntN(30) {
		t.Steps = append(t.Steps, path.Step{
			Name: r.text(3), State: states[r.IntN(len(states))], Start: r.past(), Duration: time.Duration(r.Int64N(1 << 50)),
			Detail: r.text(6), Error: r.text(4),
		})
	}
	return t
}

func (r nasty) pull() *api.PullProgress {
	states := []api.LayerState{
		api.LayerWaiting, api.LayerDownloading, api.LayerDownloaded, api.LayerUnpacking, api.LayerDone, api.LayerExists, "odd",
	}
	phases := []api.PullPhase{api.PullResolving, api.PullDownloading, api.PullUnpacking, api.PullDone, api.PullFailed}
	p := &api.PullProgress{
		Ref: r.text(6), Platform: r.text(2), Phase: phases[r.IntN(len(phases))], Total: r.Int64(), Downloaded: r.Int64(), Unpacked: r.Int64(),
		BytesPerSec: r.ExpFloat64() * 1e9, Left: time.Duration(r.Int64()), Started: r.past(), LastByte: r.past(), Source: r.text(4), Note: r.text(5),
	}
	for range r.IntN(40) {
		p.Layers = append(p.Layers, api.LayerProgress{
			Digest: r.text(5), Size: r.Int64(), Offset: r.Int64(), Unpacked: r.Int64(), State: states[r.IntN(len(states))],
		})
	}
	return p
}

func (r nasty) job(id int) jobs.Job {
	kinds := []jobs.Kind{jobs.Create, jobs.Run, jobs.Start, jobs.Stop, jobs.Kill, jobs.Remove, jobs.Pull}
	j := jobs.Job{
		ID: jobs.ID(id), Kind: kinds[r.IntN(len(kinds))], Name: r.text(6), Image: r.text(6), Container: r.text(2), Started: r.past(), Asked: r.IntN(4) == 0,
	}
	if r.IntN(2) == 0 {
		j.Ended, j.Err = r.past(), r.err()
	}
	j.Trace = r.trace()
	if r.IntN(2) == 0 {
		j.Pull = r.pull()
	}
	return j
}
