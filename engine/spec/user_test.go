package spec

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"gantry/engine/api"
)

const (
	passwd = "root:x:0:0:root:/root:/bin/sh\nwww:x:33:34:www:/var/www:/bin/sh\nbroken\n"
	group  = "root:x:0:\nwheel:x:10:root,www\nweb:x:34:\naudio:x:29:www\n"
)

// image makes a root directory with the files given, by path.
func image(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		p := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o755), os.WriteFile(p, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestLookupUser(t *testing.T) {
	full := image(t, map[string]string{"etc/passwd": passwd, "etc/group": group})
	none := image(t, nil)
	for _, tt := range []struct {
		root, user string
		groups     []string
		want       User
		field, err string
	}{
		{root: full, user: "", want: User{0, 0, []uint32{0, 10}}},
		{root: full, user: "www", want: User{33, 34, []uint32{34, 10, 29}}},
		{root: full, user: "33", want: User{33, 34, []uint32{34, 10, 29}}},
		{root: full, user: "www:audio", want: User{33, 29, []uint32{29}}},
		{root: full, user: "www:77", want: User{33, 77, []uint32{77}}},
		{root: full, user: "1000", want: User{1000, 0, []uint32{0}}},
		{root: full, user: "1000:1000", want: User{1000, 1000, []uint32{1000}}},
		{root: full, user: "www", groups: []string{"web", "root", "5"}, want: User{33, 34, []uint32{34, 0, 5, 10, 29}}},
		{root: none, user: "", want: User{0, 0, []uint32{0}}},
		{root: none, user: "5:6", groups: []string{"7"}, want: User{5, 6, []uint32{6, 7}}},
		{root: none, user: "www", field: "user", err: "unable to find user www: no matching entries in passwd file"},
		{root: full, user: "nobody", field: "user", err: "unable to find user nobody: no matching entries in passwd file"},
		{root: full, user: "www:nogroup", field: "user", err: "unable to find group nogroup: no matching entries in group file"},
		{root: full, user: "-1", field: "user", err: "uids and gids must be in range 0-2147483647"},
		{root: full, user: "4294967296", field: "user", err: "uids and gids must be in range 0-2147483647"},
		{root: full, user: "www", groups: []string{"web", "nogroup"}, field: "group-add", err: "unable to find group nogroup: no matching entries in group file"},
	} {
		got, err := LookupUser(tt.root, tt.user, tt.groups...)
		if tt.err == "" {
			if err != nil || got.UID != tt.want.UID || got.GID != tt.want.GID || !slices.Equal(got.Groups, tt.want.Groups) {
				t.Errorf("%q %v: %+v, %v; want %+v", tt.user, tt.groups, got, err, tt.want)
			}
			continue
		}
		if f, ok := errors.AsType[api.FieldErrors](err); !ok || f[0].Field != tt.field || f[0].Reason != tt.err {
			t.Errorf("%q %v: %v; want %s: %s", tt.user, tt.groups, err, tt.field, tt.err)
		}
	}
}

// An image's passwd may be a link; it must be looked for within the image.
func TestLookupUserStaysInTheImage(t *testing.T) {
	outside := image(t, map[string]string{"passwd": "evil:x:1:1::/:\n"})
	link := func(target string, files map[string]string) string {
		root := image(t, files)
		if err := errors.Join(os.MkdirAll(filepath.Join(root, "etc"), 0o755), os.Symlink(target, filepath.Join(root, "etc/passwd"))); err != nil {
			t.Fatal(err)
		}
		return root
	}
	for what, root := range map[string]string{
		"absolute":     link(filepath.Join(outside, "passwd"), nil),
		"dots":         link(strings.Repeat("../", 40)+strings.TrimPrefix(outside, "/")+"/passwd", nil),
		"a loop":       link("passwd", nil),
		"proc":         link("/proc/self/root"+outside+"/passwd", nil),
		"a directory":  link(".", nil),
		"through file": link("x/y", map[string]string{"etc/x": ""}),
	} {
		if u, err := LookupUser(root, "evil"); err == nil {
			t.Errorf("%s: found %+v outside of the image", what, u)
		}
		if u, err := LookupUser(root, "12"); err != nil || u.UID != 12 {
			t.Errorf("%s: a number does not work: %v", what, err)
		}
	}
	inside := link("/lib/passwd", map[string]string{"lib/passwd": "good:x:5:5::/:\n"})
	if u, err := LookupUser(inside, "good"); err != nil || u.UID != 5 {
		t.Errorf("a link within the image: %+v, %v", u, err)
	}
}

func TestLookupUserDoesNotHangOnAPipe(t *testing.T) {
	root := image(t, map[string]string{"etc/group": group})
	if err := syscall.Mkfifo(filepath.Join(root, "etc/passwd"), 0o644); err != nil {
		t.Fatal(err)
	}
	if u, err := LookupUser(root, "7:web"); err != nil || u.UID != 7 || u.GID != 34 {
		t.Errorf("%+v, %v", u, err)
	}
	big := image(t, map[string]string{"etc/passwd": strings.Repeat("x:x:1:1::/:\n", 1<<20)})
	if _, err := LookupUser(big, "x"); err == nil || !strings.Contains(err.Error(), "8 MiB") {
		t.Errorf("a huge passwd file: %v", err)
	}
}
