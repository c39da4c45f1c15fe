package image

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/platforms"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"gantry/engine/api"
)

// Config reads the image's configuration for the platform it was looked up for.
func (s *Store) Config(ctx context.Context, img containerd.Image) (ocispec.Image, error) {
	return img.Spec(quiet(ctx))
}

// Describe tells what a local image brings to a container; an *api.NotFoundError when it
// is not here for the platform.
func (s *Store) Describe(ctx context.Context, ref, platform string) (api.ImageConfig, error) {
	img, err := s.Get(ctx, ref, platform)
	if err != nil {
		return api.ImageConfig{}, err
	}
	c, err := s.Config(ctx, img)
	if err != nil {
		return api.ImageConfig{}, err
	}
	return api.ImageConfig{
		Name:         img.Name(),
		Platform:     platforms.Format(c.Platform),
		Entrypoint:   c.Config.Entrypoint,
		Cmd:          c.Config.Cmd,
		Env:          c.Config.Env,
		WorkingDir:   c.Config.WorkingDir,
		User:         c.Config.User,
		StopSignal:   c.Config.StopSignal,
		ExposedPorts: slices.Sorted(maps.Keys(c.Config.ExposedPorts)),
		Volumes:      slices.Sorted(maps.Keys(c.Config.Volumes)),
		Labels:       c.Config.Labels,
		Healthcheck:  s.healthcheck(ctx, img),
	}, nil
}

// healthcheck is the test that the image declares: Docker's own field, which the OCI config
// does not have. An image without one, or with one that cannot be read, has none.
func (s *Store) healthcheck(ctx context.Context, img containerd.Image) []string {
	raw, err := s.RawConfig(quiet(ctx), img)
	if err != nil {
		return nil
	}
	var c struct {
		Config struct {
			Healthcheck struct{ Test []string }
		} `json:"config"`
	}
	if json.Unmarshal(raw, &c) != nil {
		return nil
	}
	return c.Config.Healthcheck.Test
}
