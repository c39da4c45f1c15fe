package dialog

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/keymap"
	"gantry/ui/kit"
)

// Candidate is one thing that may go.
type Candidate struct {
	ID    string
	Label string
	Note  string
	Size  int64 // bytes; negative: not known
	Keep  bool  // it stays unless it is ticked
}

// ReviewSpec is a list of things that are to go, to be looked through before.
type ReviewSpec struct {
	Title  string
	Body   []string
	Verb   string // "Remove"
	None   string // what is said when there is nothing
	Opener string
}

// Review is an open list of what would go. Whatever is ticked goes; Cancel is marked at
// first. Its methods are for one goroutine.
type Review struct {
	base
	spec   ReviewSpec
	items  []Candidate
	loaded bool
	failed string
	at     int
	top    int
	sure   bool // the button that removes is marked, not Cancel
}

// NewReview opens the list; what is in it comes with SetItems.
func NewReview(env *kit.Env, spec ReviewSpec) *Review {
	return &Review{base: base{env: env, opener: spec.Opener}, spec: spec}
}

// SetItems gives the things that would go.
func (r *Review) SetItems(items []Candidate) {
	r.items, r.loaded, r.failed, r.at, r.top = items, true, "", 0, 0
	r.drawn = r.env.Now() // no key before now was meant for them
}

// SetFailed says why they cannot be found.
func (r *Review) SetFailed(text string) { r.failed = text }

// Chosen are the IDs of what is ticked.
func (r *Review) Chosen() []string {
	var out []string
	for _, it := range r.items {
		if !it.Keep {
			out = append(out, it.ID)
		}
	}
	return out
}

// total is the size of what is ticked, and whether it is all of it.
func (r *Review) total() (bytes int64, all bool) {
	all = true
	for _, it := range r.items {
		switch {
		case it.Keep:
		case it.Size < 0:
			all = false
		default:
			bytes += it.Size
		}
	}
	return bytes, all
}

// Update implements Modal.
func (r *Review) Update(msg tea.Msg) (answer string, done bool) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return "", false
	}
	a, _ := r.env.Keys.Lookup(keymap.Review, k.String())
	if a == keymap.Back {
		return Cancel, true
	}
	if r.early(k) {
		return "", false
	}
	switch a {
	case keymap.Up:
		r.at = max(0, r.at-1)
	case keymap.Down:
		r.at = max(0, min(r.at+1, len(r.items)-1))
	case keymap.ReviewTick:
		if r.at < len(r.items) {
			r.items[r.at].Keep = !r.items[r.at].Keep
			r.at = min(r.at+1, len(r.items)-1)
		}
	case keymap.ReviewAll:
		keep := len(r.Chosen()) > 0
		for i := range r.items {
			r.items[i].Keep = keep
		}
	case keymap.DialogNext, keymap.DialogPrev:
		r.sure = !r.sure && len(r.Chosen()) > 0
	case keymap.DialogPress:
		if !r.sure || len(r.Chosen()) == 0 {
			return Cancel, true
		}
		return OK, true
	}
	if len(r.Chosen()) == 0 {
		r.sure = false
	}
	return "", false
}

// Footer implements Modal.
func (r *Review) Footer() []keymap.Entry {
	if len(r.items) == 0 {
		return r.env.Keys.PickIn(keymap.Review, keymap.Back)
	}
	return r.env.Keys.PickIn(keymap.Review, keymap.ReviewTick, keymap.ReviewAll, keymap.DialogNext, keymap.DialogPress, keymap.Back)
}

// Size implements Modal.
func (r *Review) Size() (width, height int) {
	w := r.outer(widest)
	if w == 0 || r.height == 0 {
		return 0, 0
	}
	return w, min(r.height, len(r.head(inner(w)))+max(1, len(r.items))+3+border)
}

// Place implements Modal.
func (r *Review) Place() (x, y int) { return r.place(r.Size()) }

// Cursor implements Modal.
func (r *Review) Cursor() *tea.Cursor { return nil }

