package image

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/errdefs"
	"github.com/containerd/platforms"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"

	"gantry/engine/api"
)

// listAtOnce is how many images List reads at a time: each takes a few small calls.
const listAtOnce = 8

// List is every image of the namespace, by name. An image whose manifest cannot be read
// is listed with what its record says.
func (s *Store) List(ctx context.Context) ([]api.Image, error) {
	ctx = quiet(ctx)
	found, err := s.client.ImageService().List(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]api.Image, len(found))
	eg, ctx := errgroup.WithContext(ctx)
	eg.SetLimit(listAtOnce)
	for i, img := range found {
		eg.Go(func() error {
			var err error
			list[i], err = s.summary(ctx, img)
			return err
		})
	}
	if err := eg.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b api.Image) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}

// Summary is what a list shows of one image.
func (s *Store) Summary(ctx context.Context, img containerd.Image) (api.Image, error) {
	return s.summary(quiet(ctx), img.Metadata())
}

func (s *Store) summary(ctx context.Context, img images.Image) (api.Image, error) {
	a := api.Image{
		Name:      img.Name,
		Digest:    img.Target.Digest.String(),
		CreatedAt: img.CreatedAt,
		UpdatedAt: img.UpdatedAt,
		Labels:    img.Labels,
	}
	manifests, err := s.manifests(ctx, img.Target)
	if err != nil {
		return a, ctx.Err()
	}
	host := platforms.Default()
	for _, m := range manifests {
		a.Platforms = append(a.Platforms, platforms.Format(m.platform))
		if a.Size == 0 || host.Match(m.platform) {
			a.Size = m.size
		}
	}
	slices.Sort(a.Platforms)
	a.Platforms = slices.Compact(a.Platforms)
	return a, nil
}

// localManifest is one manifest whose blob and config are here.
type localManifest struct {
	platform ocispec.Platform
	size     int64 // config and layers, compressed bytes
}

// manifests reads those manifests below target that are here.
func (s *Store) manifests(ctx context.Context, target ocispec.Descriptor) ([]localManifest, error) {
	cs := s.client.ContentStore()
	if images.IsManifestType(target.MediaType) {
		m, err := readManifest(ctx, cs, target)
		return []localManifest{m}, err
	}
	index, err := readIndex(ctx, cs, target)
	if err != nil {
		return nil, err
	}
	var found []localManifest
	for _, d := range runnable(index) {
		m, err := readManifest(ctx, cs, d)
		if errdefs.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, m)
	}
	return found, nil
}

func readManifest(ctx context.Context, cs content.Provider, d ocispec.Descriptor) (localManifest, error) {
	var m ocispec.Manifest
	if err := readJSON(ctx, cs, d, &m); err != nil {
		return localManifest{}, err
	}
	size := m.Config.Size
	for _, l := range m.Layers {
		size += l.Size
	}
	p, err := images.ConfigPlatform(ctx, cs, m.Config)
	return localManifest{platform: p, size: size}, err
}

func readIndex(ctx context.Context, cs content.Provider, d ocispec.Descriptor) (ocispec.Index, error) {
	var index ocispec.Index
	err := readJSON(ctx, cs, d, &index)
	return index, err
}

func readJSON(ctx context.Context, cs content.Provider, d ocispec.Descriptor, to any) error {
	raw, err := content.ReadBlob(ctx, cs, d)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, to)
}

// runnable leaves out what an index lists beside images: attestations and the like,
// whose platform is unknown.
func runnable(index ocispec.Index) []ocispec.Descriptor {
	var found []ocispec.Descriptor
	for _, d := range index.Manifests {
		if d.ArtifactType != "" || d.Platform != nil && d.Platform.OS == "unknown" {
			continue
		}
		if images.IsManifestType(d.MediaType) {
			found = append(found, d)
		}
	}
	return found
}
