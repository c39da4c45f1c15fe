package detail

import "gantry/ui/widget/facts"

// inspectLines are the lines of the JSON. What is too long for the pane is in `gantry inspect`.
func (p *Pane) inspectLines(width int) []string {
	if p.inspect == "" {
		return p.trouble(width)
	}
	return facts.JSON(p.env.Styles, p.inspect, width)
}
