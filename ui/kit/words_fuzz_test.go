package kit

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
)

// FuzzExamine: whatever a container's end was, what is said of it is safe and one line.
func FuzzExamine(f *testing.F) {
	f.Add("exited", 137, true, true, int64(64<<20), "", int64(3600), "sh")
	f.Add("exited", -1, true, false, int64(-1), "runc: \x1b[2J\nno", int64(-5), "\x00")
	f.Add("created", 127, false, false, int64(0), "exec: \u202e", int64(0), "")
	f.Add("dead", 255, true, true, int64(1)<<62, "", int64(1)<<40, "a\tb")
	f.Fuzz(func(t *testing.T, state string, code int, known, oom bool, limit int64, why string, ran int64, command string) {
		at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		c := api.Container{
			ID: "0123456789abcdef", Name: command, State: api.State(state), ExitCode: code, ExitKnown: known, OOMKilled: oom, MemoryLimit: limit,
			Error: why, StartedAt: at, FinishedAt: at.Add(time.Duration(ran)), Command: []string{command},
		}
		p := Examine(c)
		for _, s := range []string{p.Short, p.Full, p.Hint} {
			oneSafeLine(t, s)
		}
		if p.Full != "" && strings.HasSuffix(p.Full, ".") && !strings.HasSuffix(Clean(why), ".") {
			t.Errorf("a sentence with a full stop: %q", p.Full)
		}
		if (c.State == api.StateExited || c.State == api.StateDead) && p.Full == "" {
			t.Errorf("%+v has ended, and nothing is said of it", c)
		}
		if p.Fine && known && code != 0 && c.State == api.StateExited && p.Hint == "" && p.Full == "" {
			t.Errorf("code %d is fine without a word", code)
		}
	})
}

// FuzzExplain: whatever went wrong, there is a title, and all of it can be shown.
func FuzzExplain(f *testing.F) {
	f.Add(0, "nginx:1.27", "registry.example", "429 \x1b]0;x\x07")
	for kind := range 12 {
		f.Add(kind, "a\nb", "\xff", "\u202e")
	}
	f.Fuzz(func(t *testing.T, kind int, a, b, c string) {
		all := []error{
			&api.PullError{Ref: a, Registry: b, Cause: api.PullCause(c), Detail: c, Err: errors.New(b)},
			&api.PullError{Ref: a, Registry: b, Cause: api.PullPlatform, Platforms: []string{b, c}, Wanted: a},
			&api.PullError{Ref: a, Registry: b, Server: c, Cause: api.PullNoTag, Tags: []string{a, b, c}},
			&api.PullError{Ref: a, Registry: b, Server: c, Cause: api.PullRateLimit, Detail: c},
			&api.StartError{Name: a, Command: b, Cause: api.StartCause(c), Code: 127, Err: errors.New(c)},
			&api.StartError{Name: a, Command: b, Cause: api.CauseNotFound, Code: 127},
			&api.UnavailableError{Address: a, Cause: api.UnavailableCause(b), Detail: c, Err: errors.New(b)},
			&api.UnavailableError{Address: a, Cause: api.EngineFailed, Detail: c},
			&api.NotFoundError{Kind: a, Name: b}, &api.AmbiguousError{Prefix: a, IDs: []string{b, c}},
			&api.NameInUseError{Name: a}, api.FieldErrors{{Field: a, Reason: b, Fix: c}}, errors.New(a),
		}
		e := Explain(all[((kind%len(all))+len(all))%len(all)])
		if strings.TrimSpace(e.Title) == "" {
			t.Errorf("no title: %+v", e)
		}
		oneSafeLine(t, e.Title)
		for _, text := range []string{e.Detail, e.Fix} {
			for line := range strings.SplitSeq(text, "\n") {
				oneSafeLine(t, line)
			}
		}
	})
}

// oneSafeLine fails unless a text can be shown as it is, in one line.
func oneSafeLine(t *testing.T, s string) {
	t.Helper()
	if got := Clean(s); got != s {
		t.Errorf("%q would be shown as %q", s, got)
	}
	harmless(t, s, s)
}

// FuzzFit: a text in a box is exactly the box, and cut texts are within their width.
func FuzzFit(f *testing.F) {
	f.Add("日本語\nweb", 5, 3)
	f.Add("0本000", 5, 3)
	f.Add("e\u0301\u0301🇯🇵\t", 1, 1)
	f.Add("👩\u200d🚀", 0, -1)
	f.Fuzz(func(t *testing.T, s string, width, height int) {
		width, height = width%400, height%120
		s = CleanText(s)
		got := Fit(s, width, height)
		if width <= 0 || height <= 0 {
			if got != "" {
				t.Errorf("a box without cells holds %q", got)
			}
			return
		}
		lines := strings.Split(got, "\n")
		for _, l := range lines {
			if Width(l) != width || len(lines) != height {
				t.Errorf("%d×%d: %d lines, one of %d cells: %q", width, height, len(lines), Width(l), l)
			}
		}
		one := Clean(s)
		for _, cut := range []string{Truncate(one, width, "…"), TruncateLeft(one, width, "…"), FitLine(one, width)} {
			if Width(cut) > width {
				t.Errorf("%q cut to %d cells has %d: %q", one, width, Width(cut), cut)
			}
		}
		if Width(one) <= width && (Truncate(one, width, "…") != one || TruncateLeft(one, width, "…") != one) {
			t.Errorf("%q fits into %d cells, and was cut", one, width)
		}
		if l := Sides(one, "right", width, "…"); Width(l) != width {
			t.Errorf("%d cells of %d: %q", Width(l), width, l)
		}
	})
}
