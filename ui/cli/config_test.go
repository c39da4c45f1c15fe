package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gantry/ui/config"
)

// settle gives the desk a home with files of settings.
func (d *desk) settle(files map[string]string) string {
	d.t.Helper()
	dir := filepath.Join(d.t.TempDir(), ".config", "gantry")
	if err := os.MkdirAll(filepath.Join(dir, "themes"), 0o700); err != nil {
		d.t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
	home := filepath.Dir(filepath.Dir(dir))
	getenv := func(k string) string {
		if k == "HOME" {
			return home
		}
		return d.env[k]
	}
	d.home = &config.World{
		Getenv: getenv, UID: 1000,
		User:  func(int) (string, string, error) { return "alice", home, nil },
		Owner: func(path string) (int, fs.FileMode, error) { _, err := os.Stat(path); return 1000, 0o700, err },
	}
	return dir
}

func TestSettingsThatCannotBeUsedAreRefusedBeforeAnythingElse(t *testing.T) {
	d := sit(t)
	d.settle(map[string]string{"config.toml": "thme = 1\n[confirm]\nstop = \"yes\"\n", "keys.toml": "[logs]\n\"log.fly\" = [\"x\"]\n"})
	for _, line := range []string{"", "ps", "run busybox", "stop web", "engine status"} {
		got := d.gantry(strings.Fields(line)...)
		if got.code != 2 || got.out != "" || len(d.opts) != 0 {
			t.Errorf("%q: %+v", line, got)
		}
		for _, want := range []string{"config.toml cannot be used:", "line 1: thme: no such setting; did you mean theme?", "line 3: confirm.stop: must be", "keys.toml cannot be used:", "line 2: [logs]", "gantry config --example"} {
			if !strings.Contains(got.err, want) {
				t.Errorf("%q: %q is not in:\n%s", line, want, got.err)
			}
		}
	}
	if got := d.gantry("config"); got.code != 2 || !strings.Contains(got.out, "SETTING") || !strings.Contains(got.err, "line 1") {
		t.Errorf("config: %+v", got)
	}
	for _, line := range []string{"config --example", "keys --help", "themes", "help"} {
		if got := d.gantry(strings.Fields(line)...); got.code != 0 {
			t.Errorf("%q: %+v", line, got)
		}
	}
}

func TestSettingsReachTheEngineAndTheScreen(t *testing.T) {
	d := sit(t)
	d.settle(map[string]string{"config.toml": "theme = \"colorblind\"\n[engine]\naddress = \"/file.sock\"\nnamespace = \"file\"\n[confirm]\nstop = true\n"})
	for line, want := range map[string]Options{
		"":                                 {Address: "/file.sock", Namespace: "file", Engine: "auto", Screen: true},
		"ps":                               {Address: "/file.sock", Namespace: "file", Engine: "auto"},
		"-n flag ps":                       {Address: "/file.sock", Namespace: "flag", Engine: "auto"},
		"--engine embedded ps":             {Namespace: "file", Engine: "embedded"},
		"create --engine embedded busybox": {Namespace: "file", Engine: "embedded"},
		"create --address /a.sock --name b1 busybox": {Address: "/a.sock", Namespace: "file", Engine: "auto"},
		"--theme light":                       {Address: "/file.sock", Namespace: "file", Engine: "auto", Screen: true},
		"create -n flag --name other busybox": {Address: "/file.sock", Namespace: "flag", Engine: "auto"},
	} {
		d.opts = nil
		if got := d.gantry(strings.Fields(line)...); got.code != 0 || len(d.opts) != 1 || d.opts[0] != want {
			t.Errorf("%q: %d, %+v, %s", line, got.code, d.opts, got.err)
		}
	}
	d.gantry()
	if d.set.Palette == nil || d.set.Palette.Name != "colorblind" || !d.set.Bool(config.AskStop, false) {
		t.Errorf("the screen is given %+v", d.set.Values())
	}
	d.env["CONTAINERD_ADDRESS"] = "/env.sock" // the engine's to read
	d.opts = nil
	if d.gantry("ps"); d.opts[0].Address != "" {
		t.Errorf("with an address in the environment: %+v", d.opts)
	}
	if got := d.gantry("--theme", "nope", "ps"); got.code != 2 || !strings.Contains(got.err, "--theme: no theme") {
		t.Errorf("%+v", got)
	}
}

func TestConfigSaysWhereEachSettingComesFrom(t *testing.T) {
	d := sit(t)
	dir := d.settle(map[string]string{"config.toml": "theme = \"light\"\n", "themes/mine.toml": "name = \"mine\"\n"})
	d.env["GANTRY_DATA_ROOT"] = "/env"
	got := d.gantry("config", "-n", "flag")
	for _, want := range []string{filepath.Join(dir, "config.toml") + "   read", filepath.Join(dir, "keys.toml"), "not there", "mine", "$GANTRY_DATA_ROOT", "config.toml, line 1", "--namespace"} {
		if got.code != 0 || !strings.Contains(got.out, want) {
			t.Errorf("%q is not in:\n%s%s", want, got.out, got.err)
		}
	}
}

func TestKeysAreListedAndChecked(t *testing.T) {
	d := sit(t)
	dir := d.settle(map[string]string{"keys.toml": "[containers]\n\"container.remove\" = [\"Z\"]\n\"container.kill\" = []\n", "bad.toml": "[containers]\n\"container.new\" = [\"s\"]\n"})
	got := d.gantry("keys")
	for _, want := range []string{"[containers]", "* container.remove", "(yours; was d)", "* container.kill", "none", "app.doctor"} {
		if got.code != 0 || !strings.Contains(got.out, want) {
			t.Errorf("%q is not in:\n%s%s", want, got.out, got.err)
		}
	}
	if got := d.gantry("keys", "--check", filepath.Join(dir, "keys.toml")); got.code != 0 || !strings.Contains(got.out, "changes 2 actions") {
		t.Errorf("%+v", got)
	}
	if got := d.gantry("keys", "--check", filepath.Join(dir, "bad.toml")); got.code != 1 || !strings.Contains(got.err, "line 2: containers: s is bound to both") {
		t.Errorf("%+v", got)
	}
	if got := d.gantry("keys", "--check", filepath.Join(dir, "none.toml")); got.code != 1 || strings.Count(got.err, "\n") != 1 {
		t.Errorf("%+v", got)
	}
}

func TestThemesAreListedAndChecked(t *testing.T) {
	d := sit(t)
	d.settle(map[string]string{"config.toml": "theme = \"high-contrast\"\n", "themes/mine.toml": "name = \"mine\"\nshine = 3\n"})
	got := d.gantry("themes")
	for _, want := range []string{"* high-contrast", "  auto", "colorblind-light", "mine", "cannot be used"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is not in:\n%s", want, got.out)
		}
	}
	if got.code != 1 || !strings.Contains(got.err, "line 2: no such key: shine") || !strings.Contains(got.err, "colors.ok: missing") {
		t.Errorf("%+v", got)
	}
}
