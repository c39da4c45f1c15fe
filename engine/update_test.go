package engine_test

import (
	"strings"
	"testing"

	"gantry/engine/api"
	"gantry/engine/option"
)

func TestUpdateHoldsAtOnceAndIsRemembered(t *testing.T) {
	p := open(t)
	id := p.run("-m", "64m", "busybox", "sleep", "100")
	var change option.Draft
	change.Set(option.KeyMemory, "128m")
	change.Set(option.KeyMemorySwap, "256m")
	change.Set(option.KeyPidsLimit, "77")
	change.Set(option.KeyRestart, "on-failure:3")
	if err := p.Update(t.Context(), id, change); err != nil {
		t.Fatal(err)
	}
	now, err := p.Stats(t.Context(), []string{id})
	if s := now[id]; err != nil || s.MemoryLimit != 128<<20 || s.PidsLimit != 77 {
		t.Errorf("%+v, %v", s, err)
	}
	if c := p.get(id); c.MemoryLimit != 128<<20 || c.RestartPolicy != "on-failure:3" || c.State != api.StateRunning {
		t.Errorf("%+v", c)
	}
	x, err := p.Inspect(t.Context(), id)
	if err != nil || x.HostConfig.Memory != 128<<20 || *x.HostConfig.PidsLimit != 77 || x.HostConfig.RestartPolicy.MaximumRetryCount != 3 {
		t.Errorf("%+v, %v", x.HostConfig, err)
	}

	var wrong option.Draft
	wrong.Set(option.KeyMemory, "1")
	wrong.Set(option.KeyHostname, "other")
	if e := as[api.FieldErrors](t, p.Update(t.Context(), id, wrong)); len(e) != 2 {
		t.Errorf("%v", e)
	}
	var none option.Draft
	none.Set(option.KeyRestart, "no")
	if err := p.Stop(soon(t), id, api.StopOptions{Timeout: new(0 * patience)}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	if err := p.Update(t.Context(), id, none); err != nil {
		t.Fatal(err)
	}
	p.start(id) // what was changed holds in the next run
	out, _, _, err := p.exec(id, sh("cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null"), nil)
	if c := p.get(id); err != nil || c.RestartPolicy != "no" || strings.TrimSpace(out) != "134217728" {
		t.Errorf("%q, %s, %v", out, c.RestartPolicy, err)
	}
	p.remove(id)
}
