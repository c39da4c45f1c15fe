package commit

import (
	"context"
	"encoding/json"
	"fmt"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/errdefs"
	"github.com/containerd/platforms"
	docker "github.com/moby/docker-image-spec/specs-go/v1"
	"github.com/opencontainers/image-spec/identity"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"gantry/engine/api"
)

// Base is the image that a container was made of.
type Base struct {
	Image    docker.DockerOCIImage
	manifest ocispec.Manifest
	// Missing is how many of its layers' archives are not here: containers can be made of it,
	// but it cannot be sent anywhere.
	Missing int
}

// FindBase finds the image whose layers are the chain that a snapshot stands on: the one that
// the container names, or if that name has moved on since any other that is here. Without
// any it is a *api.NotFoundError.
func FindBase(ctx context.Context, c *containerd.Client, name, chain string, match platforms.MatchComparer) (Base, error) {
	is := c.ImageService()
	if img, err := is.Get(ctx, name); err == nil {
		if b, ok, err := read(ctx, c.ContentStore(), img.Target, chain, match); ok || err != nil {
			return b, err
		}
	} else if !errdefs.IsNotFound(err) {
		return Base{}, fmt.Errorf("find the container's image: %w", err)
	}
	all, err := is.List(ctx)
	if err != nil {
		return Base{}, fmt.Errorf("list images: %w", err)
	}
	for _, img := range all {
		if b, ok, err := read(ctx, c.ContentStore(), img.Target, chain, match); ok || err != nil {
			return b, err
		}
	}
	return Base{}, &api.NotFoundError{Kind: "image", Name: name}
}

// read reads an image if its layers are the chain; one that is not all here is none.
func read(ctx context.Context, cs content.Store, target ocispec.Descriptor, chain string, match platforms.MatchComparer) (b Base, ok bool, err error) {
	b.manifest, err = images.Manifest(ctx, cs, target, match)
	if errdefs.IsNotFound(err) {
		return b, false, nil
	}
	if err != nil {
		return b, false, fmt.Errorf("read an image: %w", err)
	}
	raw, err := content.ReadBlob(ctx, cs, b.manifest.Config)
	if errdefs.IsNotFound(err) {
		return b, false, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &b.Image)
	}
	if err != nil {
		return b, false, fmt.Errorf("read an image's configuration: %w", err)
	}
	if identity.ChainID(b.Image.RootFS.DiffIDs).String() != chain {
		return b, false, nil
	}
	for _, l := range b.manifest.Layers {
		if _, err := cs.Info(ctx, l.Digest); errdefs.IsNotFound(err) {
			b.Missing++
		} else if err != nil {
			return b, false, fmt.Errorf("look for a layer: %w", err)
		}
	}
	return b, true, nil
}
