package themes

import (
	"io"
	"slices"

	"gantry/ui/strict"
)

// Parse reads a palette file. Keys that are unknown, missing or hold no colour are
// strict.Problems that name line and key, all of them at once.
func Parse(r io.Reader) (Palette, error) {
	file, err := strict.Read(r)
	if err != nil {
		return Palette{}, err
	}
	p := parser{seen: map[string]bool{}, Palette: Palette{Colors: make(map[Role]Colour, len(Roles()))}}
	for _, e := range file {
		p.take(e)
	}
	p.missing()
	if err := p.wrong.Err(); err != nil {
		return Palette{}, err
	}
	return p.Palette, nil
}

// parser is a palette that is being read.
type parser struct {
	Palette
	seen  map[string]bool // keys that are there, right or wrong
	wrong strict.Problems
}

// take puts one line of the file into the palette.
func (p *parser) take(e strict.Entry) {
	p.seen[e.Path()] = true
	text, isText := e.Value.(string)
	mustBeText := func() bool {
		if !isText {
			p.wrong.Add(e.Line, "%s: must be a text, not %s", e.Path(), strict.Type(e.Value))
		}
		return isText
	}
	switch {
	case e.Table == "colors":
		p.colour(e, mustBeText)
	case e.Path() == "name":
		if p.Name = text; mustBeText() && text == "" {
			p.wrong.Add(e.Line, "name: must not be empty")
		}
	case e.Path() == "dark":
		var ok bool
		if p.Dark, ok = e.Value.(bool); !ok {
			p.wrong.Add(e.Line, "dark: must be true or false, not %s", strict.Type(e.Value))
		}
	case e.Path() == "background":
		p.Background = Colour(text)
		if mustBeText() && (p.Background.check() != nil || text == "default") {
			p.wrong.Add(e.Line, "background: %q is not a colour: write #rrggbb or 0 to 15", text)
		}
	default:
		p.wrong.Add(e.Line, "no such key: %s", e.Path())
	}
}

func (p *parser) colour(e strict.Entry, mustBeText func() bool) {
	role := Role(e.Key)
	if !slices.Contains(Roles(), role) {
		p.wrong.Add(e.Line, "colors.%s: no such role", role)
		return
	}
	if !mustBeText() {
		return
	}
	text, _ := e.Value.(string)
	if err := Colour(text).check(); err != nil {
		p.wrong.Add(e.Line, "colors.%s: %v", role, err)
	}
	p.Colors[role] = Colour(text)
}

// missing names what every palette must have.
func (p *parser) missing() {
	for _, key := range []string{"name", "dark", "background"} {
		if !p.seen[key] {
			p.wrong.Add(0, "%s: missing", key)
		}
	}
	for _, role := range Roles() {
		if !p.seen["colors."+string(role)] {
			p.wrong.Add(0, "colors.%s: missing", role)
		}
	}
}
