package files

import (
	"archive/tar"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree makes files: a name that ends in / is a directory, "a -> b" a symlink, else "name=text".
func tree(t *testing.T, made ...string) *os.File {
	t.Helper()
	dir := t.TempDir()
	for _, m := range made {
		name, target, link := strings.Cut(m, " -> ")
		file, text, _ := strings.Cut(m, "=")
		var err error
		switch {
		case link:
			err = os.Symlink(target, filepath.Join(dir, name))
		case strings.HasSuffix(m, "/"):
			err = os.MkdirAll(filepath.Join(dir, m), 0o755)
		default:
			err = os.WriteFile(filepath.Join(dir, file), []byte(text), 0o640)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// listed is what is below a directory in the same words.
func listed(t *testing.T, root *os.File) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(root.Name(), func(p string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root.Name(), p)
		switch {
		case err != nil || name == ".":
		case d.IsDir():
			all = append(all, name+"/")
		case d.Type()&fs.ModeSymlink != 0:
			to, _ := os.Readlink(p)
			all = append(all, name+" -> "+to)
		default:
			b, _ := os.ReadFile(p)
			all = append(all, name+"="+string(b))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCopyHasTheRulesOfDockerCp(t *testing.T) {
	from := []string{"f=1", "d/", "d/x=2", "d/s/", "d/s/y=3", "l -> /f", "d/out -> /../../../etc/passwd"}
	whole := []string{"out -> /../../../etc/passwd", "s/", "s/y=3", "x=2"}
	under := func(dir string) []string {
		all := []string{dir + "/"}
		for _, w := range whole {
			all = append(all, dir+"/"+w)
		}
		return all
	}
	for _, c := range []struct {
		src, dst string
		there    []string
		follow   bool
		want     []string // nil: refused, and nothing changed
	}{
		{"f", "g", nil, false, []string{"g=1"}},
		{"f", "g", []string{"g=old"}, false, []string{"g=1"}},
		{"f", "e", []string{"e/"}, false, []string{"e/", "e/f=1"}},
		{"f", "e/", nil, false, nil},
		{"f", "no/g", nil, false, nil},
		{"f/", "g", nil, false, nil},
		{"none", "g", nil, false, nil},
		{"d", "e", nil, false, under("e")},
		{"d", "e/", nil, false, under("e")},
		{"d", "e", []string{"e/"}, false, append([]string{"e/"}, prefixed("e/", under("d"))...)},
		{"d/.", "e", []string{"e/"}, false, under("e")},
		{"d", "e", []string{"e=1"}, false, nil},
		{"l", "g", nil, false, []string{"g -> /f"}},
		{"l", "g", nil, true, []string{"g=1"}},
		// An absolute link begins at the container's root, not at this host's.
		{"f", "to/g", []string{"e/", "to -> /e"}, false, []string{"e/", "e/g=1", "to -> /e"}},
		{"f", "to/g", []string{"e/", "to -> ../../../../e"}, false, []string{"e/", "e/g=1", "to -> ../../../../e"}},
	} {
		src, dst := tree(t, from...), tree(t, c.there...)
		before := listed(t, dst)
		err := Copy(t.Context(), Place{src, c.src}, Place{dst, c.dst}, c.follow, Owner{Keep: true})
		got := listed(t, dst)
		if c.want == nil {
			if err == nil || !slices.Equal(got, before) {
				t.Errorf("%s to %s: %v, %q", c.src, c.dst, err, got)
			}
			continue
		}
		slices.Sort(c.want)
		slices.Sort(got)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s to %s: %v\n got %q\nwant %q", c.src, c.dst, err, got, c.want)
		}
	}
}

func prefixed(by string, all []string) []string {
	for i := range all {
		all[i] = by + all[i]
	}
	return all
}

// An archive of a stranger's makes nothing outside of its place.
func TestAnArchiveStaysInItsPlace(t *testing.T) {
	for _, name := range []string{"../x", "a/../../x", "link/x"} {
		dst, outside := tree(t), t.TempDir()
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, h := range []*tar.Header{
			{Typeflag: tar.TypeSymlink, Name: "link", Linkname: outside},
			{Typeflag: tar.TypeReg, Name: name, Size: 1, Mode: 0o644},
		} {
			if err := w.WriteHeader(h); err != nil {
				t.Fatal(err)
			}
		}
		w.Write([]byte("x"))
		w.Close()
		if err := In(Place{dst, "."}, Owner{Keep: true}, &b); err == nil {
			t.Errorf("%s was made: %q", name, listed(t, dst))
		}
		if left, _ := os.ReadDir(outside); len(left) > 0 {
			t.Errorf("%s is outside", name)
		}
	}
	if err := In(Place{tree(t), "none"}, Owner{}, strings.NewReader("")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such directory: %v", err)
	}
}
