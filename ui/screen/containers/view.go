package containers

import (
	"fmt"
	"strconv"
	"time"

	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
)

// signature is what the box around the grid was drawn from.
type signature struct {
	st                 *themes.Styles
	inner, note, right string
	width, height      int
	focus, typing      bool
}

// View implements kit.Pane.
func (s *Screen) View() string {
	sig := signature{
		st: s.env.Styles, inner: s.grid.View(), note: s.note(), right: s.count(), width: s.width, height: s.height, focus: s.focus,
		typing: s.typing,
	}
	if s.typing {
		st := s.env.Styles
		line := " " + st.Key.Render("/") + " " + s.input.View()
		if sig.inner != "" {
			sig.inner += "\n"
		}
		sig.inner += line
	}
	if sig == s.drawn {
		return s.box
	}
	s.drawn = sig
	s.box = kit.Box(s.env.Styles, kit.Frame{Title: "Containers", Note: sig.note, Right: sig.right, Focused: s.focus}, sig.inner, s.width, s.height)
	return s.box
}

func (s *Screen) note() string {
	n := ""
	if s.lost() {
		n = asOf(s.env.Now().Sub(s.store.Conn().Since)) + " " + s.env.Styles.Glyphs.Dot + " "
	}
	n += s.filter.Show.String() + " " + s.env.Styles.Glyphs.Dot + " by " + s.order.String()
	if s.reverse {
		n += " " + s.env.Styles.Glyphs.Up
	}
	if s.filter.Text != "" {
		n += " " + s.env.Styles.Glyphs.Dot + " /" + kit.Clean(s.filter.Text)
	}
	return n
}

func (s *Screen) count() string {
	all := s.store.Len()
	if n := len(s.marks); n > 0 {
		return fmt.Sprintf("%d marked of %d", n, all)
	}
	if s.filter.on() {
		return fmt.Sprintf("%d of %d", len(s.rows), all)
	}
	return strconv.Itoa(all)
}

// emptyText is what stands where there are no rows.
func (s *Screen) emptyText(n int) []string {
	if n > 0 {
		return nil
	}
	key := func(a keymap.Action) string {
		e, _ := s.env.Keys.Entry(a)
		return e.Key()
	}
	if s.filter.on() && s.store.Len() > 0 {
		return []string{"", "No container matches.", "", key(keymap.ListFilter) + " changes the text, " + key(keymap.ListStateFilter) + " the states that are shown."}
	}
	if !s.store.Loaded() {
		return []string{"", "Waiting for the engine" + s.env.Styles.Glyphs.Ellipsis}
	}
	return []string{"", "No containers yet.", "", "Press " + key(keymap.ContainerNew) + " to make one."}
}

// asOf is how old a list is that cannot be read any more.
func asOf(d time.Duration) string {
	if d < time.Second {
		return "as of now"
	}
	return "as of " + kit.Age(d) + " ago"
}
