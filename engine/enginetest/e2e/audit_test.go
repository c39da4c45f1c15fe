package e2e

import (
	"fmt"
	"maps"
	"slices"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// audit is all that a program tells a terminal beside text: the modes as they stand, and
// every other thing that would stay or act outside of its own cells.
type audit struct {
	parser *ansi.Parser
	modes  map[int]bool    // DEC's private modes, those that were set or reset
	kinds  map[string]bool // the kinds of CSI and ESC sequences: "CSI m", "CSI ?h", "ESC 7"
	osc    []string        // "0;title"
	other  []string        // DCS, APC, PM, SOS, and characters that nobody may see
	bells  int
}

func newAudit() *audit {
	a := &audit{parser: ansi.NewParser(), modes: map[int]bool{}, kinds: map[string]bool{}}
	message := func(kind string) func([]byte) {
		return func(data []byte) { a.other = append(a.other, fmt.Sprintf("%s %q", kind, data)) }
	}
	a.parser.SetHandler(ansi.Handler{
		Print: a.print, Execute: a.execute, HandleCsi: a.csi,
		HandleEsc: func(c ansi.Cmd) { a.kinds[kind("ESC", c)] = true },
		HandleOsc: func(_ int, data []byte) { a.osc = append(a.osc, string(data)) },
		HandleDcs: func(c ansi.Cmd, _ ansi.Params, data []byte) {
			a.other = append(a.other, fmt.Sprintf("%s %q", kind("DCS", c), data))
		},
		HandlePm: message("PM"), HandleApc: message("APC"), HandleSos: message("SOS"),
	})
	return a
}

// Write reads more of what the program has written.
func (a *audit) Write(p []byte) {
	for _, b := range p {
		a.parser.Advance(b)
	}
}

func (a *audit) copy() audit {
	return audit{modes: maps.Clone(a.modes), kinds: maps.Clone(a.kinds), osc: slices.Clone(a.osc), other: slices.Clone(a.other), bells: a.bells}
}

// print looks for characters that are no text: controls of eight bits in UTF-8, marks
// that turn the direction of what follows.
func (a *audit) print(r rune) {
	if unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) {
		a.other = append(a.other, fmt.Sprintf("character %U", r))
	}
}

func (a *audit) execute(b byte) {
	switch b {
	case '\a':
		a.bells++
	case '\b', '\t', '\n', '\r':
	default:
		a.other = append(a.other, fmt.Sprintf("control %#02x", b))
	}
}

func (a *audit) csi(c ansi.Cmd, params ansi.Params) {
	a.kinds[kind("CSI", c)] = true
	if c.Prefix() != '?' || c.Final() != 'h' && c.Final() != 'l' {
		return
	}
	params.ForEach(0, func(_, mode int, _ bool) { a.modes[mode] = c.Final() == 'h' })
}

// kind is a sequence without its parameters.
func kind(class string, c ansi.Cmd) string {
	s := class + " "
	for _, b := range []byte{c.Prefix(), c.Intermediate(), c.Final()} {
		if b != 0 {
			s += string(rune(b))
		}
	}
	return s
}

// left are the modes that are not as a terminal has them when nobody uses it.
func (a audit) left() []string {
	var out []string
	for _, mode := range slices.Sorted(maps.Keys(a.modes)) {
		usual := mode == 7 || mode == 12 || mode == 25 // wrapping, blinking, the cursor
		if on := a.modes[mode]; on != usual {
			out = append(out, fmt.Sprintf("mode %d is %v", mode, on))
		}
	}
	return out
}
