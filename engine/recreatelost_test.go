package engine_test

import (
	"path/filepath"
	"testing"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// A recreate that containerd is lost under is put right as soon as it is back: the old one runs
// again, or the new one has its place, and what the caller is told agrees with it.
func TestARecreateThatContainerdDiesUnderIsPutRight(t *testing.T) {
	p, k := mortal(t)
	empty := real.Count(t, p.env)
	p.run(site("18080")...)
	p.page("http://127.0.0.1:18080/")
	before := p.settled()
	for _, gap := range some([][2]string{
		{"stop", "signal"}, {"recreate", "stop old"}, {"recreate", "rename old"}, {"recreate", "rootfs"}, {"recreate", "register"},
		{"recreate", "network"}, {"recreate", "task"}, {"recreate", "run"}, {"recreate", "check"}, {"remove", "task"},
	}) {
		id := p.get("web").ID
		k.arm(gap[0], gap[1])
		_, _, err := p.recreated(api.RecreateOptions{}, site("18081")...)
		k.spent(p)
		port, next := "18080", "failed; the old one is back"
		if err == nil {
			port, next = "18081", "the new one has its place"
		}
		p.eventually("that one runs, after "+gap[0]+": "+gap[1], func() bool {
			all, err := p.Containers(t.Context())
			notes, _ := filepath.Glob(p.env.Config.DataRoot + "/nerdctl/*/containers/*/*/gantry-recreate.json")
			return err == nil && len(notes) == 0 && len(all) == 1 && all[0].Name == "web" && all[0].State == api.StateRunning
		})
		if got := p.page("http://127.0.0.1:" + port + "/"); got != "hello\n" {
			t.Errorf("after %s: it says %q", gap, got)
		}
		if same := p.get("web").ID == id; same != (err != nil) {
			t.Errorf("after %s: %v, and %+v", gap, err, p.get("web"))
		}
		p.asMany(before, gap[0]+": "+gap[1])
		p.row(gap[0], gap[1], "containerd killed", "nothing", next)
		if err == nil {
			p.swap()
		}
	}
	p.removeWithVolumes(p.get("web").ID)
	real.Leftovers(t, p.env, empty)
}
