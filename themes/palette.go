package themes

import (
	"embed"
	"errors"
	"fmt"
	"image/color"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/pelletier/go-toml/v2"
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

// file is a palette as it is written.
type file struct {
	Name       string            `toml:"name"`
	Dark       bool              `toml:"dark"`
	Background string            `toml:"background"`
	Colors     map[string]string `toml:"colors"`
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
		return Palette{}, fmt.Errorf("no theme %q; there are %s", name, strings.Join(Names(), ", "))
	}
	defer f.Close()
	return Parse(f)
}

// Parse reads a palette file. Keys that are unknown, missing or hold no colour are
// errors that name the key, all of them at once.
func Parse(r io.Reader) (Palette, error) {
	var f file
	dec := toml.NewDecoder(r).DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return Palette{}, fmt.Errorf("theme: %w", decodeError(err))
	}
	p := Palette{Name: f.Name, Dark: f.Dark, Background: Colour(f.Background), Colors: make(map[Role]Colour, len(f.Colors))}
	var errs []error
	if p.Name == "" {
		errs = append(errs, errors.New("name: missing"))
	}
	if err := p.Background.check(); err != nil || p.Background == "default" {
		errs = append(errs, errors.New("background: missing or not a colour: write #rrggbb or 0 to 15"))
	}
	for _, role := range Roles() {
		c, ok := f.Colors[string(role)]
		if !ok {
			errs = append(errs, fmt.Errorf("colors.%s: missing", role))
			continue
		}
		if err := Colour(c).check(); err != nil {
			errs = append(errs, fmt.Errorf("colors.%s: %w", role, err))
		}
		p.Colors[role] = Colour(c)
	}
	var unknown []string
	for k := range f.Colors {
		if !slices.Contains(Roles(), Role(k)) {
			unknown = append(unknown, k)
		}
	}
	slices.Sort(unknown)
	for _, k := range unknown {
		errs = append(errs, fmt.Errorf("colors.%s: no such role", k))
	}
	if len(errs) > 0 {
		return Palette{}, fmt.Errorf("theme %s: %w", f.Name, errors.Join(errs...))
	}
	return p, nil
}

// decodeError names the line, and the keys that do not belong there.
func decodeError(err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		var keys []string
		for _, e := range strict.Errors {
			keys = append(keys, strings.Join(e.Key(), "."))
		}
		return fmt.Errorf("no such key: %s", strings.Join(keys, ", "))
	}
	var de *toml.DecodeError
	if errors.As(err, &de) {
		row, col := de.Position()
		where := fmt.Sprintf("line %d, column %d", row, col)
		if key := strings.Join(de.Key(), "."); key != "" {
			where += ", " + key
		}
		return fmt.Errorf("%s: %w", where, err)
	}
	return err
}
