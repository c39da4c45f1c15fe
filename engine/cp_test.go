package engine_test

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

func TestFilesAreCopiedInAndOut(t *testing.T) {
	p := open(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "in"), []byte("from here"), 0o640); err != nil {
		t.Fatal(err)
	}
	p.remove(p.create("busybox"))
	before := real.Count(t, p.env)
	id := p.run("-v", "data:/data", "busybox", "sh", "-c", "ln -s /data /link; ln -s /etc/shadow /tmp/trap; mkdir /tmp/to; sleep 100")
	p.eventually("the links", func() bool { _, _, code, _ := p.exec(id, sh("test -d /tmp/to"), nil); return code == 0 })
	copies := func(state string) {
		t.Helper()
		if err := p.CopyTo(t.Context(), id, filepath.Join(dir, "in"), "/tmp/to", api.CopyOptions{}); err != nil {
			t.Fatalf("%s: to: %v", state, err)
		}
		if err := p.CopyFrom(t.Context(), id, "/tmp/to/in", filepath.Join(dir, state), api.CopyOptions{}); err != nil {
			t.Fatalf("%s: from: %v", state, err)
		}
		if b, err := os.ReadFile(filepath.Join(dir, state)); err != nil || string(b) != "from here" {
			t.Errorf("%s: %q, %v", state, b, err)
		}
	}
	copies("running")
	// What is mounted there is seen, links begin at the container's root, and files are root's.
	if err := p.CopyTo(t.Context(), id, filepath.Join(dir, "in"), "/link/", api.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	if out, errs, _, err := p.exec(id, sh("cat /data/in; stat -c ' %u %a' /data/in"), nil); out != "from here 0 640\n" || err != nil {
		t.Errorf("in the volume: %q, %q, %v", out, errs, err)
	}
	if err := p.CopyFrom(t.Context(), id, "/tmp/trap", filepath.Join(dir, "caught"), api.CopyOptions{Follow: true}); err == nil {
		t.Error("this host's file was copied out of a container that has none")
	}
	var b bytes.Buffer
	if err := p.CopyFrom(t.Context(), id, "/tmp/to", "", api.CopyOptions{Out: &b}); err != nil {
		t.Fatal(err)
	}
	r := tar.NewReader(bytes.NewReader(b.Bytes()))
	var names []string
	for h, err := r.Next(); err != io.EOF; h, err = r.Next() {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
	if len(names) != 2 || names[0] != "to/" || names[1] != "to/in" {
		t.Errorf("the archive has %q", names)
	}
	if err := p.CopyTo(t.Context(), id, "", "/data", api.CopyOptions{In: &b}); err != nil {
		t.Fatal(err)
	}
	if out, _, _, err := p.exec(id, sh("cat /data/to/in"), nil); out != "from here" || err != nil {
		t.Errorf("unpacked: %q, %v", out, err)
	}
	if err := p.Stop(soon(t), id, api.StopOptions{Timeout: new(0 * patience)}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	copies("stopped")
	p.start(id)
	if out, _, _, err := p.exec(id, sh("cat /tmp/to/in"), nil); out != "from here" || err != nil {
		t.Errorf("started again: %q, %v", out, err)
	}
	p.remove(id)
	if err := p.RemoveVolume(t.Context(), "data"); err != nil {
		t.Error(err)
	}
	real.Leftovers(t, p.env, before)
}
