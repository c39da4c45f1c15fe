package main

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/klauspost/compress/zstd"

	"gantry/engine/bundle"
)

// pack writes the archive and its manifest into out, each replaced as a whole. The same
// programs always give the same bytes.
func pack(from, out string, files []bundle.File) (string, error) {
	archive := filepath.Join(out, "."+bundle.ArchiveName)
	if err := writeArchive(archive, from, files); err != nil {
		return "", fmt.Errorf("pack the payload: %w", err)
	}
	m := bundle.Manifest{Arch: runtime.GOARCH, Files: files}
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%s  %s\n", f.SHA256, f.Name)
	}
	m.Digest = hex.EncodeToString(h.Sum(nil))
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return "", err
	}
	manifest := filepath.Join(out, "."+bundle.ManifestName)
	if err := os.WriteFile(manifest, append(raw, '\n'), 0o644); err != nil {
		return "", err
	}
	fi, err := os.Stat(archive)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%.1f MB", float64(fi.Size())/1e6), errors.Join(
		os.Rename(archive, filepath.Join(out, bundle.ArchiveName)),
		os.Rename(manifest, filepath.Join(out, bundle.ManifestName)))
}

func writeArchive(name, from string, files []bundle.File) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	// One core, so that the bytes do not depend on the machine; the window spans programs,
	// which have most of the Go runtime in common.
	z, err := zstd.NewWriter(f, zstd.WithEncoderLevel(zstd.SpeedBestCompression),
		zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(32<<20))
	if err != nil {
		return err
	}
	tw := tar.NewWriter(z)
	for _, file := range files {
		if err := addFile(tw, filepath.Join(from, file.Name), file); err != nil {
			return err
		}
	}
	return errors.Join(tw.Close(), z.Close())
}

func addFile(tw *tar.Writer, path string, file bundle.File) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := tw.WriteHeader(&tar.Header{Name: file.Name, Mode: 0o755, Size: file.Size, Format: tar.FormatUSTAR}); err != nil {
		return err
	}
	_, err = io.Copy(tw, f)
	return err
}

func digest(name string) (sum string, size int64, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}
