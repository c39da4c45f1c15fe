package cli

import (
	"strings"
	"testing"

	"gantry/engine/api"
	"gantry/engine/option"
)

// made is a desk with a container web that gantry has made, and runs.
func made(t *testing.T) *desk {
	d := sit(t)
	d.AddImage("nginx:1.27", api.ImageConfig{})
	d.AddImage("nginx:1.28", api.ImageConfig{})
	if got := d.gantry(strings.Fields("run -d --name web -p 8080:80 -e A=1 nginx:1.27")...); got.code != 0 {
		t.Fatal(got.err)
	}
	return d
}

func (d *desk) peek(name string) api.Container {
	d.t.Helper()
	c, err := d.Peek(name)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

func TestRecreateSaysWhatChangesAndMakesItAnew(t *testing.T) {
	d := made(t)
	old := d.peek("web")
	got := d.gantry(strings.Fields("recreate --dry-run web")...)
	if got.code != 125 || !strings.Contains(got.err, "hich container?") {
		t.Errorf("%+v", got)
	}
	got = d.gantry(strings.Fields("recreate web --dry-run -p 9090:80 --without env nginx:1.28")...)
	for _, want := range []string{"image: nginx:1.27 → nginx:1.28", "publish", "9090:80", "env"} {
		if got.code != 0 || got.out != "" || !strings.Contains(got.err, want) {
			t.Errorf("%q lacks %q: %+v", got.err, want, got)
		}
	}
	if d.peek("web").ID != old.ID {
		t.Error("a dry run did something")
	}
	got = d.gantry(strings.Fields("recreate web -p 9090:80 nginx:1.28")...)
	now := d.peek("web")
	if got.code != 0 || strings.TrimSpace(got.out) != now.ID || now.ID == old.ID || now.State != api.StateRunning || now.Image == old.Image {
		t.Errorf("%+v\n%+v", got, now)
	}
	if _, err := d.Peek(old.ID); err == nil {
		t.Error("the old one is still there")
	}
	got = d.gantry(strings.Fields("recreate web --keep --no-start")...)
	if kept := d.peek("web"); got.code != 0 || !strings.Contains(got.err, "the old container is called ") || kept.State != api.StateCreated || d.peek(now.ID).State.Alive() {
		t.Errorf("%+v\n%+v", got, kept)
	}
	for line, want := range map[string]string{
		"recreate nothing":            "nothing",
		"recreate web -m lots":        "--memory: ",
		"recreate web --without sail": "gantry knows no option sail",
	} {
		if got := d.gantry(strings.Fields(line)...); got.code != 125 || !strings.Contains(got.err, want) {
			t.Errorf("%s: %+v", line, got)
		}
	}
}

func TestARecreateThatCannotStartBringsTheOldOneBack(t *testing.T) {
	d := made(t)
	old := d.peek("web")
	d.FailAt("task", &api.StartError{Name: "web", Command: "nope", Cause: api.CauseNotFound, Code: 127})
	got := d.gantry("recreate", "web", "nginx:1.28", "nope")
	if now := d.peek("web"); got.code != 127 || now.ID != old.ID || now.State != api.StateRunning || got.out != "" {
		t.Errorf("%+v\n%+v", got, now)
	}
}

func TestDuplicatePrintsTheLineOrRunsIt(t *testing.T) {
	d := made(t)
	got := d.gantry(strings.Fields("duplicate web --name two -p 8081:80")...)
	if want := "gantry run --name two -e A=1 -p 8081:80 nginx:1.27\n"; got.code != 0 || strings.Replace(got.out, " -d", "", 1) != want {
		t.Errorf("%+v, want %s", got, want)
	}
	if _, err := d.Peek("two"); err == nil {
		t.Error("printing the line made a container")
	}
	if got := d.gantry("duplicate", "web"); got.code != 0 || strings.Contains(got.out, "--name") {
		t.Errorf("the name is taken, and is in the line: %+v", got)
	}
	got = d.gantry(strings.Fields("duplicate web --run --name two -p 8081:80")...)
	if two := d.peek("two"); got.code != 0 || strings.TrimSpace(got.out) != two.ID || two.State != api.StateRunning {
		t.Errorf("%+v\n%+v", got, two)
	}
}

func TestNewOpensTheFormWithALine(t *testing.T) {
	d := sit(t)
	if got := d.gantry("new", "docker run -d -p 8080:80 nginx:1.27"); got.code != 0 || !d.opts[0].New || d.opts[0].Line != "docker run -d -p 8080:80 nginx:1.27" {
		t.Errorf("%+v, %+v", got, d.opts)
	}
	if got := d.gantry("new"); got.code != 0 || !d.opts[1].New || d.opts[1].Line != "" {
		t.Errorf("%+v, %+v", got, d.opts)
	}
	if got := d.gantry("new", "--preset", "redis"); got.code != 0 || len(d.opts) != 3 || !d.opts[2].New || !strings.HasPrefix(d.opts[2].Draft.Get(option.KeyImage), "redis") {
		t.Errorf("from a preset: %+v, %+v", got, d.opts)
	}
	for line, says := range map[string]string{"new --preset nosuch": "here is no preset nosuch", "new --preset redis docker run x": "give one of the two"} {
		if got := d.gantry(strings.Fields(line)...); got.code != 1 || len(d.opts) != 3 || !strings.Contains(got.err, says) {
			t.Errorf("%s: %+v", line, got)
		}
	}
	if got := d.gantry("new", "ls -l"); got.code != 1 || len(d.opts) != 3 {
		t.Errorf("a line without a run opened the screen: %+v", got)
	}
}
