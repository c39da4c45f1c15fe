package scroll

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/uitest"
)

func env() *kit.Env {
	return &kit.Env{Keys: keymap.Default(), Styles: themes.Default(true), Now: time.Now}
}

func sized(width, height int) *Model {
	m := New(env())
	m.SetSize(width, height)
	return m
}

func add(m *Model, texts ...string) {
	for _, t := range texts {
		m.Append(Line{Text: []byte(t + "\n")})
	}
}

func numbered(m *Model, from, to int) {
	for i := from; i < to; i++ {
		add(m, fmt.Sprintf("line %d", i))
	}
}

func look(m *Model) string { return uitest.Plain(m.View(), m.width, m.height) }

// shows fails unless exactly these rows are on the screen.
func shows(t *testing.T, m *Model, what string, rows ...string) {
	t.Helper()
	for len(rows) < m.height {
		rows = append(rows, "")
	}
	if got := look(m); got != strings.Join(rows, "\n") {
		t.Errorf("%s: the screen is\n%s\nwant\n%s", what, got, strings.Join(rows, "\n"))
	}
}

func TestFollowing(t *testing.T) {
	m := sized(20, 3)
	shows(t, m, "nothing")
	add(m, "one")
	shows(t, m, "a line", "one")
	numbered(m, 0, 10)
	shows(t, m, "the newest is at the bottom", "line 7", "line 8", "line 9")
	m.Do(keymap.Up)
	shows(t, m, "up", "line 6", "line 7", "line 8")
	if m.Following() {
		t.Error("it follows after going up")
	}
	numbered(m, 10, 20)
	shows(t, m, "new lines do not move what is read", "line 6", "line 7", "line 8")
	m.Do(keymap.Bottom)
	shows(t, m, "the end", "line 17", "line 18", "line 19")
	m.Do(keymap.Up)
	m.Do(keymap.Down)
	if !m.Following() {
		t.Error("it does not follow after arriving at the end")
	}
	m.Do(keymap.LogFollow)
	numbered(m, 20, 25)
	shows(t, m, "following was stopped in place", "line 17", "line 18", "line 19")
	m.Do(keymap.Top)
	shows(t, m, "the beginning", "one", "line 0", "line 1")
	m.Do(keymap.PageDown)
	shows(t, m, "a page keeps one line", "line 1", "line 2", "line 3")
	m.Clear()
	shows(t, m, "cleared")
}

func TestWrapping(t *testing.T) {
	m := sized(10, 4)
	add(m, "short", "0123456789abcdefghijKLMNO")
	shows(t, m, "wrapped", "short", "0123456789", "abcdefghij", "KLMNO")
	m.SetSize(10, 2)
	shows(t, m, "the end of a long line", "abcdefghij", "KLMNO")
	m.Do(keymap.Up)
	shows(t, m, "one row up", "0123456789", "abcdefghij")
	m.Do(keymap.Top)
	shows(t, m, "the beginning", "short", "0123456789")
	m.Do(keymap.Down)
	m.SetSize(30, 2)
	shows(t, m, "wider", "0123456789abcdefghijKLMNO")
	m.SetSize(5, 3)
	m.Do(keymap.Top)
	add(m, "日本語x")
	m.Do(keymap.Bottom)
	shows(t, m, "wide signs are not cut in half", "KLMNO", "日本", "語x")
}

func TestCuttingAndShifting(t *testing.T) {
	m := sized(10, 2)
	m.SetWrap(false)
	add(m, "0123456789abcdefghijKLMNO", "日本語日本語")
	shows(t, m, "cut", "012345678…", "日本語日 …")
	m.Do(keymap.LogRight)
	shows(t, m, "to the right", "…9abcdefg…", "… 語")
	m.Do(keymap.LogLeft)
	m.Do(keymap.LogLeft)
	shows(t, m, "and back", "012345678…", "日本語日 …")
	for range 20 {
		m.Do(keymap.LogRight)
	}
	if !strings.Contains(look(m), "O") {
		t.Errorf("shifted out of sight:\n%s", look(m))
	}
}

