package image_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/image"
	"gantry/ui/kit"
)

// sparse is a file of almost nothing that says it is huge, as GNU tar writes it: a map of
// its pieces stands before its data.
func sparse(t *testing.T, size uint64) real.Layer {
	t.Helper()
	var raw bytes.Buffer
	w := tar.NewWriter(&raw)
	var records string
	for _, r := range []string{"GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=huge", fmt.Sprintf("GNU.sparse.realsize=%d", size)} {
		records += fmt.Sprintf("%02d %s\n", len(r)+4, r)
	}
	data := make([]byte, 1024)
	copy(data, "1\n0\n512\n")
	for _, f := range []struct {
		name string
		body []byte
	}{{"PaxHeaders/huge", []byte(records)}, {"huge", data}} {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.body)), Mode: 0o644, Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	h := raw.Bytes()[:512]
	h[156] = tar.TypeXHeader
	copy(h[148:], "        ")
	sum := 0
	for _, b := range h {
		sum += int(b)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	return repacked(t, raw.Bytes())
}

// A layer of a few bytes that would fill any disk is stopped, and leaves nothing.
func TestABombIsStopped(t *testing.T) {
	own := real.OwnEngine(t, "3g")
	zeros, err := real.NewLayer([]real.File{{Path: "zeros", Mode: 0o644, Body: make([]byte, 64<<20)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		layer  real.Layer
		swell  int64
		cancel bool
	}{
		{name: "a hole of a terabyte", layer: sparse(t, 1<<40), swell: 8 << 20},
		{name: "cancelled while it grows", layer: sparse(t, 1<<41), swell: 1 << 50, cancel: true},
		{name: "zeros that gzip explains", layer: zeros, swell: 1 << 20},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.swell == 1<<20 && testing.Short() {
				t.Skip("many bytes are dear to the race detector")
			}
			reg := real.Registry(t)
			if _, err := reg.PushContent(t.Context(), "app", one(tt.layer)); err != nil {
				t.Fatal(err)
			}
			before := real.Count(t, own.Env)
			s := image.New(own.Client, image.Config{Snapshotter: own.Caps.Snapshotter, DockerConfigDir: t.TempDir(), HostDirs: []string{}, Patience: patient(), Swell: tt.swell})
			ctx, cancel := context.WithCancel(own.Context(t))
			defer cancel()
			r := &reports{t: t}
			_, err := s.Pull(ctx, reg.Ref("app"), "", func(p api.PullProgress) {
				r.add(p)
				if tt.cancel && p.Phase == api.PullUnpacking {
					cancel()
				}
			})
			var pe *api.PullError
			switch {
			case tt.cancel:
				if !errors.Is(err, context.Canceled) {
					t.Errorf("ended with %v", err)
				}
			case tt.swell == 1<<20:
				if err != nil {
					t.Error(err)
				}
				return
			case !errors.As(err, &pe) || pe.Cause != api.PullTooBig:
				t.Errorf("ended with %v", err)
			}
			t.Log(kit.Explain(err).Line())
			real.Leftovers(t, own.Env, before)
		})
	}
}
