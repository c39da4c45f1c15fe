package image

import (
	"context"
	"fmt"

	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/errdefs"
	"github.com/containerd/platforms"
	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/identity"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"gantry/engine/api"
)

// acceptable refuses what the registry has under the name before any of it is fetched.
func (p *pull) acceptable(root ocispec.Descriptor) error {
	switch {
	case root.MediaType == images.MediaTypeDockerSchema1Manifest:
		return p.notImage("its format is too old (schema 1); it must be built again")
	case images.IsManifestType(root.MediaType), images.IsIndexType(root.MediaType):
		return nil
	}
	return p.notImage("the registry calls it " + root.MediaType)
}

const (
	// maxConfig bounds an image's config, which is read into memory whole.
	maxConfig = 8 << 20
	// maxLayers is how many layers the kernel's overlay file system can stack.
	maxLayers = 500
	// maxDepth is how deep an index may stand in others.
	maxDepth = 4
)

// small refuses documents of a size that no image needs, before they are fetched.
func (p *pull) small(d ocispec.Descriptor) error {
	switch {
	case images.IsLayerType(d.MediaType):
	case images.IsManifestType(d.MediaType) && d.Size > maxDocument:
		return &bigError{what: "its manifest", size: d.Size}
	case images.IsIndexType(d.MediaType) && d.Size > maxDocument:
		return &bigError{what: "its index", size: d.Size}
	case d.Size > maxConfig:
		return &bigError{what: "its config", size: d.Size}
	}
	return nil
}

// deeper notes how deep the children of an index stand, and refuses an index that leads
// only to others.
func (p *pull) deeper(d ocispec.Descriptor, children []ocispec.Descriptor) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.depth == nil {
		p.depth = map[digest.Digest]int{}
	}
	below := p.depth[d.Digest] + 1
	for _, c := range children {
		if c.Digest == d.Digest {
			return p.notImage("its index names itself")
		}
		if images.IsIndexType(c.MediaType) {
			p.depth[c.Digest] = max(p.depth[c.Digest], below)
		}
	}
	if below > maxDepth {
		return p.notImage("it is an index in an index in an index, without end")
	}
	return nil
}

// follow looks at each part of the image when it has come: it tells the tracker what
// there is to do and refuses what cannot become a container.
func (p *pull) follow(next images.Handler) images.Handler {
	return images.HandlerFunc(func(ctx context.Context, d ocispec.Descriptor) ([]ocispec.Descriptor, error) {
		children, err := next.Handle(ctx, d)
		switch {
		case images.IsIndexType(d.MediaType):
			if errdefs.IsNotFound(err) {
				if bad := p.offers(ctx, d); bad != nil {
					return nil, bad
				}
			}
			if err == nil {
				err = p.deeper(d, children)
			}
		case err != nil:
		case images.IsManifestType(d.MediaType):
			err = p.sawManifest(children)
		case images.IsConfigType(d.MediaType):
			err = p.sawConfig(ctx, d)
		case images.IsLayerType(d.MediaType):
			p.track.downloaded(d.Digest)
		}
		return children, err
	})
}

// offers is the error of an index without a manifest for the platform: it lists what
// there is. Nil when the index could not be read, or has one.
func (p *pull) offers(ctx context.Context, d ocispec.Descriptor) error {
	index, err := readIndex(ctx, p.store.client.ContentStore(), d)
	if err != nil {
		return nil
	}
	var has []string
	for _, m := range runnable(index) {
		if m.Platform == nil || p.match.Match(*m.Platform) {
			return nil
		}
		has = append(has, platforms.Format(platforms.Normalize(*m.Platform)))
	}
	if len(has) == 0 {
		return p.notImage("it lists no image")
	}
	return p.noPlatform(has)
}

func (p *pull) noPlatform(has []string) error {
	return &api.PullError{
		Ref: p.ref.Familiar, Registry: p.ref.Host, Cause: api.PullPlatform,
		Platforms: has, Wanted: p.wanted(), Err: errdefs.ErrNotFound,
	}
}

func (p *pull) sawManifest(children []ocispec.Descriptor) error {
	var layers []ocispec.Descriptor
	config := ""
	for _, c := range children {
		switch {
		case images.IsLayerType(c.MediaType):
			layers = append(layers, c)
		case images.IsConfigType(c.MediaType):
			config = c.MediaType
		case config == "":
			config = c.MediaType
		}
	}
	if !images.IsConfigType(config) {
		return p.notImage("its config is " + config)
	}
	if len(layers) == 0 {
		return p.notImage("it has no layers")
	}
	if len(layers) > maxLayers && p.store.cfg.Snapshotter == "overlayfs" {
		return &api.PullError{
			Ref: p.ref.Familiar, Registry: p.ref.Host, Cause: api.PullTooBig,
			Detail: fmt.Sprintf("it has %d layers, and overlayfs can stack %d", len(layers), maxLayers),
		}
	}
	p.track.manifest(layers)
	return nil
}

// sawConfig checks the platform of an image that came without an index, and learns under
// which chain ID each layer will be unpacked.
func (p *pull) sawConfig(ctx context.Context, d ocispec.Descriptor) error {
	var c ocispec.Image
	if err := readJSON(ctx, p.store.client.ContentStore(), d, &c); err != nil {
		return p.notImage("its config cannot be read: " + err.Error())
	}
	if got := platforms.Normalize(c.Platform); !p.match.Match(got) {
		return p.noPlatform([]string{platforms.Format(got)})
	}
	layers := p.track.snapshot().Layers
	if len(layers) != len(c.RootFS.DiffIDs) {
		return p.notImage("manifest and config do not agree on the layers")
	}
	chain := identity.ChainIDs(append([]digest.Digest(nil), c.RootFS.DiffIDs...))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.chains = map[string]digest.Digest{}
	for i, id := range chain {
		p.chains[id.String()] = digest.Digest(layers[i].Digest)
	}
	return nil
}
