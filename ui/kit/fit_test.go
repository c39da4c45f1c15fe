package kit

import (
	"math/rand/v2"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"gantry/themes"
)

// exact fails unless s is exactly width × height cells.
func exact(t *testing.T, what, s string, width, height int) {
	t.Helper()
	if width <= 0 || height <= 0 {
		if s != "" {
			t.Errorf("%s at %d×%d: %q", what, width, height, s)
		}
		return
	}
	lines := strings.Split(s, "\n")
	if len(lines) != height {
		t.Errorf("%s at %d×%d has %d lines", what, width, height, len(lines))
	}
	for _, l := range lines {
		if w := lipgloss.Width(l); w != width {
			t.Errorf("%s at %d×%d has a line of %d: %q", what, width, height, w, l)
		}
	}
}

func TestFitIsExactAtAnySize(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	texts := []string{"", "one", "one\ntwo\nthree", "日本語日本語\n한글", "\x1b[31mred and long\x1b[0m\nx", strings.Repeat("long ", 80)}
	st := themes.Default(true)
	for i := range 200 {
		w, h := r.IntN(90)-1, r.IntN(40)-1
		text := texts[i%len(texts)]
		exact(t, "Fit", Fit(text, w, h), w, h)
		f := Frame{Title: text[:min(3, len(text))], Note: "all · by state", Right: "6", Focused: i%2 == 0}
		exact(t, "Box", Box(st, f, text, w, h), w, h)
		exact(t, "Sides", Sides("left side", "right", w, "…"), w, min(1, max(0, w)))
	}
}

func TestBoxLooksAsDrawn(t *testing.T) {
	st := themes.Default(true)
	for _, c := range []struct {
		f    Frame
		w    int
		st   *themes.Styles
		want string
	}{
		{Frame{Title: "Containers", Note: "all · by state", Right: "6", Focused: true}, 44, st, "╭▐Containers▌ all · by state ─────────── 6 ╮"},
		{Frame{Title: "web"}, 20, st, "╭ web ─────────────╮"},
		{Frame{Title: "Containers", Note: "all · by state", Right: "6", Focused: true}, 24, st, "╭▐Containers▌─────── 6 ╮"},
		{Frame{Title: "Containers", Right: "6", Focused: true}, 10, st, "╭▐Conta…▌╮"},
		{Frame{}, 6, st, "╭────╮"},
		{Frame{Title: "web", Right: "3", Focused: true}, 16, themes.Mono(themes.Options{ASCII: true}), "+[web]------ 3 +"},
	} {
		top, _, _ := strings.Cut(Box(c.st, c.f, "", c.w, 3), "\n")
		if got := ansi.Strip(top); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestCutting(t *testing.T) {
	for _, c := range []struct{ what, got, want string }{
		{"fits", Truncate("nginx", 5, "…"), "nginx"},
		{"cut", Truncate("nginx:1.27", 6, "…"), "nginx…"},
		{"cut at a wide sign", Truncate("日本語", 4, "…"), "日…"},
		{"no room", Truncate("nginx", 0, "…"), ""},
		{"room for the tail alone", Truncate("nginx", 1, "…"), "…"},
		{"cut on the left", TruncateLeft("/var/lib/gantry", 8, "…"), "…/gantry"},
		{"padded", Pad("ab", 4), "ab  "},
		{"padded left", PadLeft("12.4M", 7), "  12.4M"},
		{"pad never cuts", Pad("abc", 2), "abc"},
		{"centred", Center("ab", 5), " ab  "},
		{"both sides", Sides("nginx", "from the image", 22, "…"), "nginx   from the image"},
		{"the left gives way", Sides("a long command", "right", 12, "…"), "a lon… right"},
		{"the right goes", Sides("left", "right", 5, "…"), "left "},
		{"a wide sign at the edge", FitLine("日本", 3), "日 "},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
		}
	}
}

func BenchmarkBox(b *testing.B) {
	st := themes.Default(true)
	body := strings.Repeat(st.Text.Render(strings.Repeat("x", 100))+"\n", 34)
	for b.Loop() {
		Box(st, Frame{Title: "Containers", Focused: true}, body, 120, 36)
	}
}
