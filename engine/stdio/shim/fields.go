package shim

import (
	"encoding/binary"
	"errors"
)

// errMessage is a message that is not protobuf.
var errMessage = errors.New("malformed message from the shim")

// The wire types of protobuf that are met.
const (
	varint   = 0
	fixed64  = 1
	sequence = 2
	fixed32  = 5
)

// putString appends a field of bytes; an empty one is left out, as proto3 does.
func putBool(b []byte, field int, v bool) []byte {
	if !v {
		return b
	}
	return append(binary.AppendUvarint(b, uint64(field)<<3), 1)
}

func putString(b []byte, field int, s string) []byte {
	if s == "" {
		return b
	}
	b = binary.AppendUvarint(b, uint64(field)<<3|sequence)
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// fields calls each for every field of a message: num for numbers, bytes for the rest.
// bytes share b's memory.
func fields(b []byte, each func(field int, num uint64, bytes []byte) error) error {
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 {
			return errMessage
		}
		b = b[n:]
		var num uint64
		var bytes []byte
		switch tag & 7 {
		case varint:
			if num, n = binary.Uvarint(b); n <= 0 {
				return errMessage
			}
			b = b[n:]
		case sequence:
			l, n := binary.Uvarint(b)
			if n <= 0 || l > uint64(len(b)-n) {
				return errMessage
			}
			bytes, b = b[n:n+int(l)], b[n+int(l):]
		case fixed64, fixed32:
			size := 8
			if tag&7 == fixed32 {
				size = 4
			}
			if len(b) < size {
				return errMessage
			}
			b = b[size:]
		default:
			return errMessage
		}
		if err := each(int(tag>>3), num, bytes); err != nil {
			return err
		}
	}
	return nil
}
