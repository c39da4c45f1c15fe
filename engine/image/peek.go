package image

import (
	"context"
	"encoding/json"
	"io"
	"slices"

	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/platforms"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"gantry/engine/api"
)

// Peek asks the registry what it has under a name for a platform ("" is the host's),
// without fetching any of it. What keeps it from being pulled is an *api.PullError.
func (s *Store) Peek(ctx context.Context, ref, platform string) (api.RemoteImage, error) {
	p, err := s.asking(ctx, ref, platform)
	if err != nil {
		return api.RemoteImage{}, err
	}
	defer p.remote.close()
	found, err := p.peek(ctx)
	if err != nil {
		err = p.explain(ctx, err)
		p.lookAround(ctx, err)
	}
	return found, err
}

// Tags are the tags of the repository that a reference names, in the registry's order; many
// registries tell only of some of them at once, and some of none.
func (s *Store) Tags(ctx context.Context, ref string) ([]string, error) {
	p, err := s.asking(ctx, ref, "")
	if err != nil {
		return nil, err
	}
	defer p.remote.close()
	tags, _ := p.tagList(ctx, askedTags)
	return tags, ctx.Err()
}

// asking is a pull that only asks.
func (s *Store) asking(ctx context.Context, ref, platform string) (*pull, error) {
	r, err := Parse(ref)
	if err != nil {
		return nil, err
	}
	if r.IsID() {
		return nil, &api.NotFoundError{Kind: "image", Name: r.Familiar}
	}
	match, err := Matcher(platform)
	if err != nil {
		return nil, err
	}
	p := &pull{store: s, ref: r, platform: platform, match: match}
	p.track = newTracker(r, p.wanted(), s.cfg.Now)
	p.remote = s.remote(quiet(ctx), p.track)
	return p, nil
}

func (p *pull) peek(ctx context.Context) (api.RemoteImage, error) {
	ctx = quiet(ctx)
	found := api.RemoteImage{Name: p.ref.Full, Platform: p.wanted()}
	name, root, err := p.remote.resolver.Resolve(ctx, p.ref.Full)
	if err != nil {
		return found, err
	}
	p.resolved = true
	if err := p.acceptable(root); err != nil {
		return found, err
	}
	fetcher, err := p.remote.resolver.Fetcher(ctx, name)
	if err != nil {
		return found, err
	}
	at := root
	if images.IsIndexType(root.MediaType) {
		if at, err = p.chosen(ctx, fetcher, root, &found); err != nil {
			return found, err
		}
	}
	var m ocispec.Manifest
	if err := p.document(ctx, fetcher, at, &m); err != nil {
		return found, err
	}
	if err := p.sawManifest(append([]ocispec.Descriptor{m.Config}, m.Layers...)); err != nil {
		return found, err
	}
	if len(found.Platforms) == 0 {
		var c ocispec.Image
		if err := p.document(ctx, fetcher, m.Config, &c); err != nil {
			return found, err
		}
		own := platforms.Normalize(c.Platform)
		found.Platforms = []string{platforms.Format(own)}
		if !p.match.Match(own) {
			return found, p.noPlatform(found.Platforms)
		}
		found.Platform = found.Platforms[0]
	}
	found.Layers, found.Size = len(m.Layers), m.Config.Size
	for _, l := range m.Layers {
		found.Size += l.Size
	}
	return found, nil
}

// chosen is the manifest of an index that a pull would take.
func (p *pull) chosen(ctx context.Context, fetcher remotes.Fetcher, root ocispec.Descriptor, found *api.RemoteImage) (best ocispec.Descriptor, err error) {
	var index ocispec.Index
	if err := p.document(ctx, fetcher, root, &index); err != nil {
		return best, err
	}
	has := false
	for _, d := range runnable(index) {
		if d.Platform == nil {
			continue
		}
		found.Platforms = append(found.Platforms, platforms.Format(platforms.Normalize(*d.Platform)))
		if !p.match.Match(*d.Platform) || has && !p.match.Less(*d.Platform, *best.Platform) {
			continue
		}
		best, has = d, true
	}
	if !has {
		return best, p.noPlatform(found.Platforms)
	}
	found.Platform = platforms.Format(platforms.Normalize(*best.Platform))
	slices.Sort(found.Platforms)
	found.Platforms = slices.Compact(found.Platforms)
	return best, nil
}

// document reads a small part of the image.
func (p *pull) document(ctx context.Context, fetcher remotes.Fetcher, d ocispec.Descriptor, to any) error {
	if err := p.small(d); err != nil {
		return err
	}
	r, err := fetcher.Fetch(ctx, d)
	if err != nil {
		return err
	}
	defer r.Close()
	raw, err := io.ReadAll(io.LimitReader(r, d.Size))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, to); err != nil {
		return p.notImage("what the registry sends for it cannot be read")
	}
	return nil
}
