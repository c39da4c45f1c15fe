package chart_test

import (
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"gantry/themes"
	"gantry/ui/widget/chart"
)

func TestLines(t *testing.T) {
	gap := math.NaN()
	for name, c := range map[string]struct {
		values        []float64
		top           float64
		width, height int
		want          string
	}{
		"newest on the right":       {[]float64{4, 8}, 8, 4, 1, "  ▄█"},
		"older ones leave":          {[]float64{8, 0, 4}, 8, 2, 1, "▁▄"},
		"two rows":                  {[]float64{4, 6, 8}, 8, 3, 2, " ▄█|███"},
		"zero is seen, a gap not":   {[]float64{0, gap, 0}, 8, 3, 1, "▁ ▁"},
		"what is above top is full": {[]float64{100}, 8, 1, 2, "█|█"},
		"the least is seen":         {[]float64{0.01}, 100, 1, 2, " |▁"},
		"no values":                 {nil, 1, 3, 1, "   "},
		"no room":                   {[]float64{1}, 1, 0, 1, ""},
	} {
		got := ansi.Strip(strings.Join(chart.Lines(themes.Default(true), c.values, c.top, c.width, c.height), "|"))
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestScales(t *testing.T) {
	for v, want := range map[float64]float64{0: 1, 0.3: 1, 1: 1, 1.2: 2, 3: 5, 7: 10, 50: 50, 51: 100, 101: 200, 399: 500, 1000: 1000} {
		if got := chart.Round(v, 1); math.Abs(got-want) > want/1e9 {
			t.Errorf("Round(%v) = %v, want %v", v, got, want)
		}
	}
	for v, want := range map[float64]float64{0: 1024, 1024: 1024, 1025: 2048, 5000: 8192} {
		if got := chart.RoundBinary(v, 1024); got != want {
			t.Errorf("RoundBinary(%v) = %v, want %v", v, got, want)
		}
	}
	if got := chart.Highest([]float64{1, math.NaN(), 3, 2}); got != 3 {
		t.Errorf("Highest: %v", got)
	}
}