func (r *Review) head(width int) []string {
	var out []string
	for _, l := range r.spec.Body {
		for _, part := range kit.Wrap(kit.Clean(l), max(1, width)) {
			out = append(out, r.env.Styles.Muted.Render(part))
		}
	}
	if len(out) > 0 {
		out = append(out, "")
	}
	return out
}

// View implements Modal.
func (r *Review) View() string {
	w, h := r.Size()
	if w == 0 || h == 0 {
		return ""
	}
	r.seen()
	st, width := r.env.Styles, inner(w)
	lines := r.head(width)
	_, ih := kit.Inner(w, h)
	room := max(0, ih-len(lines)-3)
	r.top = window(len(r.items), room, r.at, r.top)
	for i := r.top; i < len(r.items) && i < r.top+room; i++ {
		lines = append(lines, r.line(i, width))
	}
	switch {
	case r.failed != "":
		lines = append(lines, st.Bad.Render(kit.Truncate(st.Glyphs.Cross+" "+kit.Clean(r.failed), width, st.Glyphs.Ellipsis)))
	case !r.loaded:
		lines = append(lines, st.Muted.Render("looking"+st.Glyphs.Ellipsis))
	case len(r.items) == 0:
		lines = append(lines, st.Text.Render(kit.Truncate(r.spec.None, width, st.Glyphs.Ellipsis)))
	}
	lines = append(lines, "", r.sum(), r.buttons(width))
	if len(lines) > ih && ih > 0 {
		lines = append(lines[:ih-1:ih-1], lines[len(lines)-1])
	}
	f := kit.Frame{Title: kit.Clean(r.spec.Title), Focused: true}
	if len(r.items) > r.top+room {
		f.Right = "more " + st.Glyphs.Down
	}
	for i, l := range lines {
		lines[i] = kit.Spaces(padding) + l
	}
	return kit.Box(st, f, strings.Join(lines, "\n"), w, h)
}

// line is one candidate: cursor, box, what it is, its size.
func (r *Review) line(i, width int) string {
	st, it := r.env.Styles, r.items[i]
	cursor, label := "  ", st.Text
	if i == r.at {
		cursor, label = st.Cursor.Render(st.Glyphs.Cursor)+" ", st.Selected
	}
	box := st.Glyphs.CheckOn
	if it.Keep {
		box = st.Glyphs.CheckOff
	}
	size := ""
	if it.Size >= 0 {
		size = kit.Size(it.Size)
	}
	left := cursor + st.Text.Render(box) + " " + label.Render(kit.Clean(it.Label))
	if it.Note != "" {
		left += "  " + st.Muted.Render(kit.Clean(it.Note))
	}
	return kit.Sides(left, st.Text.Render(kit.PadLeft(size, 9)), width, st.Glyphs.Ellipsis)
}

// sum is what all that is ticked comes to.
func (r *Review) sum() string {
	st, n := r.env.Styles, len(r.Chosen())
	if len(r.items) == 0 {
		return ""
	}
	text := fmt.Sprintf("%d of %d", n, len(r.items))
	bytes, all := r.total()
	switch {
	case n > 0 && all:
		text += ", " + kit.Size(bytes) + " in all"
	case n > 0 && bytes > 0:
		text += ", more than " + kit.Size(bytes)
	}
	return st.Strong.Render(text)
}

func (r *Review) buttons(width int) string {
	st := r.env.Styles
	draw := func(label string, marked, danger bool) string {
		style := st.Button
		text := "[ " + label + " ]"
		if marked {
			style, text = st.ButtonFocus, "["+st.Glyphs.Right+label+" ]"
			if danger {
				style = st.ButtonDanger
			}
		}
		return style.Render(text)
	}
	if len(r.items) == 0 {
		return kit.FitLine(kit.PadLeft(draw("Close", true, false), width), width)
	}
	verb := r.spec.Verb
	if n := len(r.Chosen()); n > 0 {
		verb = fmt.Sprintf("%s %d", verb, n)
	}
	return kit.FitLine(kit.PadLeft(draw("Cancel", !r.sure, false)+"  "+draw(verb, r.sure, true), width), width)
}
