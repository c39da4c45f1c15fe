package real

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"
)

// File is one entry of a layer.
type File struct {
	Path string      // without a leading slash
	Mode fs.FileMode // with fs.ModeDir for a directory, fs.ModeSymlink for a link
	UID  int         // and the group's number
	Link string      // target of a symbolic link
	Body []byte
}

// Layer is a layer in both its forms.
type Layer struct {
	Gzip []byte
	Raw  []byte
}

// madeAt is the time of every file, so that a layer is the same each time it is made.
func madeAt() time.Time { return time.Unix(1_700_000_000, 0).UTC() }

// NewLayer packs files, in the order of their paths.
func NewLayer(files []File) (Layer, error) {
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	var raw bytes.Buffer
	w := tar.NewWriter(&raw)
	for _, f := range files {
		if err := w.WriteHeader(header(f)); err != nil {
			return Layer{}, err
		}
		if _, err := w.Write(f.Body); err != nil {
			return Layer{}, err
		}
	}
	if err := w.Close(); err != nil {
		return Layer{}, err
	}
	packed, err := pack(raw.Bytes())
	return Layer{Gzip: packed, Raw: raw.Bytes()}, err
}

func header(f File) *tar.Header {
	h := &tar.Header{
		Name: f.Path, Mode: int64(f.Mode.Perm()), Uid: f.UID, Gid: f.UID,
		ModTime: madeAt(), Typeflag: tar.TypeReg, Size: int64(len(f.Body)),
	}
	if f.Mode&fs.ModeSticky != 0 {
		h.Mode |= 0o1000
	}
	switch {
	case f.Mode.IsDir():
		h.Typeflag, h.Name = tar.TypeDir, f.Path+"/"
	case f.Mode&fs.ModeSymlink != 0:
		h.Typeflag, h.Linkname = tar.TypeSymlink, f.Link
	}
	return h
}

func pack(raw []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

// Salted is the layer with one small file more in front, so that it is a layer that
// nobody has seen before; what is long to make is not made again. Containerd shares
// content between namespaces, so without this only the first test would download.
func (l Layer) Salted(salt string) (Layer, error) {
	var head bytes.Buffer
	w := tar.NewWriter(&head)
	f := File{Path: ".salt", Mode: 0o644, Body: []byte(salt)}
	if err := w.WriteHeader(header(f)); err != nil {
		return Layer{}, err
	}
	if _, err := w.Write(f.Body); err != nil {
		return Layer{}, err
	}
	if err := w.Flush(); err != nil { // pads the file, but does not end the archive
		return Layer{}, err
	}
	packed, err := pack(head.Bytes())
	return Layer{Gzip: slices.Concat(packed, l.Gzip), Raw: slices.Concat(head.Bytes(), l.Raw)}, err
}

// Digest is what a manifest calls the layer.
func (l Layer) Digest() digest.Digest { return digest.FromBytes(l.Gzip) }

// DiffID is what an image's config calls the layer.
func (l Layer) DiffID() digest.Digest { return digest.FromBytes(l.Raw) }

// Noise is a file of size bytes that does not compress and is the same for each seed.
func Noise(path, seed string, size int) File {
	body := make([]byte, size)
	// Read of a ChaCha8 never fails. It is no cipher here, only a fast source of bytes.
	_, _ = rand.NewChaCha8(sha256.Sum256([]byte(seed))).Read(body)
	return File{Path: path, Mode: 0o644, Body: body}
}
