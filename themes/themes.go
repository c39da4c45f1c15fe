// Package themes turns palettes into styles and glyph sets.
package themes

// Styles is everything a screen draws with.
type Styles struct{}
