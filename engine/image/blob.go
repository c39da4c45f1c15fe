package image

import (
	"bytes"
	"context"
	"errors"
	"io"

	contentapi "github.com/containerd/containerd/api/services/content/v1"
	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/errdefs/pkg/errgrpc"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"google.golang.org/grpc"
)

// blobs reads what is small, manifests and configs, with one call each; containerd's own client
// asks first how large they are.
type blobs struct{ client contentapi.ContentClient }

// blobs is the content store to read small things from.
func (s *Store) blobs() content.Provider {
	if conn, ok := s.client.Conn().(grpc.ClientConnInterface); ok {
		return blobs{contentapi.NewContentClient(conn)}
	}
	return s.client.ContentStore()
}

// ReaderAt implements content.Provider.
func (b blobs) ReaderAt(ctx context.Context, desc ocispec.Descriptor) (content.ReaderAt, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the stream, however far it was read
	stream, err := b.client.Read(ctx, &contentapi.ReadContentRequest{Digest: desc.Digest.String()})
	if err != nil {
		return nil, errgrpc.ToNative(err)
	}
	var raw []byte
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return blob{bytes.NewReader(raw)}, nil
		}
		if err != nil {
			return nil, errgrpc.ToNative(err)
		}
		raw = append(raw, part.Data...)
	}
}

// blob is one that was read.
type blob struct{ *bytes.Reader }

// Close implements content.ReaderAt.
func (blob) Close() error { return nil }
