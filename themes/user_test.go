package themes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// put writes a theme into a folder: dark.toml with some of it replaced.
func put(t *testing.T, dir, name string, replace ...string) {
	t.Helper()
	text, err := files.ReadFile("palettes/dark.toml")
	if err != nil {
		t.Fatal(err)
	}
	out := strings.NewReplacer(replace...).Replace(string(text))
	if err := os.WriteFile(filepath.Join(dir, name+".toml"), []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAThemeOfTheUsersIsFound(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "mine", `"dark"`, `"mine"`, "#7fcf7a", "#00ff00")
	put(t, dir, "light", `"dark"`, `"light"`)
	if p, err := Find(dir, "mine"); err != nil || p.Colors[Ok] != "#00ff00" {
		t.Errorf("mine: %v, ok is %s", err, p.Colors[Ok])
	}
	if p, err := Find(dir, "light"); err != nil || !p.Dark {
		t.Errorf("the user's light does not stand for gantry's: %v", err)
	}
	if p, err := Find(dir, "basic"); err != nil || p.Name != "basic" {
		t.Errorf("basic: %v", err)
	}
	for _, dir := range []string{"", filepath.Join(dir, "nothing")} {
		if _, err := Find(dir, "dark"); err != nil {
			t.Errorf("%q: %v", dir, err)
		}
	}
	if got := strings.Join(Own(dir), " "); got != "light mine" {
		t.Errorf("own: %s", got)
	}
}

func TestWhatIsWrongWithAThemeIsToldWithItsFile(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "mine", `"dark"`, `"mine"`, `ok = "#7fcf7a"`, "ok = 3", "bad = \"#ff8078\"\n", "", "muted =", "mooted =")
	_, err := Find(dir, "mine")
	if err == nil {
		t.Fatal("it was loaded")
	}
	for _, want := range []string{"mine.toml", "colors.ok: must be a text, not a number", "colors.bad: missing", "colors.mooted: no such role", "line "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
	put(t, dir, "other")
	if _, err := Find(dir, "other"); err == nil || !strings.Contains(err.Error(), "the name of its file") {
		t.Errorf("another name than the file's: %v", err)
	}
	for _, name := range []string{"nope", "../mine", "", "."} {
		if _, err := Find(dir, name); err == nil || !strings.Contains(err.Error(), "no theme") && !strings.Contains(err.Error(), "no such") {
			t.Errorf("%q: %v", name, err)
		}
	}
}
