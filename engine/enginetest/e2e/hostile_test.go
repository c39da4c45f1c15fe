package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/containerd/containerd/v2/core/containers"
	"github.com/gdamore/tcell/v3/vt"

	"gantry/engine/enginetest/real"
)

// attacks are what a terminal obeys: each is tried in names, images, labels, commands,
// variables and log lines. What is left of them when they are made harmless is not asked.
func attacks() []string {
	return []string{
		"\x1b]52;c;aGFja2Vk\x07",                 // the clipboard
		"\x1b]0;owned\x07", "\x1b]2;owned\x1b\\", // the title
		"\x1b[?1049l", "\x1b[?25h", "\x1b[?7l", // out of the alternate screen, the cursor, no wrapping
		"\x1b[?1000h\x1b[?1003h\x1b[?1006h", "\x1b[?9001h", // the mouse, other keyboards
		"\x1b[2J\x1b[H", "\x1b[5;10r", "\x1bc", "\x1b#8", "\x1b[!p", // erase, margins, resets, a screen of E
		"\x1b[31;41;5m", "\x1b[7m", "\x1b(0", "\x0e", // colours, another character set
		"\x1bP+q544e\x1b\\", "\x1b_Gi=1;AAAA\x1b\\", "\x1b^x\x1b\\", "\x1b[c", "\x1b[6n", "\x1b]11;?\x07", // messages and questions
		"\u009b31m", "\u009d0;owned\u009c", "\u0090x\u009c", // the same in one character
		"\u202egnp.exe", "\u2066x", "\u200f", "\u061c", // the direction of text
		"\a\a\a", "\b\b\b\b", "\r", "\v\f", "\x00\x7f", "\t", // controls
		"\x1b", "\x1b[", "\x1b]0;", "\x1bP", // cut off in the middle
		"\u0300\u0300\u0300e\u0301", "👩‍🚀", "\ufe0f", "日本語", "\U000e0041", // widths nobody agrees on
	}
}

// What comes from outside is text on the screen, and nothing else: neither modes nor
// title nor clipboard nor a colour outside of its own cells come of it.
func TestNothingHostileReachesTheTerminal(t *testing.T) {
	g := install(t)
	all := strings.ReplaceAll(strings.Join(attacks(), "x"), "\x00", "") // an argument ends there
	g.run("run", "-d", "--name", "victim", "--label", "evil="+all, "--env", "EVIL="+all,
		g.image(real.Hostile), "sh", "-c", "printf '%b' \"$1\"; echo; echo the end; sleep 1000; true", all, octal(append(attacks(), "\x9b31m", "\xff\xfe"))).want(t, 0)
	g.foreign("nobodys", all)

	for _, size := range [][2]int{{120, 36}, {80, 24}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			g := g.in(t)
			m := g.open(size[0], size[1])
			m.line("victim", "Running")
			title := m.mock.GetTitle()
			m.press("j").press("k").press("k")
			m.press("l")
			m.shows("the end", "Logs")
			m.boxed()
			m.press("w", "t")
			m.boxed()
			m.back()
			m.press("enter")
			m.shows("▐victim▌", "Inspect")
			m.press("right")
			m.shows("the end") // of its log
			m.boxed()
			m.press("right")
			m.shows("CPU", "Memory")
			m.browse("j", "sh -c printf") // what processes call themselves is theirs
			m.boxed()
			m.press("right")
			m.shows("\"Path\": \"sh\"")
			m.boxed()
			m.browse("pgdown", `"evil"`)
			m.boxed()
			m.back()
			m.harmless(title)
			g.leave(m)
		})
	}
	t.Run("tables", func(t *testing.T) { // ps on a terminal is cleaned, too
		m := g.in(t).open(200, 30, "ps", "-a")
		if code := m.exit(); code != 0 {
			t.Errorf("ps ended with %d", code)
		}
		m.harmless("")
	})
}

// octal is printf's form of bytes.
func octal(texts []string) string {
	var b strings.Builder
	for _, text := range texts {
		for _, c := range []byte(text + " line\n") {
			fmt.Fprintf(&b, `\0%03o`, c)
		}
	}
	return b.String()
}

// foreign makes a container's record as another program might: with anything in its fields.
func (g *gantry) foreign(id, evil string) {
	g.t.Helper()
	_, err := g.client.ContainerService().Create(g.ctx(), containers.Container{
		ID: id, Image: "docker.io/library/" + evil, Runtime: containers.RuntimeInfo{Name: "io.containerd.runc.v2"},
		Labels: map[string]string{"nerdctl/name": "n" + evil, "nerdctl/hostname": evil, "nerdctl/platform": evil,
			"nerdctl/networks": `["` + strings.ReplaceAll(evil, "\x1b", "") + `"]`, "evil" + evil: evil},
	})
	if err != nil {
		g.t.Fatal(err)
	}
}

// harmless holds all that was told to the terminal against what gantry tells by itself.
func (m *terminal) harmless(title string) {
	m.t.Helper()
	a := m.audited()
	for _, s := range a.other {
		m.t.Errorf("the terminal got %s", s)
	}
	for k := range a.kinds { // moving, erasing, styles, modes that are checked below
		if class, final, _ := strings.Cut(k, " "); class == "ESC" && final != "M" || strings.ContainsAny(final, "cnqtp") && final != "?$p" {
			m.t.Errorf("the terminal got %s", k)
		}
	}
	for mode := range a.modes {
		if !slices.Contains([]int{7, 25, 1004, 1049, 2004, 2026, 2027}, mode) {
			m.t.Errorf("the terminal got mode %d", mode)
		}
	}
	for _, s := range a.osc {
		if s != "2;gantry" && s != "2;" && s != "11;?" { // its title, and the question for the background
			m.t.Errorf("the terminal got OSC %q", s)
		}
	}
	if got := m.mock.GetTitle(); got != title {
		m.t.Errorf("the title is %q, not %q", got, title)
	}
	if clip := m.mock.Backend().GetClipboard(); len(clip) > 0 {
		m.t.Errorf("the clipboard is %q", clip)
	}
	if a.bells > 0 {
		m.t.Errorf("the bell rang %d times", a.bells)
	}
}

// browse presses a key until a text is on the screen.
func (m *terminal) browse(key, text string) {
	m.t.Helper()
	for s := m.screen(); !strings.Contains(s, text); {
		m.press(key)
		s = m.until("another page, on the way to "+text, func(now string) bool { return now != s })
	}
}

// boxed waits until the border stands where it belongs, in one style: nothing has run into
// it, nothing has moved it, no colour has bled. A frame may be on its way.
func (m *terminal) boxed() {
	m.t.Helper()
	var broken string
	whole := func(string) bool {
		style := m.mock.GetCell(vt.Coord{X: 0, Y: 2}).S
		for y := vt.Row(2); y < vt.Row(m.h)-4; y++ {
			for _, x := range []vt.Col{0, vt.Col(m.w) - 1} {
				c := m.mock.GetCell(vt.Coord{X: x, Y: y})
				if c.C != "│" && !strings.ContainsAny(c.C, "╭╮╰╯") || c.S.Bg() != style.Bg() {
					broken = fmt.Sprintf("at %d,%d stands %q in %v", x, y, c.C, c.S)
					return false
				}
			}
		}
		return true
	}
	defer func() {
		if broken != "" {
			m.t.Log(broken)
		}
	}()
	m.until("an unbroken border", whole)
	broken = ""
}
