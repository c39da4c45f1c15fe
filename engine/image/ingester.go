package image

import (
	"context"
	"strings"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/errdefs"
)

// ingester says at once when containerd is away. The client would ask for a writer until
// the end of days, because it cannot tell that from a blob that another pull writes.
type ingester struct{ content.Ingester }

func (i ingester) Writer(ctx context.Context, opts ...content.WriterOpt) (content.Writer, error) {
	w, err := i.Ingester.Writer(ctx, opts...)
	if errdefs.IsUnavailable(err) && !strings.Contains(err.Error(), "locked") {
		return nil, &goneError{err}
	}
	return w, err
}

// goneError is containerd away. It hides that it is of the kind that is tried again.
type goneError struct{ err error }

func (e *goneError) Error() string { return e.err.Error() }
