package themes

import (
	"math"
	"strings"
	"testing"
)

// How the two common kinds of colour blindness see linear RGB: Machado, Oliveira and
// Fernandes, 2009, at full severity.
func kinds() map[string][3][3]float64 {
	return map[string][3][3]float64{
		"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
		"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	}
}

// seen is a colour in CIE L*a*b* as such an eye sees it.
func seen(rgb [3]int, eye [3][3]float64) [3]float64 {
	var lin, out [3]float64
	for i, c := range rgb {
		v := float64(c) / 255
		if v <= 0.04045 {
			lin[i] = v / 12.92
		} else {
			lin[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	for i := range 3 {
		for j := range 3 {
			out[i] += eye[i][j] * lin[j]
		}
		out[i] = max(0, min(1, out[i]))
	}
	x := (0.4124*out[0] + 0.3576*out[1] + 0.1805*out[2]) / 0.95047
	y := 0.2126*out[0] + 0.7152*out[1] + 0.0722*out[2]
	z := (0.0193*out[0] + 0.1192*out[1] + 0.9505*out[2]) / 1.08883
	f := func(t float64) float64 {
		if t > 0.008856 {
			return math.Cbrt(t)
		}
		return 7.787*t + 16.0/116
	}
	return [3]float64{116*f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))}
}

func distance(a, b [3]float64) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}

// A distance of 2.3 is what one just notices side by side; 20 is another colour.
func TestColourBlindEyesTellStatesApart(t *testing.T) {
	pairs := []struct {
		a, b  Role
		least float64
	}{
		{Running, Failed, 40}, {Running, Exited, 20}, {Running, Paused, 20}, {Running, Pulling, 20}, {Running, Created, 20},
		{Failed, Exited, 20}, {Failed, Paused, 20}, {Failed, Pulling, 20}, {Failed, Created, 20},
		{Ok, Bad, 40}, {Ok, Warn, 40}, {Info, Bad, 40}, {Warn, Bad, 10}, {Bar, BarRest, 20},
	}
	for _, name := range Names() {
		if !strings.HasPrefix(name, "colorblind") {
			continue
		}
		p, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for kind, eye := range kinds() {
			for _, c := range pairs {
				if got := distance(seen(rgb(t, p.Colors[c.a], p.Dark), eye), seen(rgb(t, p.Colors[c.b], p.Dark), eye)); got < c.least {
					t.Errorf("%s: with %s, %s and %s are %.0f apart, less than %.0f", name, kind, c.a, c.b, got, c.least)
				}
			}
		}
	}
}
