package uitest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	_ "github.com/charmbracelet/x/exp/golden" // registers the flag -update, once for all who use it
	"github.com/google/go-cmp/cmp"
)

// Plain is content as it looks on a screen of width × height, without styles and
// without spaces at the ends of lines.
func Plain(content string, width, height int) string {
	drawn := lipgloss.NewCanvas(width, height).Compose(lipgloss.NewLayer(content)).Render()
	lines := strings.Split(ansi.Strip(drawn), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

// Screen is what is on the screen, without styles: a line for each row.
func (s *Stepper) Screen() string { return Plain(s.view.Content, s.w, s.h) }

// Line is one row of the screen, from 0.
func (s *Stepper) Line(n int) string {
	lines := strings.Split(s.Screen(), "\n")
	if n < 0 || n >= len(lines) {
		return ""
	}
	return lines[n]
}

// Has reports whether a text is on the screen, within one row.
func (s *Stepper) Has(text string) bool { return strings.Contains(s.Screen(), text) }

// Want fails unless all texts are on the screen, and shows it.
func (s *Stepper) Want(texts ...string) *Stepper {
	s.t.Helper()
	for _, text := range texts {
		if !s.Has(text) {
			s.t.Errorf("%q is not on the screen:\n%s", text, s.Screen())
		}
	}
	return s
}

// WantNot fails if one of the texts is on the screen, and shows it.
func (s *Stepper) WantNot(texts ...string) *Stepper {
	s.t.Helper()
	for _, text := range texts {
		if s.Has(text) {
			s.t.Errorf("%q is on the screen:\n%s", text, s.Screen())
		}
	}
	return s
}

// Golden compares the screen with testdata/<name>.golden.
func (s *Stepper) Golden(name string) *Stepper {
	s.t.Helper()
	Golden(s.t, name, s.Screen())
	return s
}

// Golden compares a screen with testdata/<name>.golden, a plain text; go test -update
// writes it.
func Golden(t testing.TB, name, screen string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	got := strings.TrimRight(screen, "\n") + "\n"
	if updating() {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; go test -update writes it. The screen:\n%s", err, got)
	}
	if string(want) != got {
		t.Errorf("the screen is not %s (- wanted, + is):\n%s\nthe screen:\n%s", file,
			cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")), got)
	}
}

func updating() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}
