// Package themes turns palettes into styles and glyph sets.
//
// A palette is data: about 25 roles ("accent", "border", "running") with a colour each,
// in TOML, parsed strictly. Styles is what screens draw with: ready lipgloss styles by
// role, the glyphs, and the mark of every container state. Meaning is never colour
// alone: each state has a glyph and a word, focus has a filled title mark and the
// selected row a bar, so the screens also work without any colour (Mono) and in ASCII.
// No style paints a background except where two colours are the point: the focused
// button and a search match.
package themes
