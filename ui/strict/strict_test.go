package strict

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadKeepsOrderLinesAndTypes(t *testing.T) {
	got, err := Read(strings.NewReader("# a comment\ntheme = \"dark\"\n\n[confirm]\nstop = true\n\n[keys.\"a b\"]\n\"x.y\" = [\"d\"]\nn = 3\nt = { a = 1 }\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{
		{"", "theme", 2, "dark"},
		{"confirm", "stop", 5, true},
		{"keys.a b", "x.y", 8, []any{"d"}},
		{"keys.a b", "n", 9, int64(3)},
		{"keys.a b", "t", 10, map[string]any{"a": int64(1)}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestWhatIsNotTOMLIsNamedWithItsLine(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"half a line":         {"a = 1\nb = \n", 2},
		"a key given twice":   {"a = 1\nb = 2\na = 3\n", 3},
		"a table given twice": {"[a]\n[b]\n[a]\n", 3},
	} {
		_, err := Read(strings.NewReader(c.text))
		var p Problems
		if !errors.As(err, &p) || len(p) != 1 || p[0].Line != c.line {
			t.Errorf("%s: %v, want line %d", name, err, c.line)
		}
	}
	if _, err := Read(strings.NewReader(strings.Repeat("#", Most+1))); err == nil {
		t.Error("a file of more than a megabyte was read")
	}
}

func TestProblemsComeInTheOrderOfTheirLines(t *testing.T) {
	var p Problems
	p.Add(7, "seven")
	p.Add(0, "all")
	p.Add(3, "three of %d", 4)
	if got := p.Err().Error(); got != "all\nline 3: three of 4\nline 7: seven" {
		t.Errorf("got %q", got)
	}
	if Problems(nil).Err() != nil {
		t.Error("no problems are an error")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("theme = \"dark\"\n[a]\nb = [1, 2]\n[[c]]\nd = {e = 1}\n")
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, e := range entries {
			if e.Line < 1 || e.Line > strings.Count(text, "\n")+1 {
				t.Errorf("%s is said to be in line %d", e.Path(), e.Line)
			}
		}
	})
}
