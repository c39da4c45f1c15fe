package shim

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"
)

// The frame of ttrpc: length, stream, type, flags, then the message.
const (
	headerLen    = 10
	typeRequest  = 1
	typeResponse = 2
	messageMax   = 4 << 20
)

// codeUnimplemented is the RPC status of a service that the shim does not have.
const codeUnimplemented = 12

// statusError is a call that the shim answered with an error.
type statusError struct {
	code int
	text string
}

func (e *statusError) Error() string { return fmt.Sprintf("shim: %s (code %d)", e.text, e.code) }

// conn is a connection to a shim that makes one call at a time.
type conn struct {
	net.Conn
	stream uint32 // of the last call; a client's are odd and rise
}

// dial connects to a shim's socket. A leading NUL names an abstract socket, as shims
// of old had.
func dial(ctx context.Context, address string) (*conn, error) {
	if len(address) > 0 && address[0] == 0 {
		address = "@" + address[1:]
	}
	c, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "unix", address)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c}, nil
}

// call makes one call and waits for its answer until ctx ends; then the connection can
// not be used any more. A refusal is a *statusError.
func (c *conn) call(ctx context.Context, service, method string, request []byte) ([]byte, error) {
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if c.stream == 0 {
		c.stream = 1
	} else {
		c.stream += 2
	}
	var msg []byte
	msg = putString(msg, 1, service)
	msg = putString(msg, 2, method)
	msg = putString(msg, 3, string(request))

	b := make([]byte, headerLen, headerLen+len(msg))
	binary.BigEndian.PutUint32(b, uint32(len(msg)))
	binary.BigEndian.PutUint32(b[4:], c.stream)
	b[8] = typeRequest
	if _, err := c.Write(append(b, msg...)); err != nil {
		return nil, err
	}
	for {
		stream, kind, payload, err := c.receive()
		if err != nil {
			return nil, err
		}
		if stream == c.stream && kind == typeResponse {
			return response(payload)
		}
	}
}

func (c *conn) receive() (stream uint32, kind byte, payload []byte, err error) {
	var h [headerLen]byte
	if _, err = io.ReadFull(c, h[:]); err != nil {
		return 0, 0, nil, err
	}
	n := binary.BigEndian.Uint32(h[:])
	if n > messageMax {
		return 0, 0, nil, errMessage
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(c, payload)
	return binary.BigEndian.Uint32(h[4:]), h[8], payload, err
}

// response takes an answer apart: a status with a code is an error.
func response(b []byte) (payload []byte, err error) {
	var status statusError
	err = fields(b, func(field int, _ uint64, v []byte) error {
		switch field {
		case 1:
			return fields(v, func(field int, num uint64, v []byte) error {
				switch field {
				case 1:
					status.code = int(num)
				case 2:
					status.text = string(v)
				}
				return nil
			})
		case 2:
			payload = v
		}
		return nil
	})
	if err == nil && status.code != 0 {
		err = &status
	}
	return payload, err
}
