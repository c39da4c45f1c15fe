package fake

import (
	"context"
	"sort"

	"github.com/distribution/reference"

	"gantry/engine/api"
)

// familiar is a reference in its shortest form, with a tag: "nginx:latest".
func familiar(ref string) string {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return ref
	}
	return reference.FamiliarString(reference.TagNameOnly(named))
}

// full is a reference with registry and tag: "docker.io/library/nginx:latest".
func full(ref string) string {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return ref
	}
	return reference.TagNameOnly(named).String()
}

// AddImage puts an image on the host.
func (e *Engine) AddImage(ref string, cfg api.ImageConfig) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.addImage(ref, cfg, 66_000_000)
}

func (e *Engine) addImage(ref string, cfg api.ImageConfig, size int64) *image {
	cfg.Name = full(ref)
	if cfg.Platform == "" {
		cfg.Platform = "linux/amd64"
	}
	if len(cfg.Cmd) == 0 && len(cfg.Entrypoint) == 0 {
		cfg.Cmd = []string{"sh"}
	}
	im := &image{Image: api.Image{Name: full(ref), Digest: "sha256:" + digits(len(e.images)+1), Platforms: []string{cfg.Platform}, Size: size, CreatedAt: e.clock.Now(), UpdatedAt: e.clock.Now()}, cfg: cfg}
	e.images[familiar(ref)] = im
	return im
}

// Images implements backend.Imager.
func (e *Engine) Images(context.Context) ([]api.Image, error) {
	if err := e.record("Images", ""); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []api.Image
	for _, im := range e.images {
		out = append(out, im.Image)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// ImageConfig implements backend.Imager.
func (e *Engine) ImageConfig(_ context.Context, ref, _ string) (api.ImageConfig, error) {
	if err := e.record("ImageConfig", ref); err != nil {
		return api.ImageConfig{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if im := e.images[familiar(ref)]; im != nil {
		return im.cfg, nil
	}
	return api.ImageConfig{}, &api.NotFoundError{Kind: "image", Name: ref}
}

// Pull implements backend.Imager.
func (e *Engine) Pull(ctx context.Context, ref, platform string, o api.Observer) (api.Image, error) {
	if err := e.record("Pull", ref); err != nil {
		return api.Image{}, err
	}
	r := e.run("pull", []string{"pull"}, o)
	var im api.Image
	err := e.step(ctx, r, "pull", nil)
	if err == nil {
		im, err = e.pull(ctx, ref, o)
	}
	r.End(err)
	return im, err
}

// RemoveImage implements backend.Imager.
func (e *Engine) RemoveImage(_ context.Context, ref string, force bool) error {
	if err := e.record("RemoveImage", ref); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.images[familiar(ref)] == nil {
		return &api.NotFoundError{Kind: "image", Name: ref}
	}
	for _, b := range e.boxes {
		if b.c.Image == full(ref) && !force {
			return &api.ImageInUseError{Name: full(ref), By: []string{b.c.DisplayName()}}
		}
	}
	delete(e.images, familiar(ref))
	return nil
}
