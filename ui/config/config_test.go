package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/keymap"
)

// world is a home whose owner and mode a test decides about.
type world struct {
	env   map[string]string
	home  string // of alice, 1000, who may call sudo
	uid   int
	owner int
	mode  fs.FileMode
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{env: map[string]string{}, home: t.TempDir(), uid: 1000, owner: 1000, mode: 0o755}
	w.env["HOME"] = w.home
	return w
}

func (w *world) World() World {
	return World{
		Getenv: func(k string) string { return w.env[k] }, UID: w.uid,
		User: func(uid int) (string, string, error) {
			if uid == 1000 {
				return "alice", w.home, nil
			}
			return "root", "/nonexistent/root", nil
		},
		Owner: func(path string) (int, fs.FileMode, error) {
			_, err := os.Stat(path)
			return w.owner, w.mode, err
		},
	}
}

func (w *world) put(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(w.home, ".config", "gantry", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAFlagGoesBeforeTheEnvironmentAndThatBeforeTheFile(t *testing.T) {
	w := newWorld(t)
	w.put(t, "config.toml", "theme = \"light\"\nascii = true\n[engine]\nnamespace = \"file\"\ndata-root = \"/file\"\n[confirm]\nstop = true\n[stop]\ntimeout = 30\n[pull]\ninsecure-registries = [\"r.local:5000\", \"[::1]:5000\"]\n")
	w.env["CONTAINERD_NAMESPACE"], w.env["GANTRY_DATA_ROOT"] = "env", "/env"
	c, err := Load(w.World(), map[string]string{"namespace": "flag"})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string][2]string{
		Theme: {"light", "config.toml, line 1"}, ASCII: {"true", "config.toml, line 2"}, Namespace: {"flag", "--namespace"},
		DataRoot: {"/env", "$GANTRY_DATA_ROOT"}, AskStop: {"true", "config.toml, line 7"}, Engine: {"auto", "default"},
		Mouse: {"none", "default"}, StopTimeout: {"30s", "config.toml, line 9"}, Address: {"", "default"},
	} {
		if v := c.values[key]; v.Text != want[0] || v.From() != want[1] {
			t.Errorf("%s is %q from %s, want %q from %s", key, v.Text, v.From(), want[0], want[1])
		}
	}
	if l := c.List(Insecure); !slices.Equal(l, []string{"r.local:5000", "[::1]:5000"}) {
		t.Errorf("insecure registries: %q", l)
	}
	if d := c.Duration(StopTimeout); d == nil || *d != 30*time.Second {
		t.Errorf("the time to stop is %v", d)
	}
	if c.Palette == nil || c.Palette.Name != "light" || !c.Bool(ASCII, false) || !c.Bool(AskStop, false) {
		t.Errorf("%+v", c.Values())
	}
}

func TestWithoutFilesThereAreDefaults(t *testing.T) {
	c, err := Load(newWorld(t).World(), nil)
	if err != nil || c.Palette != nil || c.Duration(StopTimeout) != nil || c.Bool(ASCII, true) != true || c.Bool(AskStop, true) || len(c.Files) != 0 {
		t.Errorf("%v, %+v", err, c)
	}
	if f := c.Finding(nil); f.Level != api.FindingOK {
		t.Errorf("%+v", f)
	}
}

func TestAllThatIsWrongIsNamedWithItsLine(t *testing.T) {
	w := newWorld(t)
	config := w.put(t, "config.toml", "thme = \"dark\"\nascii = \"yes\"\nmouse = \"cell\"\n[engine]\nuse = \"docker\"\nnamespace = 3\n[stop]\ntimeout = \"soon\"\n[ui]\nx = 1\n[pull]\ninsecure-registries = [\"http://r:1\"]\n")
	keys := w.put(t, "keys.toml", "[containers]\n\"container.fly\" = [\"x\"]\n")
	_, err := Load(w.World(), nil)
	var e *Error
	if !errors.As(err, &e) || len(e.Files) != 2 {
		t.Fatalf("%v", err)
	}
	for _, want := range []string{
		config + " cannot be used:", "line 1: thme: no such setting; did you mean theme?", "line 2: ascii: must be true or false, not a text",
		`line 3: mouse: "cell": there is only none`, `line 5: engine.use: "docker": must be auto, system or embedded`, "line 6: engine.namespace: must be a text, not a number",
		`line 8: stop.timeout: "soon" is not a time`, "line 10: ui.x: no such setting", `line 12: pull.insecure-registries: "http://r:1" is not a registry`, keys + " cannot be used:", `line 2: [containers] "container.fly"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
}

func TestWhatIsNotSetWell(t *testing.T) {
	for text, want := range map[string]string{
		"theme = \"nope\"":                                          "line 1: theme: no theme \"nope\"; there are basic",
		"theme = \"\"":                                              "must not be empty",
		"[engine]\naddress = \"run/x\"":                             "line 2: engine.address: \"run/x\": must be the whole path",
		"[engine]\naddress = \"/x\"\nuse = \"embedded\"":            "line 2: engine.address: cannot be set together",
		"[engine]\nnamespace = \"a b\"":                             "is not a name",
		"[engine]\ndata-root = \"here\"":                            "must be a whole path",
		"[stop]\ntimeout = -1":                                      "must be from 0 to",
		"[stop]\ntimeout = 1.5":                                     "not a number",
		"theme":                                                     "line 1: not TOML",
		"[[engine]]\nuse = \"auto\"":                                "engine: no such setting",
		"confirm = true":                                            "confirm: no such setting",
		"engine.use = \"auto\"\nengine = 3":                         "not TOML",
		"[confirm]\nstop = { a = 1 }":                               "must be true or false, not a table",
		"theme = \"../../etc/passwd\"":                              "no theme",
		"[confirm]\nstop = true\n[confirm]\nstop = false":           "line 3: not TOML",
		"theme = \"dark\"\ntheme = \"light\"":                       "line 2: not TOML",
		"mouse = [\"none\"]":                                        "must be a text, not a list",
		"[stop]\ntimeout = 1979-05-27":                              "not a date",
		"[engine]\nnamespace = \"" + strings.Repeat("a", 80) + "\"": "is not a name",
	} {
		w := newWorld(t)
		w.put(t, "config.toml", text)
		if _, err := Load(w.World(), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", text, err, want)
		}
	}
}

func TestFlagsAndVariablesAreCheckedToo(t *testing.T) {
	w := newWorld(t)
	w.env["GANTRY_ASCII"] = "perhaps"
	_, err := Load(w.World(), map[string]string{"theme": "nope"})
	if err == nil || !strings.Contains(err.Error(), "$GANTRY_ASCII:") || !strings.Contains(err.Error(), "--theme: no theme") {
		t.Errorf("%v", err)
	}
}

func TestHalvesOfAnEngineFromTwoPlacesDoNotMix(t *testing.T) {
	w := newWorld(t)
	w.put(t, "config.toml", "[engine]\naddress = \"/file.sock\"\n")
	c, _ := Load(w.World(), map[string]string{"engine": "embedded"})
	if c.Text(Address) != "" || c.Text(Engine) != "embedded" {
		t.Errorf("--engine embedded is held to %q of the file", c.Text(Address))
	}
	w.put(t, "config.toml", "[engine]\nuse = \"system\"\n")
	w.env["CONTAINERD_ADDRESS"] = "/env.sock"
	c, _ = Load(w.World(), nil)
	if c.Text(Engine) != "auto" || c.Text(Address) != "/env.sock" {
		t.Errorf("the address of the environment is held to %q of the file", c.Text(Engine))
	}
}

func TestUnderSudoTheCallersFilesAreRead(t *testing.T) {
	w := newWorld(t)
	path := w.put(t, "config.toml", "theme = \"light\"\n")
	w.uid, w.env["SUDO_UID"], w.env["HOME"] = 0, "1000", t.TempDir()
	c, err := Load(w.World(), nil)
	if err != nil || c.Place.Config() != path || c.Text(Theme) != "light" {
		t.Errorf("%v, %+v", err, c.Place)
	}
	for _, text := range []string{c.Whose(), c.Hello(), c.Finding(nil).Detail} {
		if !strings.Contains(text, "alice") {
			t.Errorf("whose they are is not said in %q", text)
		}
	}
	w.owner = 0 // root's own file in alice's home
	if c, _ := Load(w.World(), nil); c.Place.User != "alice" {
		t.Errorf("root's file is not read: %+v", c.Place)
	}
}

// What gantry notes is noted where the settings are, and whose they are.
func TestNotesAreKeptBesideTheSettings(t *testing.T) {
	w := newWorld(t)
	want := func(state, home string) {
		t.Helper()
		if p := Locate(w.World()); p.State != state || p.Home != home || p.Forms() != filepath.Join(state, "forms") {
			t.Errorf("%+v, want %s in %q", p, state, home)
		}
	}
	alices := filepath.Join(w.home, ".local/state/gantry")
	want(alices, "")
	w.env["XDG_STATE_HOME"] = "/var/tmp/state"
	want("/var/tmp/state/gantry", "")
	w.env["SUDO_UID"], w.env["HOME"], w.uid = "1000", "/root", 0
	delete(w.env, "XDG_STATE_HOME")
	want("/root/.local/state/gantry", "") // alice has no settings
	w.put(t, "config.toml", "")
	want(alices, w.home)
	w.env["XDG_STATE_HOME"] = "/var/tmp/state" // is not in the home that is written to
	want(alices, w.home)
	w.env["XDG_STATE_HOME"] = filepath.Join(w.home, "state")
	want(filepath.Join(w.home, "state/gantry"), w.home)
}

func TestUnderSudoFilesThatOthersMayWriteAreNotHeeded(t *testing.T) {
	for name, change := range map[string]func(*world){
		"somebody else's":  func(w *world) { w.owner = 1234 },
		"open to a group":  func(w *world) { w.mode = 0o775 },
		"open to everyone": func(w *world) { w.mode = 0o757 },
	} {
		w := newWorld(t)
		w.put(t, "config.toml", "theme = \"light\"\n")
		w.uid, w.env["SUDO_UID"], w.env["HOME"] = 0, "1000", t.TempDir()
		change(w)
		c, err := Load(w.World(), nil)
		if err != nil || c.Text(Theme) != "auto" || c.Place.User != "" {
			t.Errorf("%s: %v, %+v", name, err, c.Place)
		}
		if c.Hello() == "" || c.Finding(nil).Level != api.FindingWarn {
			t.Errorf("%s: it is not said: %q", name, c.Hello())
		}
	}
}

func TestWhereFilesAreLookedFor(t *testing.T) {
	w := newWorld(t)
	w.env["XDG_CONFIG_HOME"] = "/xdg"
	if p := Locate(w.World()); p.Dir != "/xdg/gantry" {
		t.Errorf("%+v", p)
	}
	w.env["XDG_CONFIG_HOME"] = "relative" // to be ignored, says the XDG specification
	if p := Locate(w.World()); p.Dir != filepath.Join(w.home, ".config/gantry") {
		t.Errorf("%+v", p)
	}
	w.env["HOME"] = ""
	if p := Locate(w.World()); p.Dir != filepath.Join(w.home, ".config/gantry") {
		t.Errorf("without $HOME: %+v", p)
	}
	// Root by sudo whose caller has no settings reads its own.
	w.uid, w.env["SUDO_UID"], w.env["HOME"] = 0, "1000", "/root-home"
	if p := Locate(w.World()); p.Dir != "/root-home/.config/gantry" || p.User != "" || p.Passed != "" {
		t.Errorf("%+v", p)
	}
}

func TestTheExampleIsGood(t *testing.T) {
	var b strings.Builder
	for l := range strings.Lines(Example()) {
		if rest, ok := strings.CutPrefix(l, "#"); ok && !strings.HasPrefix(l, "# ") {
			l = rest
		}
		b.WriteString(l)
	}
	w := newWorld(t)
	w.put(t, "config.toml", b.String())
	c, err := Load(w.World(), nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	for _, v := range c.Values() {
		if v.Origin != FromFile {
			t.Errorf("%s is not in the example", v.Key)
		}
	}
	w.put(t, "config.toml", Example())
	if c, err := Load(w.World(), nil); err != nil || c.Origin(Theme) != FromDefault {
		t.Errorf("as it is printed it sets something: %v", err)
	}
}

func TestKeysOfTheUser(t *testing.T) {
	w := newWorld(t)
	w.put(t, "keys.toml", "[containers]\n\"container.remove\" = [\"Z\"]\n")
	c, err := Load(w.World(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if a, _ := c.Keys.Lookup(keymap.Containers, "Z"); a != keymap.ContainerRemove {
		t.Errorf("Z does %q", a)
	}
}
