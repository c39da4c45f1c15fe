package engine_test

import (
	"archive/tar"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// What the container of these tests does to its image's files.
const changing = `echo new >/etc/added; mkdir /srv; echo deep >/srv/file; ln /srv/file /srv/again; ln -s /etc/added /srv/link
echo more >>/etc/passwd; rm /etc/group; echo volume >/data/file; echo done; sleep 100`

func TestWhatAContainerChangedBecomesAnImage(t *testing.T) {
	p := open(t)
	const group = "/etc/group"
	p.remove(p.create("busybox"))
	before := real.Count(t, p.env)
	id := p.run("--name", "web", "-v", "data:/data", "-e", "OWN=1", "-l", "team=x", "busybox", "sh", "-c", changing)
	p.logged(id, "done")

	changes, err := p.Changes(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range changes {
		lines = append(lines, c.Kind.String()+" "+c.Path)
	}
	want := []string{"A /data", "C /etc", "A /etc/added", "D " + group, "C /etc/passwd", "A /srv", "A /srv/again", "A /srv/file", "A /srv/link"}
	if !slices.Equal(lines, want) {
		t.Errorf("changed are %q, not %q", lines, want)
	}

	made, err := p.Commit(t.Context(), id, "mine/web:1", api.CommitOptions{
		Author: "someone", Comment: "why", Changes: []string{`CMD ["cat", "/etc/added", "/srv/again"]`, "ENV ADDED=2", "WORKDIR /srv"},
	}, api.Observer{})
	if err != nil {
		t.Fatal(err)
	}
	if made.Image.Name != "docker.io/mine/web:1" || len(made.Warnings) != 0 {
		t.Errorf("%+v", made)
	}
	if c := p.get(id); c.State != api.StateRunning {
		t.Errorf("the container is %s afterwards", c.State)
	}
	cfg, err := p.ImageConfig(t.Context(), "mine/web:1", "")
	if err != nil || !slices.Equal(cfg.Cmd, []string{"cat", "/etc/added", "/srv/again"}) || cfg.WorkingDir != "/srv" || cfg.Labels["team"] != "x" ||
		!slices.Contains(cfg.Env, "OWN=1") || !slices.Contains(cfg.Env, "ADDED=2") {
		t.Errorf("%+v, %v", cfg, err)
	}
	trace, err := p.Traces(t.Context(), id)
	if err != nil || len(trace) == 0 || trace[0].Operation != "commit" {
		t.Errorf("its last operation is %+v, %v", trace, err)
	}

	// Running and ended alike it can be taken out, and is the same.
	out := exported(t, p, id)
	if err := p.Kill(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Wait(soon(t), id); err != nil {
		t.Fatal(err)
	}
	for state, out := range map[string]map[string]string{"running": out, "ended": exported(t, p, id)} {
		for name, want := range map[string]string{"etc/added": "new\n", "srv/file": "deep\n", "srv/link": "-> /etc/added", "data/": "", "bin/": ""} {
			if got, ok := out[name]; !ok || got != want {
				t.Errorf("%s: %s is %q, %v", state, name, got, ok)
			}
		}
		if again := out["srv/again"] + out["srv/file"]; !strings.Contains(again, "= srv/") {
			t.Errorf("%s: the two names of one file are %q", state, again)
		}
		for name := range out {
			if strings.Contains(name, ".wh.") || name == group[1:] || name == "data/file" {
				t.Errorf("%s: it has %s", state, name)
			}
		}
	}
	p.remove(id)
	if err := p.RemoveVolume(t.Context(), "data"); err != nil {
		t.Error(err)
	}

	// The image lives on without the container, and is removed like any other.
	if out := p.output("mine/web:1"); out != "new\ndeep" {
		t.Errorf("the new image's container says %q", out)
	}
	p.output("mine/web:1", "test", "!", "-e", group)
	kept := p.create("mine/web:1", "true")
	if e := as[*api.ImageInUseError](t, p.RemoveImage(t.Context(), "mine/web:1", false)); len(e.By) != 1 {
		t.Errorf("%+v", e)
	}
	if err := p.RemoveImage(t.Context(), "mine/web:1", true); err != nil {
		t.Fatal(err)
	}
	as[*api.NotFoundError](t, p.RemoveImage(t.Context(), "mine/web:1", false))
	p.start(kept) // it keeps what it has
	if code, err := p.Wait(soon(t), kept); code != 0 || err != nil {
		t.Errorf("%d, %v", code, err)
	}
	as[*api.UnsupportedError](t, commitError(p, kept, "other"))
	p.remove(kept)
	real.Leftovers(t, p.env, before, "committed snapshot")
}

func TestACommitThatFailsOrIsKilledChangesNothing(t *testing.T) {
	p := open(t)
	id := p.run("busybox", "sleep", "100")
	before := real.Count(t, p.env)
	e := as[api.FieldErrors](t, commitError(p, id, "Not:A:Name", "RUN x", "CMD ok"))
	if len(e) != 2 || e[0].Field != "image" || e[1].Field != "change" {
		t.Errorf("%v", e)
	}
	as[api.FieldErrors](t, commitError(p, id, ""))
	as[*api.NotFoundError](t, commitError(p, "none", "x"))
	if c := p.get(id); c.State != api.StateRunning {
		t.Errorf("it is %s", c.State)
	}
	real.Leftovers(t, p.env, before)

	// One that is killed while the container is paused is put right by the next gantry.
	p.crash(order{Operation: "commit", Step: "diff", ID: id})
	if c := p.get(id); c.State != api.StatePaused {
		t.Errorf("it is %s", c.State)
	}
	f := openOn(t, p.env).follow()
	f.state(id, api.StateRunning)
	real.Leftovers(t, p.env, before)
	p.remove(id)
}

func commitError(p *place, id, ref string, changes ...string) error {
	_, err := p.Commit(p.t.Context(), id, ref, api.CommitOptions{Changes: changes}, api.Observer{})
	return err
}

// exported is what is in a container's export: of files what they say, "-> " and where links
// point to, "= " and the first name of a file with several.
func exported(t *testing.T, p *place, id string) map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Export(t.Context(), id, &b); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	r := tar.NewReader(&b)
	for h, err := r.Next(); err != io.EOF; h, err = r.Next() {
		if err != nil {
			t.Fatal(err)
		}
		switch h.Typeflag {
		case tar.TypeSymlink:
			out[h.Name] = "-> " + h.Linkname
		case tar.TypeLink:
			out[h.Name] = "= " + h.Linkname
		default:
			text, err := io.ReadAll(io.LimitReader(r, 100))
			if err != nil {
				t.Fatal(err)
			}
			out[h.Name] = string(text)
		}
	}
	return out
}
