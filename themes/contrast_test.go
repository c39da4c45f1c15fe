package themes

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

// vga are the sixteen colours as a VGA terminal has them.
var vga = [16][3]int{
	{0, 0, 0}, {0xaa, 0, 0}, {0, 0xaa, 0}, {0xaa, 0x55, 0}, {0, 0, 0xaa}, {0xaa, 0, 0xaa}, {0, 0xaa, 0xaa}, {0xaa, 0xaa, 0xaa},
	{0x55, 0x55, 0x55}, {0xff, 0x55, 0x55}, {0x55, 0xff, 0x55}, {0xff, 0xff, 0x55}, {0x55, 0x55, 0xff}, {0xff, 0x55, 0xff}, {0x55, 0xff, 0xff}, {0xff, 0xff, 0xff},
}

// luminance is WCAG 2's relative luminance.
func luminance(rgb [3]int) float64 {
	var l [3]float64
	for i, c := range rgb {
		v := float64(c) / 255
		if v <= 0.04045 {
			l[i] = v / 12.92
		} else {
			l[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2]
}

func contrast(a, b [3]int) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// rgb is a colour as it looks; "default" is what terminals of that background have.
func rgb(t *testing.T, c Colour, dark bool) [3]int {
	t.Helper()
	if c == "default" {
		if dark {
			return vga[7]
		}
		return vga[0]
	}
	if h, ok := strings.CutPrefix(string(c), "#"); ok {
		n, err := strconv.ParseUint(h, 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		return [3]int{int(n >> 16), int(n >> 8 & 255), int(n & 255)}
	}
	n, err := strconv.Atoi(string(c))
	if err != nil {
		t.Fatal(err)
	}
	return vga[n]
}

func TestContrastIsReadableInEveryTheme(t *testing.T) {
	for _, name := range Names() {
		p, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, role := range Roles() {
			if role == Match {
				continue // a background; OnMatch is measured against it
			}
			bg := p.Background
			if on := role.on(); on != "" {
				bg = p.Colors[on]
			}
			want := 4.5
			if role.line() {
				want = 3
			}
			if got := contrast(rgb(t, p.Colors[role], p.Dark), rgb(t, bg, p.Dark)); got < want {
				t.Errorf("%s: %s %s on %s has a contrast of %.2f, less than %.1f", name, role, p.Colors[role], bg, got, want)
			}
		}
	}
}

// Terminals of people are not exactly the background that a palette was made for.
func TestTextIsReadableOnCommonBackgrounds(t *testing.T) {
	for name, bgs := range map[string][]Colour{
		Dark:  {"#000000", "#1e1e1e", "#282c34"},
		Light: {"#ffffff", "#fafafa", "#fdf6e3"},
	} {
		p, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, bg := range bgs {
			for _, role := range Roles() {
				if role.on() != "" || role.line() || role == Match {
					continue
				}
				if got := contrast(rgb(t, p.Colors[role], p.Dark), rgb(t, bg, p.Dark)); got < 4.5 {
					t.Errorf("%s: %s %s on %s has a contrast of %.2f", name, role, p.Colors[role], bg, got)
				}
			}
		}
	}
}
