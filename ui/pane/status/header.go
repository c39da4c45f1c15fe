package status

import (
	"slices"
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
	Short string // the title where there is no room for all of them
	On    bool   // it is the one that is shown
}

// Header is the first row: the program, its screens, the engine, the connection. lost
// is for how long the connection has been gone.
func Header(st *themes.Styles, screens []Screen, conn api.Connection, lost time.Duration, width int) string {
	live := " " + liveness(st, conn, lost) + " "
	all := engines(conn.Info, st.Glyphs.Dot)
	var left, engine, skew string
	var room int
	for _, how := range []naming{byTitle, byShort, byKey} {
		left = tabs(st, screens, how)
		room = width - kit.Width(left) - kit.Width(live)
		engine, skew = describe(all, conn.Info.Skew, room)
		if room >= how.leaves() && (skew != "" || conn.Info.Skew == "") {
			break
		}
	}
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

// naming is how the screens that are not shown are told.
type naming int

const (
	byTitle naming = iota
	byShort
	byKey
)

// leaves is what of the row has to be left to the engine.
func (n naming) leaves() int {
	switch n {
	case byTitle:
		return 20
	case byShort:
		return 16
	}
	return 0
}

// tabs are the program and its screens.
func tabs(st *themes.Styles, screens []Screen, how naming) string {
	var b strings.Builder
	b.WriteString(" " + st.Accent.Render("gantry"))
	for _, s := range screens {
		style, title := st.Tab, s.Short
		if s.On {
			style = st.TabActive
		}
		switch {
		case s.On || how == byTitle:
			title = s.Title
		case how == byKey:
			title = ""
		}
		if text := strings.TrimSpace(s.Key + " " + title); text != "" {
			b.WriteString("  " + style.Render(kit.Clean(text)))
		}
	}
	return b.String()
}

// SkewFix is what puts an engine of another version right.
const SkewFix = "gantry engine restart"

// describe is the engine within room cells, with air around it so that it stands by itself,
// and whether it is of another version. That comes before all but the engine's own name.
func describe(all []string, skew string, room int) (engine, told string) {
	if skew != "" {
		for _, s := range []string{" ! " + kit.Clean(skew) + ": " + SkewFix, " ! " + SkewFix, " ! restart it"} {
			for _, e := range all[1:] {
				if kit.Width(e+s)+2 <= room {
					return e, s
				}
			}
		}
	}
	for _, air := range []int{8, 4, 2} {
		for _, e := range all {
			if kit.Width(e)+air <= room {
				return e, ""
			}
		}
	}
	return "", ""
}

// engines are descriptions of the engine, the fullest first.
func engines(i api.EngineInfo, dot string) []string {
	kind, version := string(i.Kind), ""
	if kind != "" || i.Version != "" {
		version = strings.TrimSpace(kind + " containerd " + i.Version)
	}
	told := func(parts ...string) string {
		parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
		return kit.Clean(strings.Join(parts, " "+dot+" "))
	}
	return []string{
		told(i.Namespace, version, i.Snapshotter, i.CgroupMode), told(i.Namespace, version, i.Snapshotter), told(i.Namespace, version),
		told(version), told(strings.TrimSpace(kind + " " + i.Version)),
	}
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
