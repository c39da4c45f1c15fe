package engine

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	containersapi "github.com/containerd/containerd/api/services/containers/v1"
	"github.com/containerd/containerd/v2/core/containers"
	"google.golang.org/grpc/encoding"
	grpcproto "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"gantry/engine/record"
)

func TestARecordIsReadAsItWasSent(t *testing.T) {
	made := time.Date(2026, 3, 4, 5, 6, 7, 89, time.UTC)
	spec := &anypb.Any{TypeUrl: "spec", Value: bytes.Repeat([]byte("x"), 100_000)}
	sent := &containersapi.Container{
		ID: "id", Labels: map[string]string{"a": "1", "empty": "", record.LabelSummary: "{}"}, Image: "busybox",
		Runtime: &containersapi.Container_Runtime{Name: "runc"}, Spec: spec, Snapshotter: "overlayfs", SnapshotKey: "key",
		CreatedAt: timestamppb.New(made), UpdatedAt: timestamppb.Now(), Sandbox: "s",
	}
	want := containers.Container{ID: "id", Labels: sent.Labels, Image: "busybox", Snapshotter: "overlayfs", SnapshotKey: "key", CreatedAt: made}
	codec := recordCodec{encoding.GetCodecV2(grpcproto.Name)}
	read := func(raw []byte) (containers.Container, error) {
		var r listedRecord
		err := codec.Unmarshal(mem.BufferSlice{mem.SliceBuffer(raw)}, &r)
		return containers.Container(r), err
	}
	raw, err := proto.Marshal(&containersapi.ListContainerMessage{Container: sent})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := read(raw); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for n := range min(len(raw), 300) { // whatever is cut off is an error or less, not a panic
		_, _ = read(raw[:n])
	}
	if _, err := read(raw[:len(raw)-1]); err == nil {
		t.Error("half a record is a record")
	}

	delete(sent.Labels, record.LabelSummary) // of others: what is listed is in the spec
	if raw, err = proto.Marshal(&containersapi.ListContainerMessage{Container: sent}); err != nil {
		t.Fatal(err)
	}
	got, err := read(raw)
	if err != nil || got.Spec.GetTypeUrl() != "spec" || !bytes.Equal(got.Spec.GetValue(), spec.Value) {
		t.Errorf("%v, %v", got.Spec.GetTypeUrl(), err)
	}
}
