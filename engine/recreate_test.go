package engine_test

import (
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/path"
)

// site serves a page on a port of this host, ends at once when told to, and keeps a file in
// an anonymous volume.
func site(hostPort string, more ...string) []string {
	words := append([]string{"--name", "web", "-p", hostPort + ":80", "-v", "/kept", "--stop-signal", "SIGKILL"}, more...)
	return append(words, server("80")...)
}

// closed sees that nobody answers on a port any more.
func (p *place) closed(url string) {
	p.t.Helper()
	p.eventually("that nobody answers at "+url, func() bool {
		r, err := http.Get(url)
		if err == nil {
			_ = r.Body.Close()
		}
		return err != nil
	})
}

// recreated is a recreate of the container called web, with the trace that it left.
func (p *place) recreated(opt api.RecreateOptions, words ...string) (api.Recreated, path.Trace, error) {
	p.t.Helper()
	var last path.Trace
	made, err := p.Recreate(p.t.Context(), p.get("web").ID, p.request(words...), opt, api.Observer{Trace: func(t path.Trace) { last = t }})
	return made, last, err
}

// settled counts when nothing is on its way out any more: what there is of a running
// container is there once for each.
func (p *place) settled() (c real.Census) {
	p.t.Helper()
	p.eventually("that what was removed before has gone", func() bool {
		c = real.Count(p.t, p.env)
		for _, kind := range []string{"shim", "bundle", "runc state", "netns"} {
			if len(c[kind]) != len(c["task"]) {
				return false
			}
		}
		return true
	})
	return c
}

// asMany sees that there is as much of each kind as before; a process started anew is another.
func (p *place) asMany(before real.Census, after string) {
	p.t.Helper()
	p.eventually("that nothing is left over after "+after, func() bool {
		now := real.Count(p.t, p.env)
		for kind := range now {
			if len(now[kind]) != len(before[kind]) {
				return false
			}
		}
		return true
	})
}

func stepOf(t path.Trace, name string) path.Step {
	for _, s := range t.Steps {
		if s.Name == name {
			return s
		}
	}
	return path.Step{}
}

// A container is edited: the new one has its name, its new port and its anonymous volume, and
// the old one is gone. What cannot be brings the old one back, answering where it did.
func TestARecreateTakesThePlaceOrBringsTheOldOneBack(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	empty := real.Count(t, p.env)
	first := p.run(site("18080")...)
	p.page("http://127.0.0.1:18080/")
	if _, errs, code, err := p.exec(first, sh("echo precious >/kept/file"), nil); err != nil || code != 0 {
		t.Fatal(errs, code, err)
	}

	made, trace, err := p.recreated(api.RecreateOptions{}, site("18081")...)
	if err != nil {
		t.Fatal(err)
	}
	c := p.get("web")
	if c.ID != made.ID || c.ID == first || c.State != api.StateRunning || made.OldName != "" {
		t.Errorf("made %+v, %+v", made, c)
	}
	if got := p.page("http://127.0.0.1:18081/"); got != "hello\n" {
		t.Errorf("it says %q", got)
	}
	p.closed("http://127.0.0.1:18080/")
	if out, _, _, err := p.exec(c.ID, sh("cat /kept/file"), nil); err != nil || out != "precious\n" {
		t.Errorf("its volume has %q, %v", out, err)
	}
	if s := stepOf(trace, "stop old"); trace.Operation != "recreate" || s.State != path.Done || trace.Container != c.ID {
		t.Errorf("trace %+v", trace)
	}
	if all, err := p.Traces(t.Context(), c.ID); err != nil || len(all) == 0 || all[0].Operation != "recreate" {
		t.Errorf("it remembers %v, %v", all, err)
	}

	before := p.settled()
	for _, bad := range []struct {
		why, step string
		words     []string
	}{
		{"a program that is not there", "task", []string{"-p", "18082:80", "-v", "/kept", "-v", "/more", "busybox", "/no/such/program"}},
		{"a program that fails at once", "check", []string{"--name", "other", "-v", "/kept", "busybox", "sh", "-c", "exit 3"}},
		{"an image that is not there", "pull", []string{strings.ReplaceAll(p.image(real.Busybox), "busybox", "nosuch")}},
		{"a name that is taken", "old", []string{"--name", "taken", "busybox"}},
	} {
		var other string
		if bad.step == "old" {
			other = p.create("--name", "taken", "busybox")
		}
		pid := p.get("web").Pid
		_, trace, err := p.recreated(api.RecreateOptions{}, bad.words...)
		now := p.get("web")
		if err == nil || stepOf(trace, bad.step).State != path.Failed || now.ID != c.ID || now.State != api.StateRunning {
			t.Errorf("%s: %v; it is %+v\n%+v", bad.why, err, now, trace.Steps)
		}
		touched := bad.step == "task" || bad.step == "check"
		if told, ok := errors.AsType[*api.RecreateError](err); ok != touched || ok && !(told.Back && told.Running && told.Name == "web") {
			t.Errorf("%s: it tells %+v of the old one", bad.why, told)
		}
		if touched == (now.Pid == pid) {
			t.Errorf("%s: its process was %d and is %d", bad.why, pid, now.Pid)
		}
		if got := p.page("http://127.0.0.1:18081/"); got != "hello\n" {
			t.Errorf("%s: it says %q", bad.why, got)
		}
		if other != "" {
			p.remove(other)
		}
		p.asMany(before, bad.why)
	}

	made, _, err = p.recreated(api.RecreateOptions{Keep: true, NoStart: true}, site("18083")...)
	if err != nil || made.OldName != "web-old" || p.get("web-old").State != api.StateExited || p.get("web").State != api.StateCreated {
		t.Errorf("kept: %+v, %v", made, err)
	}
	p.start(made.ID)
	p.page("http://127.0.0.1:18083/")
	p.removeWithVolumes(p.get("web-old").ID) // the volume is the new one's too
	if out, _, _, err := p.exec(made.ID, sh("cat /kept/file"), nil); err != nil || out != "precious\n" {
		t.Errorf("its volume has %q, %v", out, err)
	}
	p.removeWithVolumes(made.ID)
	real.Leftovers(t, p.env, empty)
}

