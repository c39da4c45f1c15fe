package cli

import (
	"strings"
	"testing"

	"gantry/engine/api"
)

func TestCpTellsContainersFromPaths(t *testing.T) {
	d := sit(t)
	id := d.Add(api.Container{Name: "web", State: api.StateRunning})
	for line, call := range map[string]string{
		"cp web:/etc/x .": "CopyFrom " + id + ":/etc/x .", "cp -a ./a:b web:/tmp": "CopyTo ./a:b " + id + ":/tmp",
		"cp /x web:y/": "CopyTo /x " + id + ":y/", "cp - web:/": "CopyTo - " + id + ":/",
	} {
		if got := d.gantry(strings.Fields(line)...); got.code != 0 || got.out != "" || !d.Called(call) {
			t.Errorf("%s: %+v, %v", line, got, d.Calls())
		}
	}
	if got := d.gantry("cp", "web:/etc", "-"); got.code != 0 || got.out != "tar of /etc" {
		t.Errorf("%+v", got)
	}
	for line, says := range map[string]string{"cp a b": "at least one container", "cp web:/a web:/b": "between containers", "cp web: /x": "path is missing", "cp none:/x .": "none"} {
		if got := d.gantry(strings.Fields(line)...); got.code != 1 || !strings.Contains(got.err, says) {
			t.Errorf("%s: %+v", line, got)
		}
	}
}
