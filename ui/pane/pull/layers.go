package pull

import (
	"fmt"
	"strings"

	"gantry/engine/api"
	"gantry/ui/kit"
	"gantry/ui/widget/bar"
)

// mostLayers is how many active layers are shown; the rest is counted.
const mostLayers = 4

// layers are the lines under a pull: the active layers, and the rest in numbers.
func (p *Pane) layers(pr api.PullProgress, width int) []string {
	st := p.env.Styles
	var out []string
	var here, done, waiting, active, hidden int
	for _, l := range pr.Layers {
		switch l.State {
		case api.LayerExists:
			here++
		case api.LayerDone:
			done++
		case api.LayerWaiting:
			waiting++
		default:
			active++
			if active > mostLayers {
				hidden++
				continue
			}
			out = append(out, kit.Truncate(p.layer(l), width, st.Glyphs.Ellipsis))
		}
	}
	var rest []string
	for _, c := range []struct {
		n    int
		what string
	}{{hidden, "more on their way"}, {done, "done"}, {here, "already here"}, {waiting, "waiting"}} {
		if c.n > 0 {
			rest = append(rest, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	if len(rest) > 0 {
		out = append(out, st.Muted.Render("   "+strings.Join(rest, " "+st.Glyphs.Dot+" ")))
	}
	return out
}

// layer is one active layer: its digest, size, bar and what happens to it.
func (p *Pane) layer(l api.LayerProgress) string {
	st := p.env.Styles
	head := "   " + st.Muted.Render(shortDigest(l.Digest)) + " " + st.Text.Render(kit.PadLeft(kit.Size(l.Size), 9)) + "  "
	got := 0.0
	if l.Size > 0 {
		got = min(1, float64(l.Offset)/float64(l.Size))
	}
	head += bar.View(st, got, layerBar) + "  "
	switch l.State {
	case api.LayerDownloaded:
		return head + st.Muted.Render("downloaded")
	case api.LayerUnpacking:
		return head + st.Muted.Render("downloaded "+st.Glyphs.Dot+" unpacking")
	}
	return head + st.Text.Render(kit.PadLeft(kit.Percent(got), 3))
}

// shortDigest is the first eight digits of a digest.
func shortDigest(d string) string {
	d = kit.Clean(strings.TrimPrefix(d, "sha256:"))
	return kit.Pad(kit.Truncate(d, 8, ""), 8)
}

// complete is how many layers there is nothing more to do for.
func complete(pr api.PullProgress) int {
	n := 0
	for _, l := range pr.Layers {
		if l.State == api.LayerDone || l.State == api.LayerExists {
			n++
		}
	}
	return n
}
