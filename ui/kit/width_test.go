package kit

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestWidthIsThatOfTheClusters(t *testing.T) {
	pieces := []string{
		"a", " ", "~", "Running", "\x1b[1;38;2;240;180;41m", "\x1b[m", "\x1b[0m", "\x1b[4:3m", "│", "─", "╭", "▌", "▏", "█", "●", "◌", "◐",
		"✓", "✗", "…", "→", "·", "–", "▸", "◂", "▴", "▾", "↵", "↶",
		"é", "e\u0301", "●\ufe0f", "✓\u200d", "世", "👩‍👧", "🇩🇪", "▶", "◽", "\u202e", "\t", "\x1b]0;title\x07", "\x1b[2J", "\x1b[", "\x1b", "\xff", "\u0600", "\u200d", "\ufe0e",
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var b strings.Builder
		for range r.IntN(8) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		if got, want := Width(b.String()), ansi.StringWidth(b.String()); got != want {
			t.Fatalf("%q: %d cells, not %d", b.String(), got, want)
		}
	}
	for c := rune(0x80); c < 0x30000; c++ {
		if oneCell(c) && ansi.StringWidth(string(c)) != 1 {
			t.Errorf("%q (%U) is not one cell", c, c)
		}
	}
}
