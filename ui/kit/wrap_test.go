package kit

import (
	"slices"
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"one two three", 20, []string{"one two three"}},
		{"one two three", 8, []string{"one two", "three"}},
		{"run nerdctl --address /run/x", 14, []string{"run nerdctl", "--address", "/run/x"}},
		{"/run/gantry/0a1b2c3d/containerd.sock", 24, []string{"/run/gantry/0a1b2c3d/", "containerd.sock"}},
		{"aaaaaaaaaaaa b", 5, []string{"aaaaa", "aaaaa", "aa b"}},
		{"日本語日本語", 5, []string{"日本", "語日", "本語"}},
		{"a\n\nb", 5, []string{"a", "", "b"}},
		{"  two words", 7, []string{"  two", "words"}},
		{"日", 1, []string{"日"}},
		{"x", 0, []string{"x"}},
	} {
		if got := Wrap(c.text, c.width); !slices.Equal(got, c.want) {
			t.Errorf("%q in %d: %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

// FuzzWrap looks for text that is lost, lines that are too long, and loops without an end.
func FuzzWrap(f *testing.F) {
	f.Add("run /a/b,c --flag", 7)
	f.Add("   日本語 x", 3)
	f.Add("\t\t\t", 23)
	f.Fuzz(func(t *testing.T, s string, width int) {
		if width < 2 || width > 200 || len(s) > 2000 {
			return
		}
		s = CleanText(s)
		lines := Wrap(s, width)
		for _, l := range lines {
			if Width(l) > width {
				t.Errorf("%q is wider than %d", l, width)
			}
		}
		bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got := bare(strings.Join(lines, "\n")); got != bare(s) {
			t.Errorf("%q became %q", s, lines)
		}
	})
}
