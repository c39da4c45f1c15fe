package bar

import (
	"math"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"gantry/themes"
)

func TestView(t *testing.T) {
	ascii := themes.Mono(themes.Options{ASCII: true})
	for _, c := range []struct {
		st       *themes.Styles
		fraction float64
		width    int
		want     string
	}{
		{themes.Default(true), 0, 4, "····"},
		{themes.Default(true), 1, 4, "████"},
		{themes.Default(true), 0.5, 4, "██··"},
		{themes.Default(true), 0.62, 20, "████████████▍·······"},
		{themes.Default(true), 0.9999, 4, "███▉"}, // full only when it is done
		{themes.Default(true), 0.01, 4, "····"},   // less than an eighth of a cell
		{themes.Default(true), 2, 2, "██"},
		{themes.Default(true), -1, 2, "··"},
		{themes.Default(true), math.NaN(), 2, "··"},
		{themes.Default(true), 0.5, 0, ""},
		{themes.Default(true), 0.5, -3, ""},
		{ascii, 0.5, 4, "##.."},
		{ascii, 0.62, 4, "##.."},
		{ascii, 0.65, 4, "##.."},
		{ascii, 0.9999, 4, "###."},
	} {
		if got := ansi.Strip(View(c.st, c.fraction, c.width)); got != c.want {
			t.Errorf("%v of %d: %s, want %s", c.fraction, c.width, got, c.want)
		}
	}
}

func TestItsWidthAndNeverShrinks(t *testing.T) {
	st := themes.Default(true)
	for width := 1; width < 40; width++ {
		last := -1
		for i := range 400 {
			s := View(st, float64(i)/400, width)
			if lipgloss.Width(s) != width {
				t.Fatalf("%d of 400 in %d cells is %d wide", i, width, lipgloss.Width(s))
			}
			full, part := split(float64(i)/400, width)
			if full*8+part < last {
				t.Fatalf("it shrinks at %d of 400", i)
			}
			last = full*8 + part
		}
	}
}
