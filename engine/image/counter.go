package image

import (
	"context"
	"errors"
	"io"

	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// countingFetcher tells the tracker of every byte of a layer that comes in. It reads at
// the pace of the content store, so what it counts is what is kept.
type countingFetcher struct {
	remotes.Fetcher
	track  *tracker
	opened func(ocispec.Descriptor)
}

func (f countingFetcher) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	f.opened(desc)
	rc, err := f.Fetcher.Fetch(ctx, desc)
	if err != nil || !images.IsLayerType(desc.MediaType) {
		return rc, err
	}
	return &countingReader{ReadCloser: rc, digest: desc.Digest, track: f.track}, nil
}

type countingReader struct {
	io.ReadCloser
	digest digest.Digest
	track  *tracker
	at     int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.at += int64(n)
	if n > 0 {
		r.track.received(r.digest, r.at, int64(n))
	}
	return n, err
}

// Seek goes to where an earlier, broken-off download ended. Those bytes are here but did
// not come now, so they count as progress and not as speed.
func (r *countingReader) Seek(offset int64, whence int) (int64, error) {
	s, ok := r.ReadCloser.(io.Seeker)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	at, err := s.Seek(offset, whence)
	if err == nil {
		r.at = at
		r.track.received(r.digest, at, 0)
	}
	return at, err
}
