package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzConfig: a file of settings is taken with values that are fit and lines that are in it,
// or refused with its name and not heeded; there is a Config to go on with in any case.
func FuzzConfig(f *testing.F) {
	f.Add("theme = \"light\"\nascii = true\n[engine]\nuse = \"system\"\n[stop]\ntimeout = 30\n")
	f.Add("[engine]\naddress = \"/x\"\nnamespace = \"a\"\ndata-root = \"/\"\n[confirm]\nstop = false")
	f.Add("stop.timeout = \"1h\"\nmouse = 'none'\n")
	f.Add("thme = 1\n[[engine]]\n\x00")
	f.Add(Example())
	f.Add("theme = \"0\"\n0 = 0")
	f.Add("[pull]\ninsecure-registries = [\"r.local:5000\", \"[::1]:5000\"]\n")
	home := f.TempDir()
	path := filepath.Join(home, ".config", "gantry", "config.toml")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.Fatal(err)
	}
	w := &world{env: map[string]string{"HOME": home}, home: home, uid: 1000, owner: 1000, mode: 0o755}
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(w.World(), nil)
		if c == nil || c.Keys == nil {
			t.Fatalf("no settings to go on with: %v", err)
		}
		var bad *Error
		if err != nil && (!errors.As(err, &bad) || len(bad.Files) != 1 || !strings.Contains(err.Error(), path)) {
			t.Errorf("refused, but not by its name: %v", err)
		}
		values, here, ferr := readFile(path)
		if !here {
			t.Fatal("it is there")
		}
		for key, e := range values {
			s, ok := find(key)
			if !ok || e.line < 1 || e.line > strings.Count(text, "\n")+1 || !utf8.ValidString(e.text) {
				t.Errorf("%s is %q in line %d", key, e.text, e.line)
			}
			var raw any = e.text
			if key == ASCII || key == AskStop {
				raw = flagText(e.text)
			}
			if key == Insecure {
				list := []any{}
				for r := range strings.FieldsFuncSeq(e.text, func(r rune) bool { return r == ',' }) {
					list = append(list, r)
				}
				raw = list
			}
			if again, err := s.read(raw); err != nil || again != e.text {
				t.Errorf("%s: %q was taken, and is %q, %v", key, e.text, again, err)
			}
		}
		if d := c.Duration(StopTimeout); d != nil && (*d < 0 || *d > 24*time.Hour) {
			t.Errorf("stop after %v", *d)
		}
		if ferr == nil && err == nil && c.Text(Namespace) == "" {
			t.Errorf("taken without a namespace: %q", text)
		}
	})
}
