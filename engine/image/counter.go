package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/remotes"
	remoteerrors "github.com/containerd/containerd/v2/core/remotes/errors"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// steadyFetcher fetches through connections that break off, and tells the tracker of
// every byte of a layer that comes in. It reads at the pace of the content store, so
// what it counts is what is kept.
type steadyFetcher struct {
	remotes.Fetcher
	pull *pull
}

func (f steadyFetcher) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	if err := f.pull.small(desc); err != nil {
		return nil, err
	}
	f.pull.began(desc)
	// An image may name other places for its layers. Only Windows has such images; here
	// they would make this host ask anybody for anything.
	desc.URLs = nil
	return &steadyReader{ctx: ctx, fetcher: f, desc: desc, layer: images.IsLayerType(desc.MediaType)}, nil
}

// steadyReader is one blob, read over as many connections as it takes.
type steadyReader struct {
	ctx     context.Context
	fetcher steadyFetcher
	desc    ocispec.Descriptor
	layer   bool
	turn    bool          // has one of the Store's downloads
	rc      io.ReadCloser // nil between connections
	at      int64
	barren  int // connections in a row that brought nothing
	ends    int // times that the blob ended too soon without a broken connection
}

// Read gives what has come. A connection that breaks off is made again from where it
// was; the blob fails when several in a row bring nothing.
func (r *steadyReader) Read(p []byte) (int, error) {
	if err := r.await(); err != nil {
		return 0, err
	}
	for {
		if r.ends >= r.fetcher.pull.store.cfg.Patience.Tries {
			return 0, &shortError{got: r.at, size: r.desc.Size}
		}
		n, err := r.read(p)
		if n > 0 {
			r.barren = 0
			return n, nil // if something is wrong, the next read meets it again
		}
		if err == nil || errors.Is(err, io.EOF) {
			return 0, err
		}
		if err := r.lost(err); err != nil {
			return 0, err
		}
	}
}

// await takes a turn: layers are downloaded under the Store's one limit.
func (r *steadyReader) await() error {
	if r.turn || !r.layer {
		return nil
	}
	if err := r.fetcher.pull.store.downloads.Acquire(r.ctx, 1); err != nil {
		return err
	}
	r.turn = true
	return nil
}

func (r *steadyReader) read(p []byte) (int, error) {
	if r.rc == nil {
		rc, err := r.fetcher.Fetcher.Fetch(r.ctx, r.desc)
		if err != nil {
			return 0, err
		}
		if s, ok := rc.(io.Seeker); ok && r.at > 0 {
			if _, err := s.Seek(r.at, io.SeekStart); err != nil {
				return 0, errors.Join(err, rc.Close())
			}
		}
		r.rc = rc
	}
	n, err := r.rc.Read(p)
	r.at += int64(n)
	if n > 0 && r.layer {
		r.fetcher.pull.track.received(r.desc.Digest, r.at, int64(n))
	}
	if err != nil && n > 0 {
		r.hangUp()
	}
	if errors.Is(err, io.EOF) && r.at < r.desc.Size {
		r.ends++
		err = &shortError{got: r.at, size: r.desc.Size}
	}
	return n, err
}

// lost deals with a connection that brought no more; its error ends the blob.
func (r *steadyReader) lost(err error) error {
	r.hangUp()
	pull := r.fetcher.pull
	var (
		silent *silentError
		short  *shortError
	)
	switch {
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	case errors.As(err, &short):
	case r.at > 0 && statusOf(err) == http.StatusRequestedRangeNotSatisfiable:
		return &shortError{got: r.at, size: r.desc.Size}
	case !passing(err):
		return err
	case errors.As(err, &silent):
		r.barren++ // it has cost time enough
	}
	if r.barren++; r.barren >= pull.store.cfg.Patience.Tries {
		return err
	}
	pull.track.say("the connection broke off, trying again")
	return sleep(r.ctx, pull.store.cfg.Patience.before(r.barren))
}

func (r *steadyReader) hangUp() {
	if r.rc != nil {
		r.rc.Close()
		r.rc = nil
	}
}

// Seek goes to where an earlier, broken-off download ended. Those bytes are here but did
// not come now, so they count as progress and not as speed.
func (r *steadyReader) Seek(offset int64, whence int) (int64, error) {
	if whence != io.SeekStart || offset < 0 {
		return 0, errors.ErrUnsupported
	}
	if offset != r.at {
		r.hangUp()
	}
	r.at = offset
	if r.layer {
		r.fetcher.pull.track.received(r.desc.Digest, offset, 0)
	}
	return offset, nil
}

// Close ends the connection and lets another download begin.
func (r *steadyReader) Close() error {
	r.hangUp()
	if r.turn {
		r.turn = false
		r.fetcher.pull.store.downloads.Release(1)
	}
	return nil
}

// shortError is a blob that ends before it should, on a connection that did not break.
type shortError struct{ got, size int64 }

func (e *shortError) Error() string {
	return fmt.Sprintf("the blob ends after %d of %d bytes", e.got, e.size)
}

// statusOf is the HTTP status that an error is about, 0 if it is about none.
func statusOf(err error) int {
	var s remoteerrors.ErrUnexpectedStatus
	if errors.As(err, &s) {
		return s.StatusCode
	}
	return 0
}

// passing reports whether an error may be gone on the next connection.
func passing(err error) bool {
	if statusOf(err) != 0 {
		return false // the wire has tried again where that helps
	}
	var (
		silent  *silentError
		network net.Error
	)
	for _, e := range []error{io.ErrUnexpectedEOF, io.EOF, syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNREFUSED, syscall.ECONNABORTED} {
		if errors.Is(err, e) {
			return true
		}
	}
	return errors.As(err, &silent) || errors.As(err, &network) && network.Timeout() ||
		strings.Contains(err.Error(), "malformed chunked encoding") || strings.Contains(err.Error(), "invalid byte in chunk length")
}
