package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	containerd "github.com/containerd/containerd/v2/client"

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

// backAgain is how long a pull waits for an engine that went away under it.
const backAgain = 15 * time.Second

// Pull fetches and unpacks an image, whether or not it is here. When containerd goes away
// meanwhile and comes back soon, the pull goes on where it was.
func (e *Engine) Pull(ctx context.Context, ref, platform string, o api.Observer) (api.Image, error) {
	run := e.newRun("pull", []string{"pull"}, o)
	run.Subject("", ref)
	var img api.Image
	err := run.Do(ctx, "pull", func(ctx context.Context, sc *path.Scope) error {
		l, got, source, err := e.pull(ctx, ref, platform, o.Pull)
		if err != nil {
			return err
		}
		img, err = l.images.Summary(e.in(ctx), got)
		sc.Detail("%s", img.Digest)
		if source != "" {
			sc.Detail("%s from %s", img.Digest, source)
		}
		return err
	})
	e.account(run.End(err), ref, err)
	return img, err
}

// pull pulls on the present link, and once more on the next one if that is lost meanwhile.
// It gives the link that the image is on, and the mirror that served it, if one did.
func (e *Engine) pull(ctx context.Context, ref, platform string, progress func(api.PullProgress)) (*link, containerd.Image, string, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, nil, "", err
	}
	var last api.PullProgress
	tell := func(p api.PullProgress) {
		last = p
		if progress != nil {
			progress(p)
		}
	}
	img, err := l.images.Pull(e.in(ctx), ref, platform, tell)
	var lost *api.PullError
	if !errors.As(err, &lost) || lost.Cause != api.PullEngine {
		return l, img, last.Source, err
	}
	last.Phase, last.Note = api.PullResolving, "waiting for containerd to come back"
	tell(last)
	next := e.after(ctx, l)
	if next == nil {
		return nil, nil, "", err
	}
	img, err = next.images.Pull(e.in(ctx), ref, platform, tell)
	return next, img, last.Source, err
}

// after waits for another link than a lost one; nil if none comes in time.
func (e *Engine) after(ctx context.Context, lost *link) *link {
	ctx, cancel := context.WithTimeout(ctx, backAgain)
	defer cancel()
	for {
		e.mu.Lock()
		l, moved := e.link, e.moved
		e.mu.Unlock()
		if l != nil && l != lost {
			return l
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return nil
		}
	}
}

// RemoveImage takes an image's name away, and with its last one what nobody else holds. One
// that containers were made of is refused with an *api.ImageInUseError unless force is set;
// they keep what they have of it, and can be started all the same.
func (e *Engine) RemoveImage(ctx context.Context, ref string, force bool) error {
	l, err := e.need(ctx)
	if err != nil {
		return err
	}
	name, err := l.images.Name(e.in(ctx), ref)
	if err != nil {
		return err
	}
	all, err := e.list(e.in(ctx), l)
	if err != nil {
		return err
	}
	var by []string
	for _, c := range all {
		if c.Image == name {
			by = append(by, c.DisplayName())
		}
	}
	if len(by) > 0 && !force {
		slices.Sort(by)
		return &api.ImageInUseError{Name: name, By: by}
	}
	return l.images.Remove(e.in(ctx), name)
}
