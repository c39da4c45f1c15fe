package themes

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

// FuzzParse: a file of a theme that is taken can be drawn with as it is, role by role, and
// says the same when it is written anew.
func FuzzParse(f *testing.F) {
	for _, name := range Names() {
		b, err := files.ReadFile("palettes/" + name + extension)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Add("name = \"x\"\ndark = true\nbackground = \"#fff\"\n[colors]\ntext = \"+5\"")
	f.Add("[colors]\n[colors]")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(strings.NewReader(text))
		if err != nil {
			if err.Error() == "" {
				t.Error("refused without a word")
			}
			return
		}
		for _, r := range Roles() {
			if err := p.Colors[r].check(); err != nil {
				t.Errorf("%s: %v", r, err)
			}
			p.Colors[r].Color() // a wrong one would panic, or be black
		}
		if len(p.Colors) != len(Roles()) || p.Name == "" || p.Background == "default" || p.Background.check() != nil {
			t.Errorf("taken: %+v", p)
		}
		if New(p, Options{}) == nil || New(p, Options{ASCII: true}) == nil {
			t.Error("no styles")
		}
		again, err := Parse(strings.NewReader(written(p)))
		if err != nil || again.Name != p.Name || again.Dark != p.Dark || again.Background != p.Background || !maps.Equal(again.Colors, p.Colors) {
			t.Errorf("%+v, written and read again: %+v, %v", p, again, err)
		}
	})
}

// written is a palette as a file.
func written(p Palette) string {
	quote := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			fmt.Fprintf(&b, `\U%08X`, r)
		}
		return `"` + b.String() + `"`
	}
	var b strings.Builder
	fmt.Fprintf(&b, "name = %s\ndark = %v\nbackground = %s\n[colors]\n", quote(p.Name), p.Dark, quote(string(p.Background)))
	for _, r := range Roles() {
		fmt.Fprintf(&b, "%s = %s\n", r, quote(string(p.Colors[r])))
	}
	return b.String()
}
