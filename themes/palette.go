package themes

import (
	"embed"
	"fmt"
	"image/color"
	"path"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
)

//go:embed palettes/*.toml
var files embed.FS

// The palettes that gantry falls back on.
const (
	Dark  = "dark"
	Light = "light"
	Basic = "basic" // the sixteen colours of every terminal, on black
)

// Palette is a set of colours by role.
type Palette struct {
	Name       string
	Dark       bool   // made for a dark background
	Background Colour // what it was made for; never painted, only contrast is computed against it
	Colors     map[Role]Colour
}

// Colour is "#rrggbb", the number of one of the terminal's sixteen colours ("0" to
// "15"), or "default" for the terminal's own text colour.
type Colour string

// Color is c for lipgloss. A colour of a parsed palette is always valid.
func (c Colour) Color() color.Color {
	if c == "default" {
		return lipgloss.NoColor{}
	}
	return lipgloss.Color(string(c))
}

func (c Colour) check() error {
	if c == "default" {
		return nil
	}
	if h, ok := strings.CutPrefix(string(c), "#"); ok && len(h) == 6 {
		if _, err := strconv.ParseUint(h, 16, 32); err == nil {
			return nil
		}
	}
	if n, err := strconv.Atoi(string(c)); err == nil && n >= 0 && n <= 15 && strconv.Itoa(n) == string(c) {
		return nil
	}
	return fmt.Errorf("%q is not a colour: write #rrggbb, 0 to 15, or default", string(c))
}

// Names are the names of the palettes that gantry brings, sorted.
func Names() []string {
	entries, err := files.ReadDir("palettes")
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".toml"))
	}
	return names
}

// Load is one of the palettes that gantry brings. The error of an unknown name lists the known ones.
func Load(name string) (Palette, error) {
	f, err := files.Open(path.Join("palettes", name+".toml"))
	if err != nil || name == "" {
		return Palette{}, unknown(name, Names())
	}
	defer f.Close()
	return Parse(f)
}
