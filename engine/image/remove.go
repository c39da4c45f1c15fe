package image

import (
	"context"

	"github.com/containerd/containerd/v2/core/images"
)

// Name is the full name of an image that is here, by a name, an ID or a unique beginning of
// one; a *api.NotFoundError when there is none.
func (s *Store) Name(ctx context.Context, ref string) (string, error) {
	r, err := Parse(ref)
	if err != nil {
		return "", err
	}
	img, err := s.record(quiet(ctx), ref, r)
	return img.Name, err
}

// Remove takes an image's name away, and with its last name what no other image and no
// container holds. It returns when that is gone.
func (s *Store) Remove(ctx context.Context, name string) error {
	r, err := Parse(name)
	if err != nil {
		return err
	}
	if err := s.client.ImageService().Delete(quiet(ctx), name, images.SynchronousDelete()); err != nil {
		return engineError(r, err)
	}
	return nil
}
