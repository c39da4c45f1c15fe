package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	containersapi "github.com/containerd/containerd/api/services/containers/v1"
	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/containers"
	"github.com/containerd/errdefs/pkg/errgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/anypb"

	"gantry/engine/record"
)

// recordBuffer is how many records may have come that were not looked at.
const recordBuffer = 64

// eachRecord passes every container record of ctx's namespace on as it arrives. Specs are
// most of the bytes, and no server leaves them out; so they are passed over where they come
// in, and what is done with one record is done while the server makes the next ones. Only
// what a list needs is there: the spec of a container without a summary among its labels.
func eachRecord(ctx context.Context, c *client.Client, f func(containers.Container)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn, ok := c.Conn().(grpc.ClientConnInterface)
	if !ok {
		return errors.New("list containers: the client has no connection of gRPC")
	}
	codec := recordCodec{encoding.GetCodecV2(proto.Name)}
	stream, err := containersapi.NewContainersClient(conn).ListStream(ctx, &containersapi.ListContainersRequest{}, grpc.ForceCodecV2(codec))
	if err != nil {
		return fmt.Errorf("list containers: %w", errgrpc.ToNative(err))
	}
	arrived := make(chan containers.Container, recordBuffer)
	end := make(chan error, 1)
	go func() {
		defer close(arrived)
		for {
			var r listedRecord
			if err := stream.RecvMsg(&r); err != nil {
				end <- err
				return
			}
			select {
			case arrived <- containers.Container(r):
			case <-ctx.Done():
				end <- ctx.Err()
				return
			}
		}
	}()
	for r := range arrived {
		f(r)
	}
	if err := <-end; !errors.Is(err, io.EOF) {
		return fmt.Errorf("list containers: %w", errgrpc.ToNative(err))
	}
	return nil
}

// listedRecord is what a list needs of a record.
type listedRecord containers.Container

// recordCodec reads records out of the messages of a list; all else is its base's.
type recordCodec struct{ encoding.CodecV2 }

// Unmarshal implements encoding.CodecV2.
func (c recordCodec) Unmarshal(data mem.BufferSlice, v any) error {
	r, ok := v.(*listedRecord)
	if !ok {
		return c.CodecV2.Unmarshal(data, v)
	}
	buf := data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer buf.Free()
	return fields(buf.ReadOnlyData(), func(number protowire.Number, b []byte) error {
		if number != 1 { // the container
			return nil
		}
		return r.read(b)
	})
}

// read reads containerd's Container message; nothing of it keeps a part of b.
func (r *listedRecord) read(b []byte) error {
	r.Labels = map[string]string{}
	var spec []byte
	err := fields(b, func(number protowire.Number, b []byte) error {
		switch number {
		case 1:
			r.ID = string(b)
		case 2:
			k, v, err := entry(b)
			r.Labels[k] = v
			return err
		case 3:
			r.Image = string(b)
		case 5:
			spec = b
		case 6:
			r.Snapshotter = string(b)
		case 7:
			r.SnapshotKey = string(b)
		case 8:
			return readTime(b, &r.CreatedAt)
		}
		return nil
	})
	if _, ok := r.Labels[record.LabelSummary]; ok || err != nil || spec == nil {
		return err
	}
	url, value, err := entry(spec) // Any has the same fields as an entry of a map
	r.Spec = &anypb.Any{TypeUrl: url, Value: []byte(value)}
	return err
}

// entry is the two texts of a message.
func entry(b []byte) (first, second string, err error) {
	err = fields(b, func(number protowire.Number, b []byte) error {
		switch number {
		case 1:
			first = string(b)
		case 2:
			second = string(b)
		}
		return nil
	})
	return first, second, err
}

// readTime reads a Timestamp, the fields of which are numbers.
func readTime(b []byte, t *time.Time) error {
	var seconds, nanos uint64
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 || kind != protowire.VarintType {
			return errors.New("the time of a container's creation cannot be read")
		}
		v, m := protowire.ConsumeVarint(b[n:])
		if m < 0 {
			return protowire.ParseError(m)
		}
		if b = b[n+m:]; number == 1 {
			seconds = v
		} else if number == 2 {
			nanos = v
		}
	}
	*t = time.Unix(int64(seconds), int64(nanos)).UTC()
	return nil
}

// fields calls each with the fields of a message that are texts, bytes or messages.
func fields(b []byte, each func(number protowire.Number, b []byte) error) error {
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		if kind != protowire.BytesType {
			if n = protowire.ConsumeFieldValue(number, kind, b); n < 0 {
				return protowire.ParseError(n)
			}
			b = b[n:]
			continue
		}
		v, n := protowire.ConsumeBytes(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		if err := each(number, v); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}
