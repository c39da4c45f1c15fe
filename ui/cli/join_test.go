package cli

import (
	"strings"
	"testing"

	"gantry/engine/api"
)

func TestJoiningIsCheckedBeforeAnythingIsMade(t *testing.T) {
	for line, says := range map[string]string{
		"run -d -a stdout busybox":             "cannot specify both --attach and --detach",
		"run -a screen busybox":                "valid streams are stdin, stdout and stderr",
		"run --detach-keys ctrl-ä busybox":     "detach-keys",
		"attach --detach-keys ctrl-ä web":      "detach-keys",
		"start -a web db":                      "cannot start and attach multiple containers",
		"start -ai --detach-keys ctrl-ä old":   "detach-keys",
		"start --attach none":                  "none",
		"run --sig-proxy=maybe -a x y busybox": "",
	} {
		d := sit(t)
		d.Add(api.Container{Name: "old", State: api.StateExited})
		before := len(d.all())
		if got := d.gantry(strings.Fields(line)...); got.code == 0 || got.out != "" || !strings.Contains(got.err, says) || len(d.all()) != before {
			t.Errorf("%s: %+v", line, got)
		}
	}
}

func TestStartAttachedHasTheContainersCode(t *testing.T) {
	d := sit(t)
	d.ExitAfterStart("busybox", 0, 7)
	d.Add(api.Container{Name: "old", State: api.StateExited})
	if got := d.gantry("start", "-a", "old"); got.code != 7 || got.out != "" {
		t.Errorf("%+v", got)
	}
	d.Add(api.Container{Name: "up", State: api.StateRunning})
	if got := d.gantry("start", "-a", "up"); got.code != 1 || !strings.Contains(got.err, "attach to it") {
		t.Errorf("%+v", got)
	}
	d.ExitAfterStart("busybox", 0, 0)
	if got := d.gantry("run", "-a", "stdout", "--sig-proxy=false", "busybox"); got.code != 0 {
		t.Errorf("%+v", got)
	}
}
