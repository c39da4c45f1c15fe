package real

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const passwd = `root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false
app:x:1000:1000:app:/home/app:/bin/sh
`

const group = `root:x:0:
staff:x:50:app
nobody:x:65534:
app:x:1000:
`

// busyboxRoot is a root file system of busybox and its applets: enough to be a user,
// to print, to wait, to serve HTTP.
func busyboxRoot(ctx context.Context) ([]File, error) {
	name, err := findBusybox(ctx)
	if err != nil {
		return nil, err
	}
	body, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	list, err := exec.CommandContext(ctx, name, "--list").Output()
	if err != nil {
		return nil, fmt.Errorf("ask busybox for its applets: %w", err)
	}
	files := []File{
		{Path: "bin/busybox", Mode: 0o755, Body: body},
		{Path: "etc/passwd", Mode: 0o644, Body: []byte(passwd)},
		{Path: "etc/group", Mode: 0o644, Body: []byte(group)},
		{Path: "home/app", Mode: fs.ModeDir | 0o755, UID: 1000},
		{Path: "root", Mode: fs.ModeDir | 0o700},
		{Path: "tmp", Mode: fs.ModeDir | fs.ModeSticky | 0o777},
		{Path: "usr/bin/env", Mode: fs.ModeSymlink | 0o777, Link: "/bin/busybox"},
	}
	for _, dir := range []string{"bin", "dev", "etc", "home", "proc", "sys", "usr", "usr/bin", "var"} {
		files = append(files, File{Path: dir, Mode: fs.ModeDir | 0o755})
	}
	for _, applet := range strings.Fields(string(list)) {
		if applet != "busybox" {
			files = append(files, File{Path: "bin/" + applet, Mode: fs.ModeSymlink | 0o777, Link: "busybox"})
		}
	}
	return files, nil
}

// findBusybox is a static busybox of this machine, or one from the package archive.
func findBusybox(ctx context.Context) (string, error) {
	for _, name := range []string{"/bin/busybox", "/usr/bin/busybox"} {
		if static(name) {
			return name, nil
		}
	}
	name, err := downloadBusybox(ctx)
	if err != nil {
		return "", fmt.Errorf("the test images need a static busybox: apt-get install busybox-static (%w)", err)
	}
	return name, nil
}

func static(name string) bool {
	f, err := elf.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return false
		}
	}
	return true
}

// downloadBusybox unpacks the package beside other caches, without installing it.
func downloadBusybox(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "gantry-test")
	places := []string{filepath.Join(dir, "root/bin/busybox"), filepath.Join(dir, "root/usr/bin/busybox")}
	for _, name := range places {
		if static(name) {
			return name, nil
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, line := range []string{"apt-get -qq download busybox-static", "dpkg-deb -x busybox-static_*.deb root"} {
		cmd := exec.CommandContext(ctx, "sh", "-c", line)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %s", line, strings.TrimSpace(string(out)))
		}
	}
	for _, name := range places {
		if static(name) {
			return name, nil
		}
	}
	return "", errors.New("the package has none")
}
