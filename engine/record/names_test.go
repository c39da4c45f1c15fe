package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
)

const namesPerChild = 50

func yes(string) bool { return true }
func no(string) bool  { return false }

// childNames makes containers and tries to take the same names as its twin. None of them
// is ever in containerd: only the locks say that they are being made.
func childNames() {
	s := Open(os.Getenv(childRoot), "default")
	var unlocks []func()
	for i := range namesPerChild {
		id := fmt.Sprintf("%s-%d", os.Args[1], i)
		unlock, err := s.Create(New{ID: id})
		if err != nil {
			fmt.Println("error", err)
			break
		}
		unlocks = append(unlocks, unlock)
		err = s.AcquireName(fmt.Sprintf("name%d", i), id, no)
		if _, taken := errors.AsType[*api.NameInUseError](err); err == nil {
			fmt.Println("got", i)
		} else if !taken {
			fmt.Println("error", err)
		}
	}
	fmt.Println("end")
	_, _ = os.Stdin.Read(make([]byte, 1)) // the locks are held until the test is done
	for _, unlock := range unlocks {
		unlock()
	}
}

func TestTwoProcessesNeverGetOneName(t *testing.T) {
	root := t.TempDir()
	got := map[string]int{}
	a, stopA := child(t, "names", root, "a")
	b, stopB := child(t, "names", root, "b")
	for a.Scan() && a.Text() != "end" {
		got[a.Text()]++
	}
	for b.Scan() && b.Text() != "end" {
		got[b.Text()]++
	}
	if len(got) != namesPerChild {
		t.Errorf("%d names were given out, want %d: %v", len(got), namesPerChild, got)
	}
	for name, n := range got {
		if n != 1 || strings.HasPrefix(name, "error") {
			t.Errorf("%s: %d times", name, n)
		}
	}
	// Both die in the middle of their work: all is free again, and is seen as left over.
	stopA()
	stopB()
	s := Open(root, "default")
	left, err := s.Leftovers(no)
	if err != nil {
		t.Fatal(err)
	}
	if len(left.IDs) != 2*namesPerChild || len(left.Names) != namesPerChild {
		t.Errorf("left over: %d IDs and %d names", len(left.IDs), len(left.Names))
	}
	for i := range namesPerChild {
		if err := s.AcquireName(fmt.Sprintf("name%d", i), "new", no); err != nil {
			t.Error(err)
		}
	}
}

// A create that comes to its end while another one asks containerd for it keeps its name.
func TestANameIsKeptByACreateThatIsJustDone(t *testing.T) {
	s := Open(t.TempDir(), "default")
	done, err := s.Create(New{ID: "first"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AcquireName("web", "first", no); err != nil {
		t.Fatal(err)
	}
	notYet := func(string) bool { done(); return false }
	var taken *api.NameInUseError
	if err := s.AcquireName("web", "second", notYet); !errors.As(err, &taken) || taken.ID != "first" {
		t.Errorf("the other one gets %v", err)
	}
	if owner := s.NameOwner("web"); owner != "first" {
		t.Errorf("the name is %s's", owner)
	}
}

func TestAcquireName(t *testing.T) {
	const name, me, other = "web", "me", "other"
	for _, tt := range []struct {
		what   string
		before func(t *testing.T, s *Store)
		exists func(string) bool
		state  api.State // of the error; "" means it is granted
	}{
		{"free", func(*testing.T, *Store) {}, yes, ""},
		{"already mine", reserve(name, me), yes, ""},
		{"another's", reserve(name, other), yes, api.StateUnknown},
		{"empty after a crash", reserve(name, ""), yes, ""},
		{"its owner is gone", reserve(name, other), no, ""},
		{"its owner left files behind", func(t *testing.T, s *Store) {
			create(t, s, New{ID: other})()
			reserve(name, other)(t, s)
		}, no, ""},
		{"its owner is being made", func(t *testing.T, s *Store) {
			create(t, s, New{ID: other})
			reserve(name, other)(t, s)
		}, no, api.StateCreated},
		{"nerdctl is making its owner", func(t *testing.T, s *Store) {
			mkdir(t, s.Dir(other))
			reserve(name, other)(t, s)
		}, no, api.StateCreated},
		{"nerdctl died while making it", func(t *testing.T, s *Store) {
			mkdir(t, s.Dir(other))
			reserve(name, other)(t, s)
			age(t, s.nameFile(name))
		}, no, ""},
	} {
		t.Run(tt.what, func(t *testing.T) {
			s := Open(t.TempDir(), "default")
			tt.before(t, s)
			err := s.AcquireName(name, me, tt.exists)
			if tt.state == "" {
				if err != nil || s.NameOwner(name) != me {
					t.Fatalf("err %v, owner %q", err, s.NameOwner(name))
				}
				return
			}
			used, ok := errors.AsType[*api.NameInUseError](err)
			if !ok || used.ID != other || used.State != tt.state || used.Name != name {
				t.Errorf("got %#v", err)
			}
			if s.NameOwner(name) != other {
				t.Errorf("the name now belongs to %q", s.NameOwner(name))
			}
		})
	}
}

func TestNameFileIsNerdctls(t *testing.T) {
	s := Open(t.TempDir(), "default")
	id := strings.Repeat("0a", 32)
	if err := s.AcquireName("web", id, no); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.root, "names", "default", "web")
	b, err := os.ReadFile(file)
	if err != nil || string(b) != id {
		t.Errorf("content %q, %v", b, err)
	}
	if st, _ := os.Stat(file); st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", st.Mode())
	}
	if st, _ := os.Stat(filepath.Dir(file)); st.Mode().Perm() != 0o700 {
		t.Errorf("mode of the directory %v", st.Mode())
	}
	if entries, _ := os.ReadDir(filepath.Dir(file)); len(entries) != 1 {
		t.Errorf("a temporary file was left: %v", entries)
	}
}

