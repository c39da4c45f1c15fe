package shim

import (
	"bytes"
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