func TestTimesAndStderr(t *testing.T) {
	m := sized(40, 3)
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	m.Append(Line{Time: at, Stderr: true, Text: []byte("oh no, that is long")}, Line{Text: []byte("no time\n")})
	m.SetTimes(true)
	shows(t, m, "with times", "2026-01-02 03:04:05.678 oh no, that is l", "                        ong", "                        no time")
	if !m.Times() || !m.Wrapping() {
		t.Error("the switches do not say how they are")
	}
	plain := sized(40, 3)
	plain.Append(Line{Text: []byte("oh no")})
	m.SetTimes(false)
	m.Clear()
	m.Append(Line{Stderr: true, Text: []byte("oh no")})
	if plain.View() == m.View() {
		t.Error("stderr looks like stdout")
	}
}

func TestHostileLinesAreMadeSafe(t *testing.T) {
	m := sized(30, 3)
	add(m, "\x1b[2J\x1b]0;owned\x07a\x1b[31mb\rc\td")
	if got := look(m); strings.ContainsAny(m.View(), "\a\r\t") || !strings.HasPrefix(got, "ab c    d") {
		t.Errorf("%q", got)
	}
}

func TestBounds(t *testing.T) {
	m := sized(40, 3)
	m.Do(keymap.Top)
	m.SetFollow(false)
	numbered(m, 0, MaxLines+500)
	if m.Len() != MaxLines || m.Dropped() != 500 {
		t.Errorf("%d lines are kept, %d dropped", m.Len(), m.Dropped())
	}
	shows(t, m, "the oldest that is left", "line 500", "line 501", "line 502")
	big := []byte(strings.Repeat("x", 90_000))
	m.Append(Line{Text: big})
	if got := m.ring.at(m.ring.end() - 1).text; len(got) > MaxLine+64 || !strings.HasSuffix(got, "… (line of 90.0 kB)") {
		t.Errorf("a long line is kept with %d bytes: %q", len(got), got[max(0, len(got)-40):])
	}
	for range 2000 {
		m.Append(Line{Text: big})
	}
	if m.ring.bytes > MaxBytes {
		t.Errorf("%d bytes are kept", m.ring.bytes)
	}
	sum := 0
	for no := m.ring.first; no < m.ring.end(); no++ {
		sum += len(m.ring.at(no).text)
	}
	if sum != m.ring.bytes {
		t.Errorf("%d bytes are counted, %d there", m.ring.bytes, sum)
	}
}

func TestALongLineIsNotCutInASign(t *testing.T) {
	k := safe(Line{Text: []byte(strings.Repeat("日", MaxLine/3+100))}, "…")
	if strings.ContainsRune(k.text, '\uFFFD') {
		t.Error("a sign was cut in half")
	}
}

func TestSearching(t *testing.T) {
	m := sized(20, 3)
	numbered(m, 0, 50)
	m.Do(keymap.Top)
	if m.SetQuery("NOPE") || m.SetQuery("line 9x") {
		t.Error("found what is not there")
	}
	if !m.SetQuery("line 3") {
		t.Error("not found")
	}
	if got := look(m); !strings.Contains(got, "line 3") {
		t.Errorf("the match is not on the screen:\n%s", got)
	}
	on := func(want int) {
		t.Helper()
		if m.current != want {
			t.Errorf("the match is line %d, want %d", m.current, want)
		}
		if got := look(m); !strings.Contains(got, fmt.Sprintf("line %d", want)) {
			t.Errorf("line %d is not on the screen:\n%s", want, got)
		}
	}
	on(3)
	m.Do(keymap.LogNext)
	on(30)
	m.Do(keymap.LogPrev)
	on(3)
	m.Do(keymap.LogPrev)
	on(39) // round the beginning
	m.Do(keymap.LogNext)
	on(3)
	if m.Following() {
		t.Error("it follows while matches are read")
	}
	numbered(m, 50, 60)
	on(3)
	m.SetQuery("")
	if m.Do(keymap.LogNext); m.current != -1 {
		t.Error("there is a match without a search")
	}
}

