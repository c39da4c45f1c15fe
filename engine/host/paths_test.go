package host

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestPathsAreCompletedAsTheyAreWritten(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Chdir(home)
	for _, d := range []string{"data", "docs", ".config"} {
		if err := os.Mkdir(filepath.Join(home, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(home, "dump.sql"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		home + "/d":    {home + "/data/", home + "/docs/", home + "/dump.sql"},
		"~/da":         {"~/data/"},
		"./":           {"./data/", "./docs/", "./dump.sql"},
		"./.":          {"./.config/"},
		"data":         nil,
		"/no/such/pla": nil,
	} {
		got, err := Paths(t.Context(), text)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
}
