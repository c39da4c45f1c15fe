package kit

import "unicode"

// invisible reports whether r draws nothing by itself and is used to fool readers or
// terminals: direction marks, joiners, variation selectors, fillers, tags, private
// annotations. What needs them looks a little different without them; what hides
// behind them does not hide any more.
func invisible(r rune) bool {
	if r < 0xad {
		return false
	}
	return unicode.Is(unseen, r)
}

// unseen lists those characters: Unicode's Cf and Default_Ignorable_Code_Point, the
// variation selectors and the emoji skin tones, whose width terminals do not agree on.
var unseen = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x00ad, 0x00ad, 1}, {0x034f, 0x034f, 1}, {0x0600, 0x0605, 1}, {0x061c, 0x061c, 1}, {0x06dd, 0x06dd, 1},
		{0x070f, 0x070f, 1}, {0x0890, 0x0891, 1}, {0x08e2, 0x08e2, 1}, {0x115f, 0x1160, 1}, {0x17b4, 0x17b5, 1},
		{0x180b, 0x180f, 1}, {0x200b, 0x200f, 1}, {0x202a, 0x202e, 1}, {0x2060, 0x206f, 1}, {0x3164, 0x3164, 1},
		{0xfe00, 0xfe0f, 1}, {0xfeff, 0xfeff, 1}, {0xffa0, 0xffa0, 1}, {0xfff0, 0xfffb, 1},
	},
	R32: []unicode.Range32{
		{0x110bd, 0x110bd, 1}, {0x110cd, 0x110cd, 1}, {0x13430, 0x1345f, 1}, {0x1bca0, 0x1bca3, 1},
		{0x1d173, 0x1d17a, 1}, {0x1f3fb, 0x1f3ff, 1}, {0xe0000, 0xe0fff, 1},
	},
	LatinOffset: 1,
}
