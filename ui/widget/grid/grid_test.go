package grid

import (
	"fmt"
	"math/rand/v2"
	"slices"
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

func columns() []Column {
	return []Column{
		{ID: "name", Title: "NAME", Min: 12, Max: 30, Weight: 2},
		{ID: "image", Title: "IMAGE", Min: 12, Max: 40, Weight: 2, Drop: 4},
		{ID: "state", Title: "STATE", Min: 16},
		{ID: "ports", Title: "PORTS", Min: 10, Weight: 1, Drop: 3},
		{ID: "cpu", Title: "CPU", Min: 5, Right: true, Drop: 2},
		{ID: "mem", Title: "MEM", Min: 6, Right: true, Drop: 1},
	}
}

// fixture is the list of design's picture.
func fixture(e *kit.Env) func(id string) []Cell {
	st := e.Styles
	m := func(state, more string) Cell {
		mark := st.State(state)
		return Cell{Spans: []Span{{mark.Glyph + " " + mark.Word, mark.Style}, {more, st.Muted}}}
	}
	rows := map[string][]Cell{
		"web": {Text("web", st.Text), Text("nginx:1.27", st.Muted), m("running", " 3m"), Text("8080→80", st.Text), Text("0.3%", st.Text), Text("12.4M", st.Text)},
		"db":  {Text("db", st.Text), Text("postgres:17", st.Muted), m("running", " 2h"), Text("5432→5432", st.Text), Text("1.2%", st.Text), Text("88.1M", st.Text)},
		"api": {Text("api", st.Text), Text("app:3", st.Muted), m("pulling", " 62%")},
		"old": {Text("old", st.Text), Text("redis:7", st.Muted), m("exited", " 137 2h"), {Spans: []Span{{"out of memory (64M)", st.Warn}}, Spill: true}},
	}
	return func(id string) []Cell {
		if c, ok := rows[id]; ok {
			return c
		}
		return []Cell{Text(id, st.Text)}
	}
}

func ids(names ...string) []Row {
	rows := make([]Row, len(names))
	for i, n := range names {
		rows[i] = Row{ID: n}
	}
	return rows
}

func TestGolden(t *testing.T) {
	e := env()
	for _, w := range []int{118, 78, 58, 38} {
		g := New(e, columns(), fixture(e))
		g.SetSize(w, 7)
		g.SetFocus(true)
		g.SetRows(ids("web", "db", "api", "old"))
		g.Do(keymap.Down)
		uitest.Golden(t, fmt.Sprintf("grid-%d", w), uitest.Plain(g.View(), w, 7))
	}
}

func TestColumnsGoInOrder(t *testing.T) {
	g := New(env(), columns(), fixture(env()))
	for w, want := range map[int]string{
		118: "name image state ports cpu mem",
		70:  "name image state ports cpu",
		62:  "name image state ports",
		50:  "name image state",
		40:  "name state",
		10:  "name state",
	} {
		g.SetSize(w, 5)
		if got := strings.Join(g.Shown(), " "); got != want {
			t.Errorf("at %d cells: %s, want %s", w, got, want)
		}
	}
}

func TestExactlyItsBoxAtAnySize(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	e := env()
	sizes := [][2]int{{0, 0}, {1, 1}, {20, 5}, {0, 5}, {5, 0}}
	for range 200 {
		sizes = append(sizes, [2]int{r.IntN(140), r.IntN(45)})
	}
	for i, s := range sizes {
		g := New(e, columns(), fixture(e))
		g.SetEmpty("No containers yet.", "Press n to make one; it takes an image's name and nothing else.")
		g.SetFocus(i%2 == 0)
		g.SetSize(s[0], s[1])
		rows := ids("web", "db", "api", "old", "日本語の名前がとても長いコンテナ", "evil\x1b]0;x\x07\nname")
		g.SetRows(rows[:i%7%len(rows)])
		g.Do(keymap.Bottom)
		view := g.View()
		if s[0] == 0 || s[1] == 0 {
			if view != "" {
				t.Errorf("%v: %q", s, view)
			}
			continue
		}
		lines := strings.Split(view, "\n")
		if len(lines) != s[1] {
			t.Errorf("%v: %d lines", s, len(lines))
		}
		for _, l := range lines {
			if lipgloss.Width(l) != s[0] {
				t.Errorf("%v: a line of %d: %q", s, lipgloss.Width(l), ansi.Strip(l))
			}
		}
	}
}

func TestSelectionBelongsToTheID(t *testing.T) {
	g := New(env(), columns(), fixture(env()))
	g.SetSize(80, 6) // five rows
	if g.Selected() != "" || g.Index() != -1 {
		t.Error("an empty grid has a selection")
	}
	g.SetRows(ids("a", "b", "c"))
	g.Do(keymap.Down)
	step := func(what, want string, rows ...string) {
		t.Helper()
		g.SetRows(ids(rows...))
		if g.Selected() != want {
			t.Errorf("%s: %q is selected, want %q", what, g.Selected(), want)
		}
	}
	step("a row comes before it", "b", "0", "a", "b", "c")
	step("the order is turned around", "b", "c", "b", "a", "0")
	step("a filter hides it", "a", "c", "a", "0")
	step("the list is refreshed meanwhile", "a", "x", "y", "c", "a", "0")
	step("the filter is taken off", "b", "c", "b", "a", "0")
	step("everything goes", "")
	step("and comes back", "b", "a", "b")
	step("it is removed for good", "a", "a")
	g.Do(keymap.Up)
	step("the cursor was moved since", "a", "a", "b")
}

func TestSelectWaitsForARowToCome(t *testing.T) {
	g := New(env(), columns(), fixture(env()))
	g.SetSize(80, 6)
	g.SetRows(ids("a", "b"))
	if g.Select("new") {
		t.Error("a row that is not there was selected")
	}
	g.SetRows(ids("a", "b", "new"))
	if g.Selected() != "new" {
		t.Errorf("%q is selected", g.Selected())
	}
}

func TestTheSelectedRowKeepsItsLine(t *testing.T) {
	g := New(env(), columns(), fixture(env()))
	g.SetSize(80, 6)
	var names []string
	for i := range 30 {
		names = append(names, fmt.Sprintf("row-%02d", i))
	}
	g.SetRows(ids(names...))
	for range 10 {
		g.Do(keymap.Down)
	}
	line := slices.Index(g.Visible(), "row-10")
	for i := range 5 {
		names = slices.Insert(names, 0, fmt.Sprintf("new-%d", i))
		g.SetRows(ids(names...))
		if got := slices.Index(g.Visible(), "row-10"); got != line {
			t.Errorf("after %d new rows it is on line %d, was on %d", i+1, got, line)
		}
	}
}

func TestMoving(t *testing.T) {
	g := New(env(), columns(), fixture(env()))
	g.SetSize(80, 11) // ten rows
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprint(i))
	}
	g.SetRows(ids(names...))
	for _, c := range []struct {
		do   keymap.Action
		want int
	}{
		{keymap.Up, 0}, {keymap.Down, 1}, {keymap.PageDown, 11}, {keymap.HalfDown, 16}, {keymap.HalfUp, 11}, {keymap.PageUp, 1},
		{keymap.Bottom, 99}, {keymap.Down, 99}, {keymap.PageDown, 99}, {keymap.Top, 0}, {keymap.PageUp, 0},
	} {
		if !g.Do(c.do) {
			t.Errorf("%s is not a movement", c.do)
		}
		if g.Index() != c.want {
			t.Errorf("after %s the cursor is on %d, want %d", c.do, g.Index(), c.want)
		}
		if !slices.Contains(g.Visible(), g.Selected()) {
			t.Errorf("after %s the cursor is not on the screen", c.do)
		}
	}
	if g.Do(keymap.ContainerRemove) {
		t.Error("removing is a movement")
	}
}