// gapsOfRecreate are those after its own steps, and within its stop and its remove.
var gapsOfRecreate = slices.Concat(
	[][2]string{{"recreate", "old"}, {"recreate", "pull"}, {"stop", "state"}, {"stop", "signal"}, {"recreate", "stop old"}, {"recreate", "rename old"}},
	gapsAfter("recreate", gapsOfCreate[5:]), gapsAfter("recreate", gapsOfStart), gapsAfter("recreate", []string{"check"}),
	gapsAfter("remove", []string{"state", "task", "record", "files"}), gapsAfter("recreate", []string{"remove old"}),
)

func gapsAfter(operation string, steps []string) (out [][2]string) {
	for _, s := range steps {
		out = append(out, [2]string{operation, s})
	}
	return out
}

// A recreate that is killed anywhere is put right by the next gantry: the old one is back, or
// the new one has its place; never both, and never none.
func TestARecreateKilledAnywhereIsPutRight(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	empty := real.Count(t, p.env)
	p.run(site("18080")...)
	p.page("http://127.0.0.1:18080/")
	before := p.settled()
	for _, gap := range some(gapsOfRecreate) {
		id := p.get("web").ID
		words := site("18081")
		words[slices.Index(words, "busybox")] = p.image(real.Busybox)
		p.crash(order{Operation: gap[0], Step: gap[1], Within: "recreate", ID: id, Words: words})
		left := kinds(real.Count(t, p.env).Diff(before))
		q := openOn(t, p.env)
		port, next := "18080", "the old one is back"
		if gap[0] == "remove" || gap[1] == "remove old" {
			port, next = "18081", "the new one has its place"
		}
		q.eventually("that one runs, after "+gap[0]+": "+gap[1], func() bool {
			all, err := q.Containers(t.Context())
			notes, _ := filepath.Glob(p.env.Config.DataRoot + "/nerdctl/*/containers/*/*/gantry-recreate.json")
			return err == nil && len(notes) == 0 && len(all) == 1 && all[0].Name == "web" && all[0].State == api.StateRunning
		})
		if got := q.page("http://127.0.0.1:" + port + "/"); got != "hello\n" {
			t.Errorf("after %s: it says %q", gap, got)
		}
		if same := q.get("web").ID == id; same != (port == "18080") {
			t.Errorf("after %s: %+v", gap, q.get("web"))
		}
		q.asMany(before, gap[0]+": "+gap[1])
		p.row(gap[0], gap[1], "gantry killed", left, next)
		if port == "18081" {
			q.swap()
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	}
	p.removeWithVolumes(p.get("web").ID)
	real.Leftovers(t, p.env, empty)
}

// swap has the server at its first port again.
func (p *place) swap() {
	p.t.Helper()
	began := time.Now()
	if _, _, err := p.recreated(api.RecreateOptions{}, site("18080")...); err != nil {
		p.t.Fatal(err, time.Since(began))
	}
	p.page("http://127.0.0.1:18080/")
}
