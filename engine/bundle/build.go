package bundle

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strings"
)

// SameBuild says whether two programs are the same, by what the linker wrote into them
// and only where it wrote nothing by their whole contents.
func SameBuild(a, b string) (bool, error) {
	fa, err := os.Stat(a)
	if err != nil {
		return false, err
	}
	fb, err := os.Stat(b)
	if err != nil {
		return false, err
	}
	if os.SameFile(fa, fb) {
		return true, nil
	}
	if fa.Size() != fb.Size() {
		return false, nil
	}
	ia, err := identity(a)
	if err != nil {
		return false, err
	}
	ib, err := identity(b)
	return ia == ib && err == nil, err
}

// identity is the build ID of a Go program, which is a hash over all that it was made of.
func identity(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if id, err := buildID(f); err == nil && id != "" {
		return id, nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// buildID reads the note that Go's linker writes: three lengths and kinds, "Go", the ID.
func buildID(f io.ReaderAt) (string, error) {
	e, err := elf.NewFile(f)
	if err != nil {
		return "", err
	}
	s := e.Section(".note.go.buildid")
	if s == nil {
		return "", errors.New("no build ID")
	}
	note, err := s.Data()
	if err != nil {
		return "", err
	}
	if len(note) < 16 || !bytes.Equal(note[12:16], []byte("Go\x00\x00")) {
		return "", errors.New("no build ID of Go's")
	}
	size := binary.NativeEndian.Uint32(note[4:8])
	if int(size) > len(note)-16 {
		return "", errors.New("a build ID that is cut off")
	}
	return string(note[16 : 16+size]), nil
}

// ContainerdIn is the version of the containerd that a program was built from, without the
// v; "" if it has none. Its error is that of a program that is not Go's.
func ContainerdIn(name string) (string, error) {
	info, err := buildinfo.ReadFile(name)
	if err != nil {
		return "", err
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/containerd/containerd/v2" {
			return strings.TrimPrefix(m.Version, "v"), nil
		}
	}
	return "", nil
}
