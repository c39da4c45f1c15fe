package status

import (
	"strings"
	"time"

	"gantry/engine/api"
	"gantry/themes"
	"gantry/ui/kit"
)

// Screen is one of the screens that the header names.
type Screen struct {
	Key   string
	Title string
	On    bool // it is the one that is shown
}

// Header is the first row: the program, its screens, the engine, the connection. lost
// is for how long the connection has been gone.
func Header(st *themes.Styles, screens []Screen, conn api.Connection, lost time.Duration, width int) string {
	left, live := tabs(st, screens, true), " "+liveness(st, conn, lost)+" "
	if width-kit.Width(left)-kit.Width(live) < enough {
		left = tabs(st, screens, false)
	}
	room := width - kit.Width(left) - kit.Width(live)
	air := 8 // around the engine, so that it stands by itself
	if conn.Info.Skew != "" {
		air = 2
	}
	engine, skew := describe(conn.Info, st.Glyphs.Dot, room-air)
	if engine != "" {
		engine = st.Muted.Render(engine)
	}
	if skew != "" {
		engine += st.Warn.Render(skew)
	}
	gap := room - kit.Width(engine)
	if gap < 0 {
		return kit.Sides(left, live, width, st.Glyphs.Ellipsis)
	}
	lead := max(min(4, gap), gap-6)
	return kit.FitLine(left+kit.Spaces(lead)+engine+kit.Spaces(gap-lead)+live, width)
}

// enough is what the engine needs of the row; titles of screens give way to it.
const enough = 20

// tabs are the program and its screens; of those that are not shown only the keys unless full.
func tabs(st *themes.Styles, screens []Screen, full bool) string {
	var b strings.Builder
	b.WriteString(" " + st.Accent.Render("gantry"))
	for _, s := range screens {
		style, text := st.Tab, s.Key
		if s.On {
			style = st.TabActive
		}
		if full || s.On {
			text = strings.TrimSpace(s.Key + " " + s.Title)
		}
		if text != "" {
			b.WriteString("  " + style.Render(kit.Clean(text)))
		}
	}
	return b.String()
}

// SkewFix is what puts an engine of another version right.
const SkewFix = "gantry engine restart"

// describe is the engine in at most width cells, and whether it is of another version.
// That comes before all but the engine's own name.
func describe(i api.EngineInfo, dot string, width int) (engine, skew string) {
	all := engines(i, dot)
	if i.Skew != "" {
		for _, s := range []string{" ! " + kit.Clean(i.Skew) + ": " + SkewFix, " ! " + SkewFix, " ! restart it"} {
			for _, e := range all[1:] {
				if kit.Width(e+s) <= width {
					return e, s
				}
			}
		}
	}
	for _, e := range all {
		if kit.Width(e) <= width {
			return e, ""
		}
	}
	return "", ""
}

// engines are descriptions of the engine, the fullest first.
func engines(i api.EngineInfo, dot string) []string {
	version := strings.TrimSpace(string(i.Kind) + " containerd " + i.Version)
	var parts []string
	for _, p := range []string{i.Namespace, version, i.Snapshotter, i.CgroupMode} {
		if p != "" {
			parts = append(parts, kit.Clean(p))
		}
	}
	sep := " " + dot + " "
	return []string{strings.Join(parts, sep), strings.Join(parts[:max(0, len(parts)-1)], sep), kit.Clean(i.Namespace + sep + version), kit.Clean(version), kit.Clean(strings.TrimSpace(string(i.Kind) + " " + i.Version))}
}

// liveness is the mark at the right: live, starting, or since when nothing was heard.
func liveness(st *themes.Styles, conn api.Connection, lost time.Duration) string {
	g := st.Glyphs
	switch conn.State {
	case api.ConnReady:
		return st.Ok.Render(g.Live) + st.Muted.Render(" live")
	case api.ConnStarting:
		return st.Warn.Render(g.Pulling) + st.Muted.Render(" starting")
	case api.ConnLost:
		if !conn.Known() {
			return st.Bad.Render(g.Cross + " no engine")
		}
		return st.Bad.Render(g.Cross + " lost " + kit.Age(lost))
	}
	return st.Warn.Render(g.Pulling) + st.Muted.Render(" connecting")
}