func TestReleaseAndRename(t *testing.T) {
	s := Open(t.TempDir(), "default")
	if err := s.ReleaseName("web", "me"); err != nil || fileExists(s.namesDir()) {
		t.Errorf("releasing a free name: %v, and made directories: %v", err, fileExists(s.namesDir()))
	}
	create(t, s, New{ID: "me", Name: "web"})
	reserve("web", "me")(t, s)
	reserve("db", "other")(t, s)

	if err := s.ReleaseName("db", "me"); err != nil || s.NameOwner("db") != "other" {
		t.Errorf("released another's name: %v", err)
	}
	if _, ok := errors.AsType[*api.NameInUseError](s.RenameName("web", "me", "db", yes)); !ok || s.NameOwner("web") != "me" {
		t.Error("a rename to a taken name changed something")
	}
	if err := s.RenameName("web", "me", "www", yes); err != nil {
		t.Fatal(err)
	}
	if s.NameOwner("web") != "" || s.NameOwner("www") != "me" || s.notedName("me") != "www" {
		t.Errorf("web %q, www %q, noted %q", s.NameOwner("web"), s.NameOwner("www"), s.notedName("me"))
	}
	if err := s.ReleaseName("www", "me"); err != nil || s.NameOwner("www") != "" {
		t.Errorf("release: %v, still %q", err, s.NameOwner("www"))
	}
}

func TestValidName(t *testing.T) {
	for name, want := range map[string]bool{
		"web": true, "w1": true, "9.a_b-c": true,
		"": false, "w": false, "-web": false, ".web": false, "../x": false, "a/b": false, "a b": false, "wéb": false,
		strings.Repeat("x", 255): true, strings.Repeat("x", 256): false,
	} {
		if ValidName(name) != want {
			t.Errorf("ValidName(%q) = %v", name, !want)
		}
	}
	err := Open(t.TempDir(), "default").AcquireName("../../etc/x", "me", no)
	if f, ok := errors.AsType[api.FieldErrors](err); !ok || f[0].Field != "name" {
		t.Errorf("got %v", err)
	}
}

func reserve(name, id string) func(*testing.T, *Store) {
	return func(t *testing.T, s *Store) {
		mkdir(t, s.namesDir())
		if err := os.WriteFile(s.nameFile(name), []byte(id), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
}

func age(t *testing.T, file string) {
	t.Helper()
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(file, old, old); err != nil {
		t.Fatal(err)
	}
}
