package spec

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/containerd/containerd/v2/core/mount"
	"golang.org/x/sys/unix"
)

// heap makes layers by chance, with everything that one may do to another, and says what is in
// each.
func heap(t *testing.T, ground string, r *rand.Rand) (layers []string, what string) {
	t.Helper()
	do := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	var said []string
	for n := range 1 + r.IntN(4) {
		layer := folder(t, ground)
		layers = append(layers, layer)
		etc := filepath.Join(layer, "etc")
		is := []string{"none", "dir", "dir", "dir", "dir", "dir", "opaque", "opaque", "file", "link", "whiteout"}[r.IntN(11)]
		file := ""
		switch is {
		case "file":
			do(os.WriteFile(etc, nil, 0o644))
		case "link":
			do(os.MkdirAll(filepath.Join(layer, "usr/etc"), 0o755))
			do(os.WriteFile(filepath.Join(layer, "usr/etc/passwd"), fmt.Appendf(nil, "u:x:%d:1::/:/", 100+n), 0o644))
			do(os.Symlink("usr/etc", etc))
		case "whiteout":
			do(unix.Mknod(etc, unix.S_IFCHR, 0))
		case "dir", "opaque":
			do(os.Mkdir(etc, 0o755))
			if is == "opaque" {
				do(unix.Setxattr(etc, "trusted.overlay.opaque", []byte("y"), 0))
			}
			passwd := filepath.Join(etc, "passwd")
			file = []string{"none", "none", "file", "file", "file", "file", "link", "whiteout", "dir", "fifo"}[r.IntN(10)]
			switch file {
			case "file":
				do(os.WriteFile(passwd, fmt.Appendf(nil, "u:x:%d:1::/:/", 10+n), 0o644))
			case "link":
				do(os.WriteFile(filepath.Join(etc, "other"), fmt.Appendf(nil, "u:x:%d:1::/:/", 200+n), 0o644))
				do(os.Symlink("other", passwd))
			case "whiteout":
				do(unix.Mknod(passwd, unix.S_IFCHR, 0))
			case "dir":
				do(os.Mkdir(passwd, 0o755))
			case "fifo":
				do(unix.Mkfifo(passwd, 0o644))
			}
		}
		said = append(said, is+" "+file)
	}
	return layers, strings.Join(said, ", ")
}

// folder makes a new one below ground.
func folder(t *testing.T, ground string) string {
	t.Helper()
	dir, err := os.MkdirTemp(ground, "")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// What is read without a mount is what overlayfs shows, whatever the layers are.
func TestAFileInLayersIsWhatTheMountShows(t *testing.T) {
	if os.Getuid() != 0 {
		if os.Getenv("GANTRY_TEST_ENGINE") == "require" {
			t.Fatal("layers are to be tested, and that needs root")
		}
		t.Skip("needs root for mounts and whiteouts")
	}
	// Of their own, since overlayfs takes no layers that are on overlayfs.
	ground := t.TempDir()
	if err := unix.Mount("tmpfs", ground, "tmpfs", 0, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(ground, 0); err != nil {
			t.Error(err)
		}
	})
	r := rand.New(rand.NewPCG(7, uint64(os.Getpid())))
	read, found := 0, 0
	for range 150 {
		layers, what := heap(t, ground, r)
		mounts := []mount.Mount{{Type: "overlay", Source: "overlay", Options: []string{
			"workdir=" + folder(t, ground), "upperdir=" + folder(t, ground), "lowerdir=" + strings.Join(layers, ":")}}}
		all, ok := LayersOf(mounts)
		if !ok || !slices.Equal(all[1:], layers) {
			t.Fatalf("the layers of %v are said to be %v", mounts, all)
		}
		got, err := readInLayers(all, "/etc/passwd")
		if errors.Is(err, ErrMount) {
			if !strings.Contains(what, "link") {
				t.Errorf("%s: %v", what, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		read++
		err = mount.WithTempMount(t.Context(), mounts, func(root string) error {
			want, err := readInRoot(root, "/etc/passwd")
			if string(got) != string(want) || (got == nil) != (want == nil) {
				t.Errorf("%s: without a mount it is %q, mounted %q", what, got, want)
			}
			if want != nil {
				found++
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("of 150 %d could be read, and %d had the file", read, found)
	if read == 0 || found == 0 {
		t.Error("nothing was tested")
	}
}

func TestMountsThatAreMoreThanLayers(t *testing.T) {
	for what, m := range map[string][]mount.Mount{
		"two":              {{Type: "bind", Source: "/a"}, {Type: "bind", Source: "/b"}},
		"another kind":     {{Type: "erofs", Source: "/a"}},
		"escaped names":    {{Type: "overlay", Options: []string{`lowerdir=/a\:b`}}},
		"data-only layers": {{Type: "overlay", Options: []string{"lowerdir=/a::/b"}}},
		"redirects":        {{Type: "overlay", Options: []string{"lowerdir=/a:/b", "redirect_dir=on"}}},
		"other marks":      {{Type: "overlay", Options: []string{"lowerdir=/a:/b", "userxattr"}}},
		"nothing":          {{Type: "overlay"}},
	} {
		if layers, ok := LayersOf(m); ok {
			t.Errorf("%s: %v", what, layers)
		}
	}
	if layers, ok := LayersOf([]mount.Mount{{Type: "bind", Source: "/a", Options: []string{"rbind", "ro"}}}); !ok || !slices.Equal(layers, []string{"/a"}) {
		t.Errorf("one folder: %v, %v", layers, ok)
	}
}

func TestAUserIsFoundWithoutAMount(t *testing.T) {
	upper, lower := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{"passwd": "web:x:33:34::/srv:/bin/sh\n", "group": "web:x:34:\nlog:x:40:web\n"} {
		if err := os.MkdirAll(filepath.Join(lower, "etc"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(lower, "etc", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	u, err := LookupUserInLayers([]string{upper, lower}, "web")
	if err != nil || u.UID != 33 || u.GID != 34 || !slices.Equal(u.Groups, []uint32{34, 40}) {
		t.Errorf("%+v, %v", u, err)
	}
	if _, err := LookupUserInLayers([]string{upper, lower, filepath.Join(lower, "gone")}, "nobody"); errors.Is(err, ErrMount) || err == nil {
		t.Errorf("a user that the image does not have: %v", err)
	}
	if _, err := LookupUserInLayers([]string{filepath.Join(lower, "gone")}, "web"); !errors.Is(err, ErrMount) {
		t.Errorf("a layer that is gone: %v", err)
	}
}
