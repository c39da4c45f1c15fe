package engine

import (
	"context"
	"errors"
	"fmt"
	"io"

	containersapi "github.com/containerd/containerd/api/services/containers/v1"
	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/containers"
	"github.com/containerd/errdefs/pkg/errgrpc"
	"google.golang.org/grpc"
)

// recordBuffer is how many records may have come that were not looked at.
const recordBuffer = 64

// eachRecord passes every container record of ctx's namespace on as it arrives. Specs are
// most of the bytes, and no server leaves them out; so what is done with one record is done
// while the server makes the next ones. Only what a list needs is there.
func eachRecord(ctx context.Context, c *client.Client, f func(containers.Container)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn, ok := c.Conn().(grpc.ClientConnInterface)
	if !ok {
		return errors.New("list containers: the client has no connection of gRPC")
	}
	stream, err := containersapi.NewContainersClient(conn).ListStream(ctx, &containersapi.ListContainersRequest{})
	if err != nil {
		return fmt.Errorf("list containers: %w", errgrpc.ToNative(err))
	}
	arrived := make(chan *containersapi.Container, recordBuffer)
	end := make(chan error, 1)
	go func() {
		defer close(arrived)
		for {
			m, err := stream.Recv()
			if err != nil {
				end <- err
				return
			}
			select {
			case arrived <- m.Container:
			case <-ctx.Done():
				end <- ctx.Err()
				return
			}
		}
	}()
	for r := range arrived {
		f(listed(r))
	}
	if err := <-end; !errors.Is(err, io.EOF) {
		return fmt.Errorf("list containers: %w", errgrpc.ToNative(err))
	}
	return nil
}

func listed(r *containersapi.Container) containers.Container {
	c := containers.Container{ID: r.ID, Labels: r.Labels, Image: r.Image, Snapshotter: r.Snapshotter, SnapshotKey: r.SnapshotKey}
	if r.Spec != nil {
		c.Spec = r.Spec
	}
	if r.CreatedAt != nil {
		c.CreatedAt = r.CreatedAt.AsTime()
	}
	return c
}
