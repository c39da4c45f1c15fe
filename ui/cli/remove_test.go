package cli

import (
	"strings"
	"testing"

	"gantry/engine/api"
)

func TestImagesInUseStay(t *testing.T) {
	d := sit(t)
	d.AddImage("nginx:1.27", api.ImageConfig{})
	d.Add(api.Container{Name: "web", Image: "nginx:1.27"})
	got := d.gantry("rmi", "nginx:1.27", "none", "busybox")
	if got.code != 1 || got.out != "Untagged: busybox\n" || !strings.Contains(got.err, "web") || !strings.Contains(got.err, "none") {
		t.Errorf("%+v", got)
	}
	if got := d.gantry("image", "rm", "-f", "nginx:1.27"); got.code != 0 || got.out != "Untagged: nginx:1.27\n" {
		t.Errorf("by force: %+v", got)
	}
	d.AddImage("redis:7", api.ImageConfig{})
	if got := d.gantry("image", "prune"); got.code != 1 || !strings.Contains(got.err, "--all") {
		t.Errorf("%+v", got)
	}
	// Nobody answers: nothing is removed, but the list was shown.
	if got := d.gantry("image", "prune", "-a"); got.code != 1 || got.out != "" || !strings.Contains(got.err, "redis:7  66.0 MB") {
		t.Errorf("%+v", got)
	}
	if got := d.gantry("image", "prune", "-af"); got.code != 0 || got.out != "Untagged: redis:7\n" {
		t.Errorf("%+v", got)
	}
}

func TestContainerPruneLeavesWhatRunsAndWhatIsOfOthers(t *testing.T) {
	d := crowd(t)
	d.Add(api.Container{Name: "pod", State: api.StateExited, Owner: api.OwnerKubernetes})
	if got := d.gantry("container", "prune"); got.code != 1 || got.out != "" || !strings.Contains(got.err, "222222222222  job  Exited (137) 2 hours ago") || strings.Contains(got.err, "pod") {
		t.Errorf("%+v", got)
	}
	if got := d.gantry("container", "prune", "-f"); got.code != 0 || strings.Count(got.out, "\n") != 3 {
		t.Errorf("%+v", got)
	}
	if left := len(d.all()); left != 5 {
		t.Errorf("%d are left", left)
	}
}

func TestUpdateTakesTheTablesOptions(t *testing.T) {
	d := sit(t)
	id := d.Add(api.Container{Name: "web", State: api.StateRunning})
	if got := d.gantry("update", "-m", "128m", "--restart", "always", "web"); got.code != 0 || got.out != "web\n" {
		t.Fatalf("%+v", got)
	}
	if c, _ := d.Find(t.Context(), id); c.MemoryLimit != 128<<20 || c.RestartPolicy != "always" {
		t.Errorf("%+v", c)
	}
	for line, says := range map[string]string{"update web": "one or more flags", "update -m 1 web": "--memory: ", "update --hostname x web": "unknown flag"} {
		if got := d.gantry(strings.Fields(line)...); got.code != 1 || !strings.Contains(strings.ToLower(got.err), says) {
			t.Errorf("%s: %+v", line, got)
		}
	}
}
