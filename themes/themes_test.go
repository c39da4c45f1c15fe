package themes

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

func TestEveryThemeThatComesAlongLoads(t *testing.T) {
	for _, want := range []string{Dark, Light, Basic, "basic-light", "high-contrast", "high-contrast-light", "colorblind", "colorblind-light"} {
		if !slices.Contains(Names(), want) {
			t.Errorf("no theme %s", want)
		}
	}
	for _, name := range Names() {
		p, err := Load(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if p.Name != name {
			t.Errorf("the theme in %s.toml is called %q", name, p.Name)
		}
	}
	if _, err := Load("nope"); err == nil || !strings.Contains(err.Error(), "high-contrast") {
		t.Errorf("an unknown theme should list the known ones, got %v", err)
	}
}

func TestParseNamesWhatIsWrong(t *testing.T) {
	good, err := files.ReadFile("palettes/dark.toml")
	if err != nil {
		t.Fatal(err)
	}
	edit := func(old, new string) string {
		if !strings.Contains(string(good), old) {
			t.Fatalf("%q is not in the palette", old)
		}
		return strings.Replace(string(good), old, new, 1)
	}
	for name, c := range map[string]struct{ text, want string }{
		"a role that is missing":      {edit("running = \"#7fcf7a\"\n", ""), "colors.running: missing"},
		"a role that does not exist":  {edit("ok =", "okay = \"#ffffff\"\nok ="), "colors.okay: no such role"},
		"a colour name":               {edit("bad = \"#ff8078\"", "bad = \"crimson\""), "colors.bad: \"crimson\" is not a colour"},
		"a short colour":              {edit("bad = \"#ff8078\"", "bad = \"#f00\""), "colors.bad"},
		"a colour that is no hex":     {edit("bad = \"#ff8078\"", "bad = \"#zzzzzz\""), "colors.bad"},
		"a number beyond sixteen":     {edit("bad = \"#ff8078\"", "bad = \"16\""), "colors.bad"},
		"a number with a plus":        {edit("bad = \"#ff8078\"", "bad = \"+3\""), "colors.bad"},
		"an empty colour":             {edit("bad = \"#ff8078\"", "bad = \"\""), "colors.bad"},
		"an unknown key":              {edit("dark = true", "dark = true\nlihgt = 3"), "no such key: lihgt"},
		"no background":               {edit("background = \"#1e1f22\"\n", ""), "background"},
		"no name":                     {edit("name = \"dark\"\n", ""), "name: missing"},
		"something that is not TOML":  {"name = ", "line 1"},
		"a colour of the wrong type":  {edit("bad = \"#ff8078\"", "bad = 3"), "bad"},
		"two mistakes, both are told": {edit("ok = \"#7fcf7a\"", "ok = \"x\"\nno = \"y\""), "colors.no"},
	} {
		if _, err := Parse(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q in it", name, err, c.want)
		}
	}
}

func TestGlyphsAreOneCellWide(t *testing.T) {
	for name, g := range map[string]Glyphs{"unicode": Unicode(), "ascii": ASCII()} {
		v := reflect.ValueOf(g)
		for i := range v.NumField() {
			field := v.Type().Field(i).Name
			want := 1
			if field == "CheckOn" || field == "CheckOff" {
				want = 3
			}
			all := g.Bar[:]
			if v.Field(i).Kind() == reflect.String {
				all = []string{v.Field(i).String()}
			}
			for _, s := range all {
				if ansi.StringWidth(s) != want || ansi.StringWidthWc(s) != want {
					t.Errorf("%s: %s %q is not %d cells wide", name, field, s, want)
				}
				if name == "ascii" && strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
					t.Errorf("ascii: %s is %q", field, s)
				}
			}
		}
	}
}

func TestStatesHaveGlyphAndWord(t *testing.T) {
	for _, s := range []*Styles{Default(true), Default(false), Mono(Options{}), Mono(Options{ASCII: true})} {
		seen := map[string]string{}
		for _, state := range []string{"created", "running", "paused", "restarting", "removing", "exited", "dead",
			StatePulling, StateCreating, StateStarting, StateStopping, StateFailed} {
			m := s.State(state)
			if m.Glyph == "" || m.Word == "" || m.Word == "Unknown" {
				t.Errorf("%s: state %s has no mark", s.Name, state)
			}
			if other, dup := seen[m.Word]; dup {
				t.Errorf("%s and %s are both called %s", state, other, m.Word)
			}
			seen[m.Word] = state
		}
		if m := s.State("levitating"); m.Word != "Unknown" || m.Glyph == "" {
			t.Errorf("an unknown state is shown as %+v", m)
		}
	}
}

func TestMonoHasNoColour(t *testing.T) {
	s := Mono(Options{})
	none := lipgloss.NoColor{}
	check := func(name string, st lipgloss.Style) {
		if st.GetForeground() != none || st.GetBackground() != none {
			t.Errorf("%s has a colour", name)
		}
	}
	eachStyle(s, check)
	for _, state := range []string{"running", "exited", StateFailed} {
		check(state, s.State(state).Style)
	}
	if !s.ButtonFocus.GetReverse() || !s.Selected.GetBold() {
		t.Error("focus and selection do not show without colour")
	}
}

func TestOnlyButtonsTitlesAndMatchesPaintABackground(t *testing.T) {
	painted := []string{"TitleFocus", "ButtonFocus", "ButtonDanger", "Match", "MatchCurrent"}
	eachStyle(Default(true), func(name string, st lipgloss.Style) {
		_, none := st.GetBackground().(lipgloss.NoColor)
		if !none != slices.Contains(painted, name) {
			t.Errorf("%s: background painted: %v", name, !none)
		}
	})
}

func eachStyle(s *Styles, check func(name string, st lipgloss.Style)) {
	v := reflect.ValueOf(*s)
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() && f.Type == reflect.TypeFor[lipgloss.Style]() {
			check(f.Name, v.Field(i).Interface().(lipgloss.Style))
		}
	}
}

func TestAFailedExitIsMarkedAsOne(t *testing.T) {
	s := Default(true)
	if s.ExitMark(0).Style.GetForeground() == s.ExitMark(137).Style.GetForeground() {
		t.Error("exit codes 0 and 137 look the same")
	}
}
