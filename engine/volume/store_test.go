package volume

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gantry/engine/api"
)

// image is a directory with files, as an image has it at a volume's place.
func image(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "c"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o751); err != nil {
		t.Fatal(err)
	}
	return dir
}

func made(t *testing.T, name string) *Store {
	t.Helper()
	s := Open(t.TempDir(), "test")
	if did, err := s.Make(name, map[string]string{"k": "v"}, false); !did || err != nil {
		t.Fatal(did, err)
	}
	return s
}

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// Wherever a fill was cut short, what is there afterwards is all of it or nothing.
func TestAFillThatWasCutShort(t *testing.T) {
	all := []string{"a", "b", "c"}
	for _, c := range []struct {
		name string
		cut  func(t *testing.T, s *Store, from string)
		want []string
	}{
		{"while it copied", func(t *testing.T, s *Store, from string) {
			half := filepath.Join(s.dir("data"), filling)
			if err := errors.Join(os.Mkdir(half, 0o700), os.WriteFile(filepath.Join(half, "a"), []byte("hal"), 0o600)); err != nil {
				t.Fatal(err)
			}
		}, nil},
		{"before it moved", func(t *testing.T, s *Store, from string) {
			if err := os.CopyFS(filepath.Join(s.dir("data"), filled), os.DirFS(from)); err != nil {
				t.Fatal(err)
			}
		}, all},
		{"while it moved", func(t *testing.T, s *Store, from string) {
			whole := filepath.Join(s.dir("data"), filled)
			if err := errors.Join(os.CopyFS(whole, os.DirFS(from)), os.Rename(filepath.Join(whole, "b"), filepath.Join(s.Dir("data"), "b"))); err != nil {
				t.Fatal(err)
			}
		}, all},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, from := made(t, "data"), image(t)
			c.cut(t, s, from)
			if err := s.Settle(); err != nil {
				t.Fatal(err)
			}
			if got := entries(t, s.Dir("data")); !slices.Equal(got, c.want) {
				t.Errorf("swept: %q, want %q", got, c.want)
			}
			if got := entries(t, s.dir("data")); !slices.Equal(got, []string{dataDir, metaFile}) {
				t.Errorf("beside the data there is %q", got)
			}
			did, err := s.Fill(t.Context(), "data", from)
			if err != nil || did != (c.want == nil) {
				t.Errorf("the next one: %v, %v", did, err)
			}
			if got := entries(t, s.Dir("data")); !slices.Equal(got, all) {
				t.Errorf("after the next one: %q", got)
			}
			if b, err := os.ReadFile(filepath.Join(s.Dir("data"), "a")); string(b) != "a" || err != nil {
				t.Errorf("%q, %v", b, err)
			}
		})
	}
}

func TestAFillTakesTheModeOfTheImage(t *testing.T) {
	s := made(t, "data")
	if did, err := s.Fill(t.Context(), "data", image(t)); !did || err != nil {
		t.Fatal(did, err)
	}
	if st, err := os.Stat(s.Dir("data")); err != nil || st.Mode().Perm() != 0o751 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
	if did, err := s.Fill(t.Context(), "data", t.TempDir()); did || err != nil {
		t.Errorf("a second time: %v, %v", did, err)
	}
}

func TestAHeldVolumeStays(t *testing.T) {
	s := made(t, "data")
	release, err := s.Hold(t.Context(), "data")
	if err != nil {
		t.Fatal(err)
	}
	if used, ok := errors.AsType[*api.VolumeInUseError](s.Remove("data")); !ok || len(used.By) > 0 {
		t.Errorf("removed while it is held")
	}
	release()
	if err := s.Remove("data"); err != nil {
		t.Error(err)
	}
	if _, none := errors.AsType[*api.NotFoundError](s.Remove("data")); !none {
		t.Error("removed twice")
	}
	if _, err := s.Hold(t.Context(), "data"); err == nil {
		t.Error("held though it is gone")
	}
}

// What nerdctl has made, or left without a volume.json, is a volume, and never taken for ours.
func TestVolumesOfOthers(t *testing.T) {
	s := Open(t.TempDir(), "test")
	if err := os.MkdirAll(filepath.Join(s.Dir("theirs"), "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if did, err := s.Make("theirs", nil, false); did || err != nil {
		t.Errorf("made: %v, %v", did, err)
	}
	v, err := s.Get("theirs")
	if err != nil || len(v.Labels) > 0 || v.Anonymous {
		t.Errorf("%+v, %v", v, err)
	}
	if did, err := s.Make("anon1", nil, true); !did || err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(s.dir("anon1"), metaFile))
	if want := `{"labels":{"nerdctl/anonymous-volumes":""}}`; string(b) != want || err != nil {
		t.Errorf("%s, %v", b, err)
	}
	if v, err := s.Get("anon1"); err != nil || !v.Anonymous || len(v.Labels) > 0 {
		t.Errorf("%+v, %v", v, err)
	}
	if all, err := s.List(); err != nil || len(all) != 2 {
		t.Errorf("%v, %v", all, err)
	}
	for _, bad := range []string{"", ".", "..", "../x", "a/b"} {
		if _, err := s.Get(bad); err == nil {
			t.Errorf("%q is a volume", bad)
		}
	}
}

func TestCheckNamesAllThatIsWrong(t *testing.T) {
	errs := Check(api.VolumeCreate{Name: "a/b", Driver: "nfs", Options: map[string]string{"device": "x"}, Labels: map[string]string{"nerdctl/x": ""}})
	var fields []string
	for _, e := range errs {
		fields = append(fields, e.Field)
	}
	if !slices.Equal(fields, []string{"name", "driver", "opt", "label"}) {
		t.Errorf("%v", errs)
	}
	if errs := Check(api.VolumeCreate{Name: "data", Labels: map[string]string{"a": ""}}); len(errs) > 0 {
		t.Error(errs)
	}
}
