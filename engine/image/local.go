package image

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/errdefs"
	"github.com/containerd/platforms"
	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/identity"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"gantry/engine/api"
)

// Matcher chooses among an image's platforms. "" is this host's, with whatever else its
// CPU can run (an arm64 runs v8); a platform that was named is taken strictly.
func Matcher(platform string) (platforms.MatchComparer, error) {
	if platform == "" {
		return platforms.Default(), nil
	}
	p, err := platforms.Parse(platform)
	if err != nil {
		return nil, api.FieldErrors{{Field: "platform", Value: platform, Reason: "not a platform", Fix: "os/arch, such as linux/arm64"}}
	}
	return platforms.OnlyStrict(p), nil
}

// Get finds an image that is here for a platform ("" is the host's): its record, its
// manifest and its config; layers may still need EnsureUnpacked. ref is a name, an image
// ID or a unique beginning of one. An image that is here only for other platforms counts
// as not found, so that a pull brings what is missing.
func (s *Store) Get(ctx context.Context, ref, platform string) (containerd.Image, error) {
	r, err := Parse(ref)
	if err != nil {
		return nil, err
	}
	match, err := Matcher(platform)
	if err != nil {
		return nil, err
	}
	img, err := s.record(quiet(ctx), ref, r)
	if err != nil {
		return nil, err
	}
	here, err := s.whole(ctx, img, match)
	if err != nil {
		if errdefs.IsNotFound(err) {
			return nil, &api.NotFoundError{Kind: "image", Name: r.Familiar}
		}
		return nil, engineError(r, err)
	}
	return here, nil
}

// local is an image whose manifest and config have been read, so that they are read once: each
// time costs two calls to containerd.
type local struct {
	containerd.Image
	config ocispec.Descriptor
	raw    []byte // the config
}

// whole reads an image's manifest and config.
func (s *Store) whole(ctx context.Context, img images.Image, match platforms.MatchComparer) (*local, error) {
	cs := s.blobs()
	m, err := images.Manifest(ctx, cs, img.Target, match)
	if err != nil {
		return nil, err
	}
	l := &local{Image: containerd.NewImageWithPlatform(s.client, img, match), config: m.Config}
	l.raw, err = content.ReadBlob(ctx, cs, m.Config)
	return l, err
}

func (l *local) Config(context.Context) (ocispec.Descriptor, error) { return l.config, nil }

func (l *local) Spec(context.Context) (c ocispec.Image, err error) {
	if err = json.Unmarshal(l.raw, &c); err != nil {
		err = fmt.Errorf("read the image's config: %w", err)
	}
	return c, err
}

func (l *local) RootFS(ctx context.Context) ([]digest.Digest, error) {
	c, err := l.Spec(ctx)
	return c.RootFS.DiffIDs, err
}

// RawConfig is an image's config as it stands.
func (s *Store) RawConfig(ctx context.Context, img containerd.Image) ([]byte, error) {
	if l, ok := img.(*local); ok {
		return l.raw, nil
	}
	d, err := img.Config(ctx)
	if err != nil {
		return nil, err
	}
	return content.ReadBlob(ctx, s.client.ContentStore(), d)
}

var idPrefix = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-f0-9]{4,63}$`) })

// record finds the image store's entry: by name first, then by ID.
func (s *Store) record(ctx context.Context, given string, r Ref) (images.Image, error) {
	is := s.client.ImageService()
	if !r.IsID() {
		img, err := is.Get(ctx, r.Full)
		if err == nil {
			return img, nil
		}
		if !errdefs.IsNotFound(err) {
			return images.Image{}, engineError(r, err)
		}
	}
	prefix := r.Digest
	if !r.IsID() {
		if !idPrefix().MatchString(given) {
			return images.Image{}, &api.NotFoundError{Kind: "image", Name: r.Familiar}
		}
		prefix = "sha256:" + given
	}
	found, err := is.List(ctx, "target.digest~=^"+prefix)
	if err != nil {
		return images.Image{}, engineError(r, err)
	}
	if len(found) == 0 {
		return images.Image{}, &api.NotFoundError{Kind: "image", Name: r.Familiar}
	}
	for _, f := range found[1:] {
		if f.Target.Digest != found[0].Target.Digest {
			return images.Image{}, &api.AmbiguousError{Prefix: given, IDs: digests(found)}
		}
	}
	return found[0], nil
}

func digests(found []images.Image) []string {
	var ids []string
	for _, f := range found {
		ids = append(ids, strings.TrimPrefix(f.Target.Digest.String(), "sha256:"))
	}
	return ids
}

// Unpacked reports whether the image's layers are snapshots, so that a container can be
// made of it at once.
func (s *Store) Unpacked(ctx context.Context, img containerd.Image) (bool, error) {
	layers, err := img.RootFS(quiet(ctx))
	if err != nil {
		return false, err
	}
	_, err = s.client.SnapshotService(s.cfg.Snapshotter).Stat(quiet(ctx), identity.ChainID(layers).String())
	if errdefs.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// EnsureUnpacked makes the image's layers snapshots if they are not. An image whose
// layers were thrown away after an earlier unpacking is an *api.NotFoundError: pull it.
func (s *Store) EnsureUnpacked(ctx context.Context, img containerd.Image) error {
	ctx = quiet(ctx)
	ok, err := s.Unpacked(ctx, img)
	if err != nil || ok {
		return err
	}
	if err := s.locks.Lock(ctx, "image "+img.Target().Digest.String()); err != nil {
		return err
	}
	defer s.locks.Unlock("image " + img.Target().Digest.String())
	err = img.Unpack(ctx, s.cfg.Snapshotter)
	if errdefs.IsNotFound(err) {
		return &api.NotFoundError{Kind: "image", Name: img.Name()}
	}
	return err
}
