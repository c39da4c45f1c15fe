package real

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// debianLayers are the packages of each layer of the Debian image, from the base up.
// They are installed on every Debian.
func debianLayers() [][]string {
	layers := [][]string{
		{"base-files", "libc6", "libgcc-s1"},
		{"dash", "bash", "libtinfo6"},
		{"coreutils", "libacl1", "libattr1", "libselinux1", "libpcre2-8-0", "libgmp10"},
		{"perl-base", "libcrypt1"},
		{"tzdata", "debianutils", "sed", "grep"},
	}
	if testing.Testing() && testing.Short() { // half of the bytes, which are dear to the race detector
		layers[2], layers[3] = layers[2][1:], layers[3][1:]
	}
	return layers
}

// mergedDirs are links into /usr on a Debian of today.
func mergedDirs() []string { return []string{"bin", "sbin", "lib", "lib64"} }

// debianRoot is the files of installed packages as layers, with two layers of noise on
// top: those do not compress, so that there is something to download.
func debianRoot(ctx context.Context) ([][]File, error) {
	var layers [][]File
	for _, packages := range debianLayers() {
		files, err := packageFiles(ctx, packages)
		if err != nil {
			return nil, err
		}
		layers = append(layers, files)
	}
	layers[0] = append(layers[0], skeleton()...)
	return append(layers,
		[]File{Noise("opt/noise-1", "one", 4<<20)},
		[]File{Noise("opt/noise-2", "two", 2<<20)}), nil
}

// skeleton is what no package brings: the merged /usr and the accounts.
func skeleton() []File {
	files := []File{
		{Path: "etc/passwd", Mode: 0o644, Body: []byte(strings.ReplaceAll(passwd, "/bin/sh", "/bin/bash"))},
		{Path: "etc/group", Mode: 0o644, Body: []byte(group)},
		{Path: "usr/bin/sh", Mode: fs.ModeSymlink | 0o777, Link: "dash"},
		{Path: "tmp", Mode: fs.ModeDir | fs.ModeSticky | 0o777},
	}
	for _, dir := range mergedDirs() {
		files = append(files,
			File{Path: "usr/" + dir, Mode: fs.ModeDir | 0o755},
			File{Path: dir, Mode: fs.ModeSymlink | 0o777, Link: "usr/" + dir})
	}
	return files
}

// packageFiles reads what installed packages have on this machine.
func packageFiles(ctx context.Context, packages []string) ([]File, error) {
	seen := map[string]bool{}
	for _, f := range skeleton() {
		seen[f.Path] = true
	}
	var files []File
	for _, p := range packages {
		out, err := exec.CommandContext(ctx, "dpkg", "-L", p).Output()
		if err != nil {
			return nil, fmt.Errorf("list the files of the package %s: %w", p, err)
		}
		for _, name := range strings.Split(string(out), "\n") {
			if f, ok := hostFile(name); ok && !seen[f.Path] {
				seen[f.Path] = true
				files = append(files, f)
			}
		}
	}
	return files, nil
}

// hostFile reads a file of this machine into a layer, at the path that it really has:
// on a merged /usr, /lib/x is /usr/lib/x. ok is false for what cannot be in a layer or
// is not there.
func hostFile(name string) (f File, ok bool) {
	dir, err := filepath.EvalSymlinks(filepath.Dir(name))
	if err != nil || !filepath.IsAbs(name) {
		return f, false
	}
	name = filepath.Join(dir, filepath.Base(name))
	st, err := os.Lstat(name)
	if err != nil {
		return f, false
	}
	f = File{Path: strings.TrimPrefix(name, "/"), Mode: st.Mode()}
	switch {
	case st.IsDir():
	case st.Mode()&fs.ModeSymlink != 0:
		f.Link, err = os.Readlink(name)
	case st.Mode().IsRegular():
		f.Body, err = os.ReadFile(name)
	default:
		return f, false
	}
	return f, err == nil && f.Path != ""
}