func TestARowIsDrawnOnceForARevision(t *testing.T) {
	e, drawn := env(), map[string]int{}
	g := New(e, columns(), func(id string) []Cell {
		drawn[id]++
		return []Cell{Text(fmt.Sprint(id, drawn[id]), e.Styles.Text)}
	})
	g.SetSize(80, 6)
	g.SetRows(ids("a", "b", "c", "d", "e", "f", "g"))
	g.View()
	if drawn["f"] != 0 {
		t.Error("a row that is not visible was drawn")
	}
	g.SetRows(ids("a", "b", "c", "d", "e", "f", "g"))
	g.View()
	if drawn["b"] != 1 {
		t.Errorf("b was drawn %d times", drawn["b"])
	}
	rows := ids("a", "b", "c", "d", "e", "f", "g")
	rows[1].Rev = 7
	g.SetRows(rows)
	if !strings.Contains(ansi.Strip(g.View()), "b2") {
		t.Error("b has changed and was not drawn again")
	}
	e.SetStyles(themes.Default(false))
	g.View()
	if drawn["b"] != 3 {
		t.Error("a new theme is not drawn")
	}
}

func TestFocusAndSelectionShowWithoutColour(t *testing.T) {
	e := env()
	e.Styles = themes.Mono(themes.Options{ASCII: true})
	g := New(e, columns(), fixture(e))
	g.SetSize(60, 4)
	g.SetRows(ids("web", "db"))
	g.SetFocus(true)
	if l := strings.Split(ansi.Strip(g.View()), "\n")[1]; !strings.HasPrefix(l, " > web") {
		t.Errorf("the selected row is %q", l)
	}
	focused := g.View()
	g.SetFocus(false)
	if g.View() == focused {
		t.Error("a pane without focus looks the same")
	}
}

func BenchmarkView1000(b *testing.B) {
	e := env()
	g := New(e, columns(), fixture(e))
	g.SetSize(118, 30)
	g.SetFocus(true)
	rows := make([]Row, 1000)
	for i := range rows {
		rows[i].ID = fmt.Sprintf("%064d", i)
	}
	g.SetRows(rows)
	b.Run("move", func(b *testing.B) {
		for b.Loop() {
			if g.Index() == 999 {
				g.Do(keymap.Top)
			}
			g.Do(keymap.Down)
			g.View()
		}
	})
	b.Run("refresh", func(b *testing.B) {
		g.Do(keymap.Top)
		for b.Loop() {
			rows[5].Rev++
			g.SetRows(rows)
			g.View()
		}
	})
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			g.Invalidate()
			g.View()
		}
	})
}
