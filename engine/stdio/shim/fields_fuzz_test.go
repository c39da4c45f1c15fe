package shim

import (
	"bytes"
	"errors"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// FuzzFields holds the reader of messages to protobuf's own: what one takes apart, the
// other does, field by field; and what is put together comes apart again.
func FuzzFields(f *testing.F) {
	f.Add(putString(putString(nil, 1, "a"), 2, "b"), 3, "c")
	f.Add([]byte{0x08, 0x96, 0x01, 0x12, 0x02, 0x08, 0x01, 0x1d, 1, 2, 3, 4, 0x21, 1, 2, 3, 4, 5, 6, 7, 8}, 1, "")
	f.Add([]byte{0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, 536870911, "x")
	f.Fuzz(func(t *testing.T, b []byte, field int, text string) {
		got, err := takenApart(b)
		want, ok := asProtobuf(b)
		if ok && (err != nil || len(got) != len(want)) {
			t.Fatalf("%x: %v, %v; protobuf has %v", b, got, err, want)
		}
		for i := range min(len(want), len(got)) {
			if got[i].field != want[i].field || got[i].num != want[i].num || !bytes.Equal(got[i].bytes, want[i].bytes) {
				t.Fatalf("%x: field %d is %+v; protobuf has %+v", b, i, got[i], want[i])
			}
		}
		if field < 1 || field > int(protowire.MaxValidNumber) {
			return
		}
		put := putString(nil, field, text)
		back, err := takenApart(put)
		if err != nil || len(back) > 1 || text == "" && len(back) > 0 || text != "" && (back[0].field != field || string(back[0].bytes) != text) {
			t.Fatalf("%d %q is put as %x, and taken as %+v, %v", field, text, put, back, err)
		}
	})
}

type one struct {
	field int
	num   uint64
	bytes []byte
}

func takenApart(b []byte) (all []one, err error) {
	err = fields(b, func(field int, num uint64, bytes []byte) error {
		all = append(all, one{field, num, bytes})
		return nil
	})
	return all, err
}

// asProtobuf is the fields of a message; not ok where it is none, or has groups, which no
// message of a shim has.
func asProtobuf(b []byte) (all []one, ok bool) {
	for len(b) > 0 {
		field, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return all, false
		}
		b = b[n:]
		o := one{field: int(field)}
		switch kind {
		case protowire.VarintType:
			o.num, n = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			o.bytes, n = protowire.ConsumeBytes(b)
		case protowire.Fixed32Type, protowire.Fixed64Type:
			n = protowire.ConsumeFieldValue(field, kind, b)
		default:
			return all, false
		}
		if n < 0 {
			return all, false
		}
		all, b = append(all, o), b[n:]
	}
	return all, true
}

// FuzzReplies writes the messages of a shim as protobuf does: what they say is what is read,
// other fields around it or not; and no bytes are taken for an end that has no time.
func FuzzReplies(f *testing.F) {
	f.Add(uint32(137), int64(1764000000), int32(5), "", []byte{0x08, 0x01})
	f.Add(uint32(0), int64(-1), int32(-1), "not found", []byte{0xff})
	f.Fuzz(func(t *testing.T, code uint32, sec int64, nano int32, refusal string, noise []byte) {
		if e, err := decodeExit(noise); err == nil && e.At.IsZero() {
			t.Errorf("%x is an end without a time", noise)
		}
		at := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), uint64(sec))
		at = protowire.AppendVarint(protowire.AppendTag(at, 2, protowire.VarintType), uint64(nano))
		exit := protowire.AppendBytes(protowire.AppendTag(nil, 19, protowire.BytesType), noise)
		exit = protowire.AppendVarint(protowire.AppendTag(exit, 1, protowire.VarintType), uint64(code))
		exit = protowire.AppendBytes(protowire.AppendTag(exit, 2, protowire.BytesType), at)
		e, err := decodeExit(exit)
		if err != nil || e.Code != int(code) || sec > 0 && nano >= 0 && nano < 1e9 && (e.At.Unix() != sec || e.At.Nanosecond() != int(nano)) {
			t.Errorf("code %d at %d.%09d is read as %+v, %v", code, sec, nano, e, err)
		}
		reply := protowire.AppendBytes(protowire.AppendTag(nil, 2, protowire.BytesType), exit)
		if payload, err := response(reply); err != nil || !bytes.Equal(payload, exit) {
			t.Errorf("a reply is read as %x, %v", payload, err)
		}
		status := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), uint64(code)+1)
		status = protowire.AppendString(protowire.AppendTag(status, 2, protowire.BytesType), refusal)
		var refused *statusError
		_, err = response(protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), status))
		if !errors.As(err, &refused) || refused.text != refusal {
			t.Errorf("the refusal %q is read as %v", refusal, err)
		}
	})
}