func TestCapitalLetters(t *testing.T) {
	for _, c := range []struct {
		text, query string
		want        int
	}{
		{"ERROR: x", "error", 0}, {"an Error", "error", 3}, {"an error", "Error", -1}, {"an Error", "Error", 3},
		{"eerror", "error", 1}, {"x", "", -1}, {"ab", "abc", -1}, {"ÄB", "Äb", 0}, {"eeE", "eee", 0}, {"aAab", "aab", 1}, {"日本", "本", 3},
	} {
		if got := index(c.text, c.query); got != c.want {
			t.Errorf("%q in %q: %d, want %d", c.query, c.text, got, c.want)
		}
	}
}

func TestMatchesAreHighlightedAcrossRows(t *testing.T) {
	m := sized(5, 3)
	add(m, "abcNEEDLExyz")
	m.SetQuery("needle")
	plain, styled := look(m), m.View()
	if plain != "abcNE\nEDLEx\nyz" {
		t.Errorf("%q", plain)
	}
	hit := m.env.Styles.MatchCurrent
	if !strings.Contains(styled, hit.Render("NE")) || !strings.Contains(styled, hit.Render("EDLE")) {
		t.Errorf("%q", styled)
	}
}

func TestAMatchInACutLineIsBroughtIntoView(t *testing.T) {
	m := sized(20, 3)
	m.SetWrap(false)
	add(m, strings.Repeat("x", 200)+"needle"+strings.Repeat("y", 50))
	m.SetQuery("needle")
	if !strings.Contains(look(m), "needle") {
		t.Errorf("%s", look(m))
	}
}

func TestExactlyItsBoxAtAnySize(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	m := New(env())
	add(m, "short", strings.Repeat("0123456789", 40), "日本語日本語日本語", "a\x1b[31mb\tc", "", strings.Repeat("e\u0301", 90))
	acts := []keymap.Action{keymap.Up, keymap.Down, keymap.PageUp, keymap.PageDown, keymap.HalfUp, keymap.HalfDown, keymap.Top, keymap.Bottom,
		keymap.LogFollow, keymap.LogWrap, keymap.LogTimestamps, keymap.LogNext, keymap.LogPrev, keymap.LogLeft, keymap.LogRight}
	m.SetQuery("9")
	sizes := [][2]int{{0, 0}, {1, 1}, {20, 5}, {0, 5}, {5, 0}}
	for range 400 {
		sizes = append(sizes, [2]int{r.IntN(90), r.IntN(30)})
	}
	for _, s := range sizes {
		m.SetSize(s[0], s[1])
		for range 3 {
			a := acts[r.IntN(len(acts))]
			if !m.Do(a) {
				t.Errorf("%s is not known", a)
			}
			view := m.View()
			if s[0] == 0 || s[1] == 0 {
				if view != "" {
					t.Errorf("%v: %q", s, view)
				}
				continue
			}
			lines := strings.Split(view, "\n")
			if len(lines) != s[1] {
				t.Errorf("%v: %d lines after %s", s, len(lines), a)
			}
			for _, l := range lines {
				if lipgloss.Width(l) != s[0] {
					t.Errorf("%v: a line of %d after %s: %q", s, lipgloss.Width(l), a, ansi.Strip(l))
				}
			}
		}
	}
	if m.Do(keymap.Quit) {
		t.Error("quit is taken for a movement")
	}
}

func BenchmarkAppendAndView(b *testing.B) {
	m := sized(118, 34)
	line := Line{Text: []byte(strings.Repeat("a line of a log ", 8) + "\n")}
	numbered(m, 0, MaxLines)
	b.Run("line", func(b *testing.B) {
		for b.Loop() {
			m.Append(line)
			m.View()
		}
	})
	long := Line{Text: []byte(strings.Repeat("x", MaxLine))}
	for range 40 {
		m.Append(long)
	}
	b.Run("long", func(b *testing.B) {
		for b.Loop() {
			m.Append(long)
			m.View()
		}
	})
	b.Run("search", func(b *testing.B) {
		m.Clear()
		numbered(m, 0, MaxLines)
		for b.Loop() {
			m.SetQuery("nowhere to be found")
		}
	})
}
