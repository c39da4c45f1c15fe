package engine

import (
	"context"

	"gantry/engine/api"
	"gantry/engine/path"
)

// Images are the local images of the namespace.
func (e *Engine) Images(ctx context.Context) ([]api.Image, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, err
	}
	return l.images.List(e.in(ctx))
}

// ImageConfig is what a local image brings along; *api.NotFoundError when it is not here.
func (e *Engine) ImageConfig(ctx context.Context, ref, platform string) (api.ImageConfig, error) {
	l, err := e.need(ctx)
	if err != nil {
		return api.ImageConfig{}, err
	}
	return l.images.Describe(e.in(ctx), ref, platform)
}

// Pull fetches and unpacks an image, whether or not it is here.
func (e *Engine) Pull(ctx context.Context, ref, platform string, o api.Observer) (api.Image, error) {
	run := e.newRun("pull", []string{"pull"}, o)
	run.Subject("", ref)
	var img api.Image
	err := run.Do(ctx, "pull", func(ctx context.Context, sc *path.Scope) error {
		l, err := e.need(ctx)
		if err != nil {
			return err
		}
		ctx = e.in(ctx)
		got, err := l.images.Pull(ctx, ref, platform, o.Pull)
		if err != nil {
			return err
		}
		img, err = l.images.Summary(ctx, got)
		sc.Detail("%s", img.Digest)
		return err
	})
	e.account(run.End(err), ref, err)
	return img, err
}
