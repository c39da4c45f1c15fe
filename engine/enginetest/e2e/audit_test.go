package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
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

	keyboards int    // kitty's keyboard modes that were pushed and not popped
	otherKeys string // the last answer to "which keys as sequences": "" is the usual one
	margins   string // the last scroll region: "" is the whole screen
	style     string // the last style: "" is none
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
	c := *a
	c.parser, c.modes, c.kinds = nil, maps.Clone(a.modes), maps.Clone(a.kinds)
	c.osc, c.other = slices.Clone(a.osc), slices.Clone(a.other)
	return c
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
	k := kind("CSI", c)
	a.kinds[k] = true
	switch k {
	case "CSI ?h", "CSI ?l":
		params.ForEach(0, func(_, mode int, _ bool) { a.modes[mode] = c.Final() == 'h' })
	case "CSI >u":
		a.keyboards++
	case "CSI <u":
		n, _, _ := params.Param(0, 1)
		a.keyboards = max(0, a.keyboards-n)
	case "CSI >m":
		a.otherKeys = ""
		if n, _, _ := params.Param(1, 0); n != 0 {
			a.otherKeys = numbers(params)
		}
	case "CSI r":
		a.margins = numbers(params)
		if top, _, _ := params.Param(0, 1); top == 1 { // down to some row, which only a larger screen shows
			a.margins = ""
		}
	case "CSI m":
		a.style = numbers(params)
	}
}

// numbers are a sequence's parameters; "" for none, or for a single 0, which means the same.
func numbers(params ansi.Params) string {
	var out []string
	params.ForEach(0, func(_, n int, _ bool) { out = append(out, strconv.Itoa(n)) })
	if s := strings.Join(out, ";"); s != "0" {
		return s
	}
	return ""
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
	if a.keyboards > 0 {
		out = append(out, fmt.Sprintf("%d keyboard modes", a.keyboards))
	}
	for what, now := range map[string]string{"other keys": a.otherKeys, "margins": a.margins, "style": a.style} {
		if now != "" {
			out = append(out, what+" "+now)
		}
	}
	return out
}
