package image_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/containerd/containerd/v2/core/mount"
	"github.com/opencontainers/image-spec/identity"

	"github.com/opencontainers/go-digest"

	"gantry/engine/enginetest/real"
	"gantry/engine/spec"
	"gantry/ui/kit"
)

// entry is one header of a hostile layer; HOST in it is a folder of the host's.
type entry struct {
	name, link, body string
	kind             byte // of archive/tar; 0 is a file
	mode             int64
	major, minor     int64
}

// trap is a folder of the host that no layer may touch.
type trap struct{ dir string }

func newTrap(t *testing.T) trap {
	t.Helper()
	dir := t.TempDir()
	for name, body := range map[string]string{"sentinel": "untouched", "passwd": "host:x:4242:4242::/:/bin/sh\n", "sub/inner": "untouched"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return trap{dir}
}

// seen is everything in the trap: names, modes, contents.
func (tr trap) seen(t *testing.T) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(tr.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		body, _ := os.ReadFile(name)
		all = append(all, fmt.Sprint(name, info.Mode(), info.ModTime(), string(body)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// layerOf packs entries as they are: a tar can say what no file system would.
func layerOf(t *testing.T, host string, entries []entry) real.Layer {
	t.Helper()
	var raw bytes.Buffer
	w := tar.NewWriter(&raw)
	for _, e := range entries {
		h := &tar.Header{
			Name: strings.ReplaceAll(e.name, "HOST", host), Linkname: strings.ReplaceAll(e.link, "HOST", host),
			Typeflag: e.kind, Mode: e.mode, Size: int64(len(e.body)), Devmajor: e.major, Devminor: e.minor,
			ModTime: time.Unix(1, 0), Format: tar.FormatGNU,
		}
		if h.Typeflag == 0 {
			h.Typeflag = tar.TypeReg
		}
		if h.Mode == 0 {
			h.Mode = 0o755
		}
		if err := errors.Join(w.WriteHeader(h)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return repacked(t, raw.Bytes())
}

func deep(n int) string { return strings.Repeat("d/", n) }

// TestHostileLayersStayInside unpacks layers that reach for the host. Each either stays
// inside its snapshot or fails in words; the host is as it was.
func TestHostileLayersStayInside(t *testing.T) {
	const link, hard, dir, char, block, fifo = tar.TypeSymlink, tar.TypeLink, tar.TypeDir, tar.TypeChar, tar.TypeBlock, tar.TypeFifo
	up := strings.Repeat("../", 30)
	for i, tt := range []struct {
		name   string
		layers [][]entry
		want   string   // in the sentence of a failure; "" unpacks
		has    []string // in the root file system
		hasNot []string
	}{
		{name: "absolute name", layers: [][]entry{{{name: "HOST/sentinel", body: "evil"}}}, has: []string{"HOST/sentinel"}},
		{name: "up and up", layers: [][]entry{{{name: up + "HOST/sentinel", body: "evil"}, {name: up + "gantry-evil", body: "evil"}}}, has: []string{"HOST/sentinel", "gantry-evil"}},
		{name: "up from within", layers: [][]entry{{{name: "a/b/../../../../../HOST/sentinel", body: "evil"}}}, has: []string{"HOST/sentinel"}},
		{name: "symbolic link out, written through", layers: [][]entry{{{name: "out", kind: link, link: "HOST"}, {name: "out/sentinel", body: "evil"}, {name: "out/new", body: "evil"}}}, has: []string{"HOST/new"}},
		{name: "relative link out, written through", layers: [][]entry{{{name: "out", kind: link, link: up + "HOST"}, {name: "out/sentinel", body: "evil"}}}, has: []string{"HOST/sentinel"}},
		{name: "link out in one layer, written through in the next", layers: [][]entry{{{name: "out", kind: link, link: "HOST"}}, {{name: "out/sentinel", body: "evil"}}}, has: []string{"out/sentinel"}},
		{name: "link to a file, then the file", layers: [][]entry{{{name: "f", kind: link, link: "HOST/sentinel"}, {name: "f", body: "evil"}}}, has: []string{"f"}},
		{name: "directory replaced by a link, then written through", layers: [][]entry{{{name: "d", kind: dir}, {name: "d/x", body: "1"}, {name: "d", kind: link, link: "HOST"}, {name: "d/sentinel", body: "evil"}}}, has: []string{"HOST/sentinel"}},
		{name: "hard link to the host", layers: [][]entry{{{name: "h", kind: hard, link: "HOST/sentinel"}}}, want: "a layer cannot be unpacked"},
		{name: "hard link up and out", layers: [][]entry{{{name: "h", kind: hard, link: up + "HOST/sentinel"}, {name: "h", body: "evil"}}}, want: "a layer cannot be unpacked"},
		{name: "hard link to a link out, written through", layers: [][]entry{{{name: "s", kind: link, link: "HOST/sentinel"}, {name: "h", kind: hard, link: "s"}, {name: "h", body: "evil"}}}, has: []string{"h"}},
		{name: "hard link through a link out", layers: [][]entry{{{name: "s", kind: link, link: "HOST"}, {name: "h", kind: hard, link: "s/sentinel"}, {name: "h", body: "evil"}}}, want: "a layer cannot be unpacked"},
		{name: "chain of links", layers: [][]entry{{{name: "a", kind: link, link: "b"}, {name: "b", kind: link, link: "c"}, {name: "c", kind: link, link: "HOST"}, {name: "a/sentinel", body: "evil"}}}, has: []string{"HOST/sentinel"}},
		{name: "links in a circle", layers: [][]entry{{{name: "a", kind: link, link: "b"}, {name: "b", kind: link, link: "a"}, {name: "a/x", body: "evil"}}}, want: "a layer cannot be unpacked"},
		{name: "whiteout through a link out", layers: [][]entry{{{name: "out", kind: link, link: "HOST"}, {name: "out/.wh.sentinel"}, {name: "out/.wh.sub"}}}},
		{name: "opaque through a link out", layers: [][]entry{{{name: "out", kind: link, link: "HOST"}, {name: "out/.wh..wh..opq"}}}},
		{name: "whiteout of the parent", layers: [][]entry{{{name: "a/x", body: "1"}}, {{name: "a/.wh..."}}}, want: "a layer cannot be unpacked"},
		{name: "whiteout of itself", layers: [][]entry{{{name: "a/x", body: "1"}}, {{name: "a/.wh.."}}}, want: "a layer cannot be unpacked"},
		{name: "whiteout of nothing", layers: [][]entry{{{name: "a/x", body: "1"}}, {{name: "a/.wh."}}}, want: "a layer cannot be unpacked"},
		{name: "whiteout up and out", layers: [][]entry{{{name: up + "HOST/.wh.sentinel"}}}},
		{name: "whiteout with a path in it", layers: [][]entry{{{name: "a/.wh.x/../../../HOST/sentinel", body: "evil"}}}, has: []string{"HOST/sentinel"}},
		{name: "opaque root", layers: [][]entry{{{name: "a", body: "1"}}, {{name: ".wh..wh..opq"}, {name: "b", body: "2"}}}, has: []string{"b"}}, /* roots are always merged */
		{name: "whiteout that is a device", layers: [][]entry{{{name: "a", body: "1"}}, {{name: "a", kind: char}}}, hasNot: []string{"a"}},
		{name: "devices", layers: [][]entry{{{name: "mem", kind: char, major: 1, minor: 1}, {name: "disk", kind: block, major: 8}, {name: "p", kind: fifo}}}, has: []string{"mem", "disk", "p"}},
		{name: "setuid", layers: [][]entry{{{name: "su", body: "#!", mode: 0o6755}}}, has: []string{"su"}},
		{name: "one name twice", layers: [][]entry{{{name: "x", body: "1"}, {name: "x", body: "2"}, {name: "x", kind: dir}, {name: "x/y", body: "3"}}}, has: []string{"x/y"}},
		{name: "the root itself", layers: [][]entry{{{name: "/", kind: link, link: "HOST"}, {name: ".", body: "evil"}, {name: "..", kind: link, link: "HOST"}, {name: "sentinel", body: "evil"}}}, has: []string{"sentinel"}},
		{name: "control characters and no UTF-8", layers: [][]entry{{{name: "a\x1b]0;owned\a\nb", body: "1"}, {name: "\xff\xfe\x80", body: "2"}, {name: "gnp.\u202etxt", body: "3"}}}, has: []string{"\xff\xfe\x80"}},
		{name: "control characters in a failure", layers: [][]entry{{{name: "\x1b]0;owned\a", kind: hard, link: "\x1b[2Jgone"}}}, want: "a layer cannot be unpacked"},
		{name: "path too long", layers: [][]entry{{{name: deep(3000) + "x", body: "1"}}}, want: "a layer cannot be unpacked"},
		{name: "name too long", layers: [][]entry{{{name: strings.Repeat("n", 300), body: "1"}}}, want: "whose name is too long"},
		{name: "deep", layers: [][]entry{{{name: deep(1000) + "x", body: "1"}}}, has: []string{deep(1000) + "x"}},
		{name: "passwd that is a link to the host's", layers: [][]entry{{{name: "etc/passwd", kind: link, link: "HOST/passwd"}, {name: "etc/group", kind: link, link: up + "etc/group"}}}},
		{name: "etc that is a link to the host", layers: [][]entry{{{name: "etc", kind: link, link: "HOST"}}}},
		{name: "passwd that is a device", layers: [][]entry{{{name: "etc/passwd", kind: char, major: 1, minor: 5}, {name: "etc/group", kind: fifo}}}},
	} {
		if testing.Short() && i%4 > 0 { // the race detector sees the same pull in all of them
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			env := real.Engine(t)
			reg := real.Registry(t)
			s, _ := store(t, env)
			tr := newTrap(t)
			host := strings.TrimPrefix(tr.dir, "/")
			c := one(real.Layer{})
			c.Manifests[0].Layers = nil
			var diffs []digest.Digest
			for i, entries := range tt.layers {
				l := layerOf(t, host, slices.Concat([]entry{{name: fmt.Sprintf(".is-%s-%d", env.Namespace, i)}}, absolute(entries)))
				c.Manifests[0].Layers = append(c.Manifests[0].Layers, l)
				diffs = append(diffs, l.DiffID())
			}
			if _, err := reg.PushContent(t.Context(), "app", c); err != nil {
				t.Fatal(err)
			}
			before, was := real.Count(t, env), tr.seen(t)
			ctx, cancel := context.WithTimeout(env.Context(t), 20*time.Second)
			defer cancel()
			_, err := s.Pull(ctx, reg.Ref("app"), "", (&reports{t: t}).add)
			said := kit.Explain(err).Line()
			if (tt.want == "") != (err == nil) || !strings.Contains(said, tt.want) || strings.ContainsAny(said, "\x1b\a\n") {
				t.Errorf("said %q, want %q: %v", said, tt.want, err)
			}
			if err != nil {
				t.Log(said)
			}
			if now := tr.seen(t); now != was {
				t.Errorf("the host was\n%s\nand is\n%s", was, now)
			}
			if _, err := os.Lstat("/gantry-evil"); err == nil {
				t.Error("there is a new file on the host")
			}
			outside(t, env)
			if err == nil {
				look(t, env, diffs, host, tt.has, tt.hasNot)
			}
			real.Leftovers(t, env, before, "committed snapshot")
		})
	}
}

// absolute makes links that name a folder of the host begin at its root.
func absolute(entries []entry) []entry {
	entries = slices.Clone(entries)
	for i := range entries {
		if strings.HasPrefix(entries[i].link, "HOST") {
			entries[i].link = "/" + entries[i].link
		}
		if strings.HasPrefix(entries[i].name, "HOST") {
			entries[i].name = "/" + entries[i].name
		}
	}
	return entries
}

// outside checks that snapshots have nothing beside their file systems.
func outside(t *testing.T, env *real.Env) {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(env.Endpoint.DataRoot, "containerd", "*overlayfs", "snapshots", "*", "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("there are no snapshots to look at (%v)", err)
	}
	for _, d := range dirs {
		if base := filepath.Base(d); base != "fs" && base != "work" {
			t.Errorf("a layer has made %s", d)
		}
	}
}

// look mounts the image as a container would have it.
func look(t *testing.T, env *real.Env, diffs []digest.Digest, host string, has, hasNot []string) {
	t.Helper()
	ctx, done, err := env.Client.WithLease(env.Context(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := done(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	}()
	sn := env.Client.SnapshotService(env.Caps.Snapshotter)
	key := "look-" + env.Namespace
	mounts, err := sn.View(ctx, key, identity.ChainID(diffs).String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := sn.Remove(context.WithoutCancel(ctx), key); err != nil {
			t.Error(err)
		}
	}()
	err = mount.WithReadonlyTempMount(ctx, mounts, func(root string) error {
		r, err := os.OpenRoot(root)
		if err != nil {
			return err
		}
		defer r.Close()
		for _, name := range has {
			if _, err := r.Lstat(strings.ReplaceAll(name, "HOST", host)); err != nil {
				t.Errorf("in the image: %v", err)
			}
		}
		for _, name := range hasNot {
			if _, err := r.Lstat(name); err == nil {
				t.Errorf("%s is in the image", name)
			}
		}
		// Whoever the image says that its users are, it is not the host's.
		if u, err := spec.LookupUser(root, "host"); err == nil {
			t.Errorf("a user of the host was read: %+v", u)
		}
		if u, err := spec.LookupUser(root, ""); err == nil && u.UID != 0 {
			t.Errorf("root is %+v", u)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
