package image_test

import (
	"bytes"
	"strconv"
	"testing"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/platforms"

	"gantry/engine/enginetest/real"
	"gantry/engine/image"
)

// BenchmarkPull is design.md §7's pull: 156 MB of gzip in six layers, nothing of it here.
// Beside it stands containerd's own client with its defaults.
func BenchmarkPull(b *testing.B) {
	env := real.Engine(b)
	reg := real.Registry(b)
	m := real.Manifest{Platform: platforms.DefaultSpec()}
	size := 0
	for i := range 6 {
		l, err := real.NewLayer(mixed(strconv.Itoa(i), 26_000_000))
		if err != nil {
			b.Fatal(err)
		}
		size += len(l.Gzip)
		m.Layers = append(m.Layers, l)
	}
	if _, err := reg.PushContent(b.Context(), "big", real.Content{Manifests: []real.Manifest{m}}); err != nil {
		b.Fatal(err)
	}
	ctx := env.Context(b)
	s := image.New(env.Client, image.Config{Snapshotter: env.Caps.Snapshotter, HostDirs: []string{}})
	for _, by := range []struct {
		name string
		pull func() error
	}{
		{"gantry", func() error { _, err := s.Pull(ctx, reg.Ref("big"), "", nil); return err }},
		{"client", func() error {
			_, err := env.Client.Pull(ctx, reg.Ref("big"), containerd.WithPullUnpack, containerd.WithPullSnapshotter(env.Caps.Snapshotter))
			return err
		}},
	} {
		b.Run(by.name, func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				if err := by.pull(); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if err := env.Client.ImageService().Delete(ctx, reg.Ref("big"), images.SynchronousDelete()); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}

// mixed is files that compress about as well as an image does: to two fifths.
func mixed(seed string, gzipped int) []real.File {
	var files []real.File
	const part = 100_000
	text := bytes.Repeat([]byte("what a container image is full of\n"), part*3/2/34)
	for i := range gzipped / part {
		f := real.Noise("opt/"+seed+"/"+strconv.Itoa(i), seed+strconv.Itoa(i), part)
		f.Body = append(f.Body, text...)
		files = append(files, f)
	}
	return files
}
