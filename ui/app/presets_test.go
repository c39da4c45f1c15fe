package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/engine/option"
	"gantry/ui/app"
	"gantry/ui/preset"
	"gantry/ui/uitest"
)

// drafted is the draft of a line.
func drafted(t *testing.T, line string) option.Draft {
	t.Helper()
	p, err := option.FromLine("docker run " + line)
	if err != nil {
		t.Fatal(err)
	}
	return p.Draft
}

// shelved is a folder with a preset of the user's and two last forms.
func shelved(t *testing.T, now time.Time) preset.Store {
	t.Helper()
	dir := t.TempDir()
	s := preset.Store{Dir: filepath.Join(dir, "presets"), State: filepath.Join(dir, "forms")}
	for _, err := range []error{
		s.Save(preset.Preset{Name: "shop", About: "The shop as it runs in the cellar", Draft: drafted(t, "--name shop --restart unless-stopped -p 8080:80 -e DB_PASSWORD=hunter2 nginx:1.27")}),
		s.Note(drafted(t, "--name old -p 80:80 -e API_TOKEN=abc httpd:2"), now.Add(-3*time.Hour)),
		s.Note(drafted(t, "--rm -it busybox sh"), now.Add(-5*time.Minute)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestAFormIsFilledFromAPresetOrALastForm(t *testing.T) {
	for size, wh := range map[string][2]int{"80x24": {80, 24}, "120x36": {120, 36}} {
		t.Run(size, func(t *testing.T) {
			uitest.Run(t, func(t *testing.T) {
				e := fake.New()
				e.AddImage("nginx:1.27", api.ImageConfig{})
				store := shelved(t, e.Now())
				w, end := beginWith(t, e, wh[0], wh[1], app.Options{Presets: store})
				defer end()
				w.calm()
				w.Press("n")
				w.calm()
				w.Press("ctrl+p")
				w.calm()
				w.WantNot("hunter2").Golden("presets-" + size)
				w.Type("httpd").WantNot("busybox").Press("enter")
				w.calm()
				w.Want("httpd:2", "API_TOKEN needs a value")
				w.Press("ctrl+p")
				w.calm()
				w.Type("shop").Press("enter")
				w.calm()
				w.Golden("presets-lost-" + size)
				w.read().Press("esc")
				w.Want("presets and last forms").Press("enter")
				w.calm()
				w.read().Press("right", "enter")
				w.calm()
				w.Want("nginx:1.27", "DB_PASSWORD=********", "New container")
			})
		})
	}
}

func TestAFormIsKeptAsAPresetAndAmongTheLastOnes(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := fake.New()
		e.AddImage("nginx:1.27", api.ImageConfig{})
		dir := t.TempDir()
		store := preset.Store{Dir: filepath.Join(dir, "presets"), State: filepath.Join(dir, "forms")}
		w, end := beginWith(t, e, 80, 24, app.Options{Presets: store})
		defer end()
		w.calm()
		w.Press("n")
		w.calm()
		w.Press("ctrl+n")
		w.calm()
		w.Want("nothing in the form to keep")
		w.Paste("docker run --name shop -e DB_PASSWORD=hunter2 nginx:1.27").Press("enter")
		w.calm()
		w.Press("ctrl+n")
		w.calm()
		w.Want("It holds the value of DB_PASSWORD").Press("ctrl+s")
		w.calm()
		file := filepath.Join(store.Dir, "shop.toml")
		w.Want("shop is kept in " + dir[:20])
		if b, err := os.ReadFile(file); err != nil || !strings.Contains(string(b), "DB_PASSWORD=hunter2") {
			t.Errorf("%s, %v", b, err)
		}
		w.Press("ctrl+n")
		w.calm()
		w.Press("ctrl+s")
		w.calm()
		w.Want("Replace the preset shop?")
		w.read().Press("right", "enter")
		w.calm()
		w.WantNot("Replace").Want("shop is kept in")

		w.Press("ctrl+s")
		w.calm()
		w.Want("without the value of DB_PASSWORD")
		last, err := store.Last()
		if err != nil || len(last) != 1 || last[0].Draft.Line("run") != "run --name shop -e DB_PASSWORD= nginx:1.27" {
			t.Errorf("%+v, %v", last, err)
		}

		w.Press("n")
		w.calm()
		w.Press("ctrl+p")
		w.calm()
		w.Press("f8")
		w.calm()
		w.Want("Delete shop?")
		w.read().Press("right", "enter")
		w.calm()
		w.WantNot("yours").Want("last")
		if store.Has("shop") {
			t.Error("the file is still there")
		}
		w.Press("end", "pgdown", "pgdown", "f8")
		w.calm()
		w.Want("comes with gantry, and stays")
	})
}

func TestKeepingAPresetSaysInWhichFolderAndWhatSecretsGoThere(t *testing.T) {
	atSizesWith(t, app.Options{Presets: preset.Store{Dir: "/home/alice/.config/gantry/presets", Whose: "alice's, who called sudo"}}, "preset-keep", func(w *world) {
		w.Press("n")
		w.calm()
		w.Paste("docker run --name shop -e DB_PASSWORD=hunter2 nginx:1.27").Press("enter")
		w.calm()
		w.Press("ctrl+n")
		w.calm()
	})
}

// atSizesWith is atSizes on an empty engine, with options, at the two sizes that the form's
// sheets differ at.
func atSizesWith(t *testing.T, o app.Options, name string, scene func(w *world)) {
	t.Helper()
	for size, wh := range map[string][2]int{"80x24": {80, 24}, "120x36": {120, 36}} {
		t.Run(size, func(t *testing.T) {
			uitest.Run(t, func(t *testing.T) {
				w, end := beginWith(t, fake.New(), wh[0], wh[1], o)
				defer end()
				w.calm()
				scene(w)
				w.Golden(name + "-" + size)
			})
		})
	}
}

func TestTheFormOpensWithWhatItIsGiven(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		var d option.Draft
		d.Set(option.KeyImage, "redis:8")
		d.Set(option.KeyMemory, "64m")
		w, end := beginWith(t, populated(), 120, 36, app.Options{New: true, Draft: &d})
		defer end()
		w.calm()
		w.Want("New container", "redis:8", "-m 64m")
	})
}
