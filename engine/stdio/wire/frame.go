package wire

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Version is the first byte each side of the attach socket sends. A client sends it
// with a byte of Flags behind it; the logger answers with its own once the client is
// registered, and from then on sends frames.
const Version = 1

// WithRing asks the logger for the last output it has kept before what is new.
const WithRing byte = 1 << 0

// WithInput says that the container's input ends with this client's: when it closes its side
// of the connection, or goes.
const WithInput byte = 1 << 1

// Kind says what a frame carries.
type Kind byte

// The kinds of frames. A reader passes over kinds it does not know.
const (
	Stdout Kind = 1 // bytes as the process wrote them
	Stderr Kind = 2
	Exit   Kind = 3 // the end: 5 bytes, see EncodeExit
	Lagged Kind = 4 // 8 bytes: how many bytes of output this client was too slow for
)

// HeaderLen is the length of a frame's header: a byte of kind, four of length.
const HeaderLen = 5

// MaxPayload bounds a frame's payload; a longer one is a broken stream.
const MaxPayload = 1 << 20

// Frame is a complete frame with its header.
func Frame(k Kind, payload []byte) []byte {
	b := make([]byte, HeaderLen, HeaderLen+len(payload))
	b[0] = byte(k)
	binary.BigEndian.PutUint32(b[1:], uint32(len(payload)))
	return append(b, payload...)
}

// ReadHeader reads the kind and the length of the next frame. io.EOF means the stream
// ended between frames.
func ReadHeader(r io.Reader) (Kind, int, error) {
	var h [HeaderLen]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return 0, 0, err
	}
	n := binary.BigEndian.Uint32(h[1:])
	if n > MaxPayload {
		return 0, 0, fmt.Errorf("frame of %d bytes on the attach socket", n)
	}
	return Kind(h[0]), int(n), nil
}

// EncodeExit is the payload of the end frame: one byte that says whether the code is
// known, four of code.
func EncodeExit(code int, known bool) []byte {
	var b [5]byte
	if known {
		b[0] = 1
	}
	binary.BigEndian.PutUint32(b[1:], uint32(code))
	return b[:]
}

// DecodeExit reads the payload of the end frame.
func DecodeExit(b []byte) (code int, known bool) {
	if len(b) < 5 || b[0] == 0 {
		return 0, false
	}
	return int(binary.BigEndian.Uint32(b[1:])), true
}

// EncodeLagged is the payload of a Lagged frame.
func EncodeLagged(missed int64) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(missed))
}

// DecodeLagged reads the payload of a Lagged frame.
func DecodeLagged(b []byte) int64 {
	if len(b) < 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(b))
}
