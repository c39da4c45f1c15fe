// Package facts draws what is known of a thing: sections of names and values.
package facts

import (
	"strings"

	"gantry/themes"
	"gantry/ui/kit"
)

// Section is a title and what stands below it.
type Section struct {
	Title string
	None  string // said when there are no rows; "" leaves the section out then
	Rows  []Row
}

// Row is a name and a value. One without a name goes on with the value above.
type Row struct{ Name, Value string }

const least = 8 // cells of the names' column

// Lines draws sections in lines of at most width cells. All text is cleaned. What does
// not fit beside its name stands below it.
func Lines(st *themes.Styles, sections []Section, width int) []string {
	first := least
	for _, s := range sections {
		for _, r := range s.Rows {
			if r.Value != "" {
				first = max(first, min(kit.Width(kit.Clean(r.Name)), max(least, width*2/5)))
			}
		}
	}
	var out []string
	for _, s := range sections {
		if len(s.Rows) == 0 && s.None == "" {
			continue
		}
		if len(out) > 0 {
			out = append(out, "")
		}
		if s.Title != "" {
			out = append(out, " "+st.Strong.Render(kit.Truncate(kit.Clean(s.Title), width-2, st.Glyphs.Ellipsis)))
		}
		if len(s.Rows) == 0 {
			out = append(out, "   "+st.Muted.Render(kit.Truncate(s.None, width-4, st.Glyphs.Ellipsis)))
		}
		for _, r := range s.Rows {
			out = append(out, row(st, r, first, width)...)
		}
	}
	return out
}

func row(st *themes.Styles, r Row, first, width int) []string {
	a, b := kit.Clean(r.Name), kit.Clean(r.Value)
	switch room := width - first - 6; {
	case b == "":
		return []string{"   " + st.Text.Render(kit.Truncate(a, width-4, st.Glyphs.Ellipsis))}
	case kit.Width(a) <= first && kit.Width(b) <= room:
		return []string{"   " + st.Muted.Render(kit.Pad(a, first)) + "  " + st.Text.Render(b)}
	case kit.Width(a) <= first && room >= 16:
		var out []string
		for i, l := range kit.Wrap(b, room) {
			if i > 0 {
				a = ""
			}
			out = append(out, "   "+st.Muted.Render(kit.Pad(a, first))+"  "+st.Text.Render(l))
		}
		return out
	}
	var out []string
	if a != "" {
		out = append(out, "   "+st.Muted.Render(kit.Truncate(a, width-4, st.Glyphs.Ellipsis)))
	}
	for _, l := range kit.Wrap(b, max(1, width-6)) {
		out = append(out, "     "+st.Text.Render(l))
	}
	return out
}

// JSON draws lines of JSON, keys told from values. Lines are cut, not wrapped.
func JSON(st *themes.Styles, text string, width int) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		line = kit.Truncate(" "+kit.Clean(line), width-1, st.Glyphs.Ellipsis)
		body := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(body)]
		if key, value, ok := strings.Cut(body, `": `); ok && strings.HasPrefix(body, `"`) {
			out = append(out, indent+st.Muted.Render(key+`":`)+" "+st.Text.Render(value))
			continue
		}
		out = append(out, indent+st.Text.Render(body))
	}
	return out
}

// Of is a row.
func Of(name, value string) Row { return Row{Name: name, Value: value} }
