package detail

import (
	"strings"

	"gantry/ui/kit"
)

// inspectLines are the lines of the JSON, keys told from values. Lines are cut, not
// wrapped: what is too long for the pane is in `gantry inspect`.
func (p *Pane) inspectLines(width int) []string {
	st := p.env.Styles
	if p.inspect == "" {
		text := p.problem
		if text == "" && !p.have {
			return nil
		}
		return wrap(st.Muted, text, width)
	}
	var out []string
	for line := range strings.SplitSeq(p.inspect, "\n") {
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
