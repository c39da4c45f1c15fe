package commit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/pkg/labels"
	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/identity"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Layer is what is put on a base, and what is said of it.
type Layer struct {
	Blob            ocispec.Descriptor // a gzipped tar that is in the content store
	By              string             // the command that made the changes
	Author, Comment string
	At              time.Time
}

// Write puts the configuration and the manifest of a new image into the content store and
// gives the manifest's descriptor. ctx carries the lease that keeps them until an image names
// the manifest. It is in the format of its base, Docker's or the OCI's.
func Write(ctx context.Context, cs content.Store, snapshotter string, b Base, cfg Config, l Layer) (ocispec.Descriptor, error) {
	info, err := cs.Info(ctx, l.Blob.Digest)
	if err != nil {
		return ocispec.Descriptor{}, fmt.Errorf("look at the new layer: %w", err)
	}
	diff, err := digest.Parse(info.Labels[labels.LabelUncompressed])
	if err != nil {
		return ocispec.Descriptor{}, fmt.Errorf("the new layer has no digest of what is in it: %w", err)
	}
	img := b.Image
	img.Config, img.Author, img.Created = cfg, l.Author, &l.At
	img.RootFS = ocispec.RootFS{Type: "layers", DiffIDs: append(slices.Clone(img.RootFS.DiffIDs), diff)}
	img.History = append(slices.Clone(img.History), ocispec.History{Created: &l.At, CreatedBy: l.By, Author: l.Author, Comment: l.Comment})

	m := ocispec.Manifest{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest}
	config, blob := ocispec.MediaTypeImageConfig, l.Blob
	if b.manifest.Config.MediaType == images.MediaTypeDockerSchema2Config {
		m.MediaType, config, blob.MediaType = images.MediaTypeDockerSchema2Manifest, images.MediaTypeDockerSchema2Config, images.MediaTypeDockerSchema2LayerGzip
	}
	m.Layers = append(slices.Clone(b.manifest.Layers), blob)
	m.Config, err = put(ctx, cs, config, img, map[string]string{
		"containerd.io/gc.ref.snapshot." + snapshotter: identity.ChainID(img.RootFS.DiffIDs).String(),
	})
	if err != nil {
		return ocispec.Descriptor{}, fmt.Errorf("write the image's configuration: %w", err)
	}
	holds := map[string]string{"containerd.io/gc.ref.content.config": m.Config.Digest.String()}
	for i, l := range m.Layers {
		holds["containerd.io/gc.ref.content.l."+strconv.Itoa(i)] = l.Digest.String()
	}
	d, err := put(ctx, cs, m.MediaType, m, holds)
	if err != nil {
		return d, fmt.Errorf("write the image's manifest: %w", err)
	}
	return d, nil
}

func put(ctx context.Context, cs content.Store, mediaType string, v any, labels map[string]string) (ocispec.Descriptor, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	d := ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(raw), Size: int64(len(raw))}
	return d, content.WriteBlob(ctx, cs, "commit-"+d.Digest.String(), bytes.NewReader(raw), d, content.WithLabels(labels))
}
