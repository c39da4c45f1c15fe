package option

import (
	_ "embed"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// manuals are lines in the shapes that the manuals of well-known images use, each with the
// options that Docker reads out of it, in the order of the line.
//
//go:embed testdata/manuals.txt
var manuals string

// Lines as manuals have them are read as Docker reads them. What the table does not have yet
// is left over by name.
func TestFromLineReadsManuals(t *testing.T) {
	blocks := strings.Split(strings.TrimPrefix(manuals, "== "), "\n== ")
	if len(blocks) < 100 {
		t.Errorf("only %d lines", len(blocks))
	}
	for _, block := range blocks {
		name, rest, _ := strings.Cut(block, "\n")
		text, options, _ := strings.Cut(rest, "\n--\n")
		t.Run(name, func(t *testing.T) {
			p, err := FromLine(text)
			if err != nil {
				t.Fatal(err)
			}
			var want Draft
			var later []string
			for line := range strings.Lines(options) {
				k, v, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
				if _, ok := Find(Key(k)); !ok {
					later = append(later, k)
					continue
				}
				want.Add(Key(k), v)
			}
			if diff := cmp.Diff(want.Entries(), p.Draft.Entries()); diff != "" {
				t.Errorf("%s\n(-Docker +got)\n%s", text, diff)
			}
			var left []string
			for _, l := range p.Leftovers {
				if l.Kind == LeftoverOption {
					left = append(left, l.Text)
				}
			}
			if len(left) != len(later) {
				t.Errorf("left over %q, want %q", left, later)
			}
			placed(t, text, p)
			roundTrip(t, p.Draft)
		})
	}
}
