package status_test

import (
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/pane/status"
)

func TestRowsHaveTheirWidthWhateverIsInThem(t *testing.T) {
	st := themes.Default(true)
	conn := api.Connection{State: api.ConnReady, Info: api.EngineInfo{Kind: api.EngineSystem, Version: "2.4.2\x1b[31m", Namespace: "日本", Snapshotter: "overlayfs", CgroupMode: "cgroup v2"}}
	keys := keymap.Default()
	for w := 1; w <= 200; w++ {
		for name, row := range map[string]string{
			"header": status.Header(st, []status.Screen{{Key: "1", Title: "Containers", On: true}}, conn, 0, w),
			"notice": status.Notice(st, kit.Notice{Level: kit.Bad, Text: strings.Repeat("日本 ", 60) + "\x1b]0;x\x07"}, "", w),
			"none":   status.Notice(st, kit.Notice{}, "", w),
			"why":    status.Notice(st, kit.Notice{Level: kit.Bad, Text: strings.Repeat("word ", 60)}, "! why", w),
			"footer": status.Footer(st, keys.Entries(keymap.Containers), keys.Pick(keymap.Help, keymap.Quit), w),
		} {
			if got := lipgloss.Width(row); got != w || strings.Contains(row, "\n") {
				t.Fatalf("%s has %d cells, want %d: %q", name, got, w, row)
			}
		}
	}
}

func TestTheHeaderSaysWhichEngineAndHowItIs(t *testing.T) {
	st := themes.Default(true)
	info := api.EngineInfo{Kind: api.EngineSystem, Version: "1.7.35", Namespace: "default", Snapshotter: "overlayfs", CgroupMode: "cgroup v1"}
	tests := []struct {
		conn  api.Connection
		width int
		want  []string
	}{
		{api.Connection{State: api.ConnReady, Info: info}, 120, []string{"default · system containerd 1.7.35 · overlayfs · cgroup v1", "live"}},
		{api.Connection{State: api.ConnReady, Info: info}, 42, []string{"system 1.7.35", "live"}},
		{api.Connection{State: api.ConnLost, Info: info}, 80, []string{"lost 12s"}},
		{api.Connection{State: api.ConnStarting, Info: api.EngineInfo{Kind: api.EngineEmbedded}}, 80, []string{"embedded containerd", "starting"}},
	}
	for _, tt := range tests {
		row := ansi.Strip(status.Header(st, nil, tt.conn, 12*time.Second, tt.width))
		for _, w := range tt.want {
			if !strings.Contains(row, w) {
				t.Errorf("%q is not in %q", w, row)
			}
		}
	}
}

// What is not shown keeps its name for as long as the row can tell it and the engine; that
// the engine wants to be restarted comes before the names.
func TestTheHeaderNamesTheOtherScreens(t *testing.T) {
	screens := []status.Screen{{Key: "1", Title: "Containers", Short: "Ctr", On: true}, {Key: "2", Title: "Networks", Short: "Net"}, {Key: "3", Title: "Volumes", Short: "Vol"}, {Key: "4", Title: "Images", Short: "Img"}, {Key: "5", Title: "Events", Short: "Evt"}}
	good := api.EngineInfo{Kind: api.EngineEmbedded, Version: "2.4.2", Namespace: "default"}
	old := good
	old.Skew = "older than gantry"
	for _, tt := range []struct {
		info  api.EngineInfo
		width int
		want  string
	}{
		{good, 120, "1 Containers  2 Networks  3 Volumes  4 Images  5 Events"},
		{good, 80, "1 Containers  2 Net  3 Vol  4 Img  5 Evt    embedded 2.4.2"},
		{good, 60, "1 Containers  2  3  4  5    embedded 2.4.2"},
		{old, 80, "1 Containers  2  3  4  5      embedded 2.4.2 ! restart it"},
	} {
		row := ansi.Strip(status.Header(themes.Default(true), screens, api.Connection{State: api.ConnReady, Info: tt.info}, 0, tt.width))
		if !strings.Contains(row, tt.want) {
			t.Errorf("%d cells: %q is not in %q", tt.width, tt.want, row)
		}
	}
}

func TestHelpAndQuitAreNeverLeftOut(t *testing.T) {
	keys := keymap.Default()
	row := ansi.Strip(status.Footer(themes.Default(true), keys.Entries(keymap.Containers), keys.Pick(keymap.Help, keymap.Quit), 40))
	if !strings.Contains(row, "? help  q quit") || !strings.Contains(row, "n new") {
		t.Errorf("the footer is %q", row)
	}
}
