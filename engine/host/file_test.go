package host

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A name is read as it is typed, so whatever it names must answer at once.
func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, size int) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(strings.Repeat("x", size)), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		path string
		size int
		err  error
	}{
		"a file":            {path: write("a", 5), size: 5},
		"an empty file":     {path: write("empty", 0)},
		"the largest":       {path: write("most", MaxFile), size: MaxFile},
		"too large":         {path: write("more", MaxFile+1), err: ErrFileTooLarge},
		"no such file":      {path: filepath.Join(dir, "none"), err: fs.ErrNotExist},
		"a directory":       {path: dir, err: ErrNotAFile},
		"a pipe":            {path: pipe, err: ErrNotAFile},
		"an endless device": {path: "/dev/zero", err: ErrNotAFile},
		"nothing at all":    {path: "", err: fs.ErrNotExist},
		"a name with a NUL": {path: "a\x00b", err: syscall.EINVAL},
		"a file of a file":  {path: filepath.Join(dir, "a", "b"), err: syscall.ENOTDIR},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := ReadFile(tt.path)
			if !errors.Is(err, tt.err) || len(data) != tt.size {
				t.Errorf("%d bytes, %v; want %d, %v", len(data), err, tt.size, tt.err)
			}
		})
	}
}
