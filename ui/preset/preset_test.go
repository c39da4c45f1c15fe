package preset

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gantry/engine/option"
)

func line(t *testing.T, text string) option.Draft {
	t.Helper()
	p, err := option.FromLine("gantry run " + text)
	if err != nil || len(p.Leftovers) > 0 {
		t.Fatal(text, p.Leftovers, err)
	}
	return p.Draft
}

func TestBuiltInPresetsAreGood(t *testing.T) {
	all, err := BuiltIn()
	if err != nil || len(all) < 4 {
		t.Fatal(all, err)
	}
	for _, p := range all {
		if problems := p.Draft.Parse(option.Facts{}).Problems; len(problems) > 0 || p.About == "" || p.Path != "" {
			t.Errorf("%s: %v, %+v", p.Name, problems, p)
		}
	}
}

// Any draft comes back from its file.
func TestADraftComesBackFromItsFile(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	pieces := []string{"a", `"`, `\`, "'", "\n", "=", "é", "\t", "[", "#", "true", "1", "\x00", "$"}
	for range 500 {
		p := Preset{About: "It's \"so\""}
		for _, o := range option.Table() {
			if rnd.IntN(6) > 0 {
				continue
			}
			v := ""
			for range rnd.IntN(4) {
				v += pieces[rnd.IntN(len(pieces))]
			}
			p.Draft.Add(o.Key, v)
			if o.Repeat {
				p.Draft.Add(o.Key, "b")
			}
		}
		var b bytes.Buffer
		if err := Write(&b, p); err != nil {
			t.Fatal(err)
		}
		back, err := Read(bytes.NewReader(b.Bytes()))
		if err != nil || !back.Draft.Equal(p.Draft) || back.About != p.About {
			t.Fatalf("%v\n%s\n%+v\n%+v", err, b.String(), p.Draft.Entries(), back.Draft.Entries())
		}
	}
}

func TestWhatIsWrongWithAFileIsToldByLine(t *testing.T) {
	_, err := Read(strings.NewReader("about = 1\nimage = \"a\"\n[options]\nimage = [\"a\"]\nmemroy = \"1g\"\npublish = [1979-05-27]\nnet = \"host\"\nnetwork = \"none\"\ncpus = 1.5\nrm = true\n"))
	want := "line 1: about is a number; write a text\nline 2: image has no place here; options stand under [options]\nline 4: image takes one value, not a list\n" +
		"line 5: gantry knows no option memroy\nline 6: publish is"
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestPresetsAndTheLastFormsAreKept(t *testing.T) {
	s := Store{Dir: filepath.Join(t.TempDir(), "presets"), State: filepath.Join(t.TempDir(), "forms")}
	if err := s.Save(Preset{Name: "shell", About: "mine", Draft: line(t, "-it debian")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(Preset{Name: "../x"}); err == nil {
		t.Error("a name with a slash was taken")
	}
	if err := os.WriteFile(filepath.Join(s.Dir, "bad.toml"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := s.List()
	if err == nil || !strings.Contains(err.Error(), "bad.toml: line 1") {
		t.Errorf("%v", err)
	}
	for _, p := range all {
		if p.Name == "shell" && (p.About != "mine" || p.Path == "") {
			t.Errorf("gantry's own goes before: %+v", p)
		}
	}

	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i := range MostForms + 5 {
		if err := s.Note(line(t, fmt.Sprintf("-e DB_PASSWORD=secret -e A=%d a", i)), at.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Note(line(t, "-e DB_PASSWORD=other -e A=20 a"), at.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	last, err := s.Last()
	if err != nil || len(last) != MostForms || last[0].Draft.Line("run") != "run -e DB_PASSWORD= -e A=20 a" || last[1].Draft.Line("run") != "run -e DB_PASSWORD= -e A=24 a" {
		t.Errorf("%d, %v, %+v", len(last), err, last)
	}
	files, _ := filepath.Glob(s.State + "/*")
	for _, f := range files {
		if b, err := os.ReadFile(f); err != nil || bytes.Contains(b, []byte("secret")) || bytes.Contains(b, []byte("other")) {
			t.Errorf("%s holds a secret: %s %v", f, b, err)
		}
	}
}

// What root writes into somebody's home is theirs, and no link leads it out of there.
func TestWhatIsWrittenIntoAHomeIsItsOwners(t *testing.T) {
	home := t.TempDir()
	const uid = 1234
	mine := os.Geteuid() == 0
	if mine {
		if err := os.Chown(home, uid, uid); err != nil {
			t.Fatal(err)
		}
	}
	s := Store{Dir: filepath.Join(home, ".config/gantry/presets"), State: filepath.Join(home, "out/forms"), Home: home}
	if err := s.Save(Preset{Name: "web", Draft: line(t, "nginx")}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{".config", ".config/gantry", ".config/gantry/presets", ".config/gantry/presets/web.toml"} {
		info, err := os.Stat(filepath.Join(home, p))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Sys().(*syscall.Stat_t).Uid; mine && got != uid || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %d's, %v", p, got, info.Mode())
		}
	}
	elsewhere := t.TempDir()
	if err := os.Symlink(elsewhere, filepath.Join(home, "out")); err != nil {
		t.Fatal(err)
	}
	if err := s.Note(line(t, "nginx"), time.Now()); err == nil {
		t.Error("a link led out of the home")
	}
	if files, _ := os.ReadDir(elsewhere); len(files) > 0 {
		t.Errorf("%v", files)
	}
}

func TestAPresetOfOnesOwnIsRemovedAndGantrysStay(t *testing.T) {
	s := Store{Dir: filepath.Join(t.TempDir(), "presets")}
	if err := s.Save(Preset{Name: "shell", About: "mine", Draft: line(t, "debian")}); err != nil {
		t.Fatal(err)
	}
	for _, about := range []string{"mine", "A shell that leaves nothing behind"} {
		all, err := s.List()
		i := slices.IndexFunc(all, func(p Preset) bool { return p.Name == "shell" })
		if err != nil || all[i].About != about {
			t.Fatalf("%v, %+v", err, all[i])
		}
		if err := s.Remove(all[i]); (err == nil) != (about == "mine") {
			t.Errorf("%s: %v", about, err)
		}
	}
	if err := s.Remove(Preset{Path: "/etc/passwd"}); err == nil {
		t.Error("a file elsewhere was removed")
	}
}
