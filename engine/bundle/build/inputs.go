package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"gantry/engine/bundle"
)

const (
	daemonPackage = "gantry/engine/daemon/containerd"
	helperPackage = "gantry/engine/helper"
	shimPackage   = "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2"
	runcPackage   = "github.com/opencontainers/runc"
	daemonModule  = "github.com/containerd/containerd/v2"

	// stampName begins with a dot so that it is not embedded.
	stampName = ".stamp"
	// recipe changes whenever the way things are built or packed changes.
	recipe = "4"
)

// inputs is everything that the payload follows from.
type inputs struct {
	bundle, root     string // folders: of package bundle, of the repository
	containerd, runc string // versions, without the v
	stamp            string // a hash over all of it
}

func readInputs(ctx context.Context, here string) (inputs, error) {
	in := inputs{bundle: here, root: filepath.Join(here, "..", "..")}
	var err error
	if in.containerd, err = pinned(ctx, in.root, daemonModule); err != nil {
		return in, err
	}
	if in.runc, err = pinned(ctx, filepath.Join(here, "runc"), runcPackage); err != nil {
		return in, err
	}
	sources, err := ownSources(ctx, in.root)
	if err != nil {
		return in, err
	}
	sources = append(sources,
		filepath.Join(in.root, "go.mod"), filepath.Join(in.root, "go.sum"),
		filepath.Join(here, "runc", "go.mod"), filepath.Join(here, "runc", "go.sum"))
	slices.Sort(sources)
	h := sha256.New()
	fmt.Fprintln(h, recipe, runtime.Version(), runtime.GOOS, runtime.GOARCH, in.containerd, in.runc)
	for _, v := range []string{"CC", "CGO_CFLAGS", "CGO_LDFLAGS", "PKG_CONFIG", "GOAMD64", "GOARM64", "GOEXPERIMENT"} {
		fmt.Fprintf(h, "%s=%s\n", v, os.Getenv(v))
	}
	for _, name := range sources {
		if err := hashInto(h, in.root, name); err != nil {
			return in, err
		}
	}
	in.stamp = hex.EncodeToString(h.Sum(nil))
	return in, nil
}

func hashInto(h io.Writer, root, name string) error {
	raw, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(root, name)
	if err != nil {
		return err
	}
	fmt.Fprintf(h, "%s %x\n", rel, sha256.Sum256(raw))
	return nil
}

// pinned is the version of a module in a folder's go.mod.
func pinned(ctx context.Context, dir, module string) (string, error) {
	out, err := goTool(ctx, dir, nil, "list", "-mod=readonly", "-m", "-f", "{{.Version}}", module)
	return strings.TrimPrefix(strings.TrimSpace(out), "v"), err
}

// ownSources lists the files of this module that the payload's programs are compiled from.
// What they take from other modules is covered by go.sum.
func ownSources(ctx context.Context, root string) ([]string, error) {
	out, err := goTool(ctx, root, []string{"CGO_ENABLED=0"}, "list", "-mod=readonly", "-deps",
		"-json=Dir,Module,GoFiles,EmbedFiles", daemonPackage, helperPackage)
	if err != nil {
		return nil, err
	}
	var files []string
	for dec := json.NewDecoder(bytes.NewBufferString(out)); ; {
		var p struct {
			Dir                 string
			Module              *struct{ Main bool }
			GoFiles, EmbedFiles []string
		}
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read what the payload is made of: %w", err)
		}
		if p.Module == nil || !p.Module.Main {
			continue
		}
		for _, f := range append(p.GoFiles, p.EmbedFiles...) {
			files = append(files, filepath.Join(p.Dir, f))
		}
	}
}

// upToDate says whether the payload of these inputs is already there and whole.
func upToDate(out, stamp string) bool {
	have, err := os.ReadFile(filepath.Join(out, stampName))
	if err != nil || strings.TrimSpace(string(have)) != stamp {
		return false
	}
	for _, name := range []string{bundle.ArchiveName, bundle.ManifestName} {
		if fi, err := os.Stat(filepath.Join(out, name)); err != nil || fi.Size() == 0 {
			return false
		}
	}
	return true
}
