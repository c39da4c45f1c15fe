package shim

import (
	"context"
	"encoding/binary"
	"errors"
	"time"
)

// processType names what a further process is described by: the process of an OCI spec.
const processType = "types.containerd.io/opencontainers/runtime-spec/1/Process"

// endMax bounds what is done about a further process once its time is over.
const endMax = 2 * time.Second

// statusRunning is the state of a task that further processes can be run in.
const statusRunning = 2

// ErrNotRunning means that nothing can be run in the container now: it is paused, or not
// started yet, or has ended.
var ErrNotRunning = errors.New("the container does not run")

// Exec is a further process in a container.
type Exec struct {
	ID      string // unique among the container's further processes
	Process []byte // JSON
	Output  string // a FIFO for both its streams
}

// Run runs a further process to its end and gives its exit code. When ctx ends it is killed,
// and the error is ctx's. Its output has arrived when Run returns.
func Run(ctx context.Context, bundle, id string, x Exec) (int, error) {
	at, err := readEndpoint(bundle)
	if err != nil {
		return 0, err
	}
	c, err := dial(ctx, at.address)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if err := running(ctx, c, &at, id); err != nil {
		return 0, err
	}
	var spec, add []byte
	spec = putString(spec, 1, processType)
	spec = putString(spec, 2, string(x.Process))
	add = putString(add, 1, id)
	add = putString(add, 2, x.ID)
	add = putString(add, 5, x.Output)
	add = putString(add, 6, x.Output)
	add = putString(add, 7, string(spec))
	if _, err := c.call(ctx, at.service(), "Exec", add); err != nil {
		return 0, err
	}
	which := putString(putString(nil, 1, id), 2, x.ID)
	_, err = c.call(ctx, at.service(), "Start", which)
	var b []byte
	if err == nil {
		b, err = c.call(ctx, at.service(), "Wait", which)
	}
	if ctx.Err() != nil {
		return 0, errors.Join(ctx.Err(), end(at, which))
	}
	_, derr := c.call(ctx, at.service(), "Delete", which)
	if err != nil {
		return 0, err
	}
	e, err := decodeExit(b)
	return e.Code, errors.Join(err, derr)
}

// running finds the version that the shim speaks, and whether the container can be entered.
func running(ctx context.Context, c *conn, at *endpoint, id string) error {
	for {
		b, err := c.call(ctx, at.service(), "State", putString(nil, 1, id))
		var refused *statusError
		if errors.As(err, &refused) && refused.code == codeUnimplemented && at.version > 2 {
			at.version--
			continue
		}
		if err != nil {
			return err
		}
		return fields(b, func(field int, num uint64, _ []byte) error {
			if field == 4 && num != statusRunning {
				return ErrNotRunning
			}
			return nil
		})
	}
}

// end kills a further process and has the shim forget it, on a connection of its own: the
// first one waits for an answer that nobody reads any more.
func end(at endpoint, which []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), endMax)
	defer cancel()
	c, err := dial(ctx, at.address)
	if err != nil {
		return err
	}
	defer c.Close()
	const sigkill = 9
	kill := binary.AppendUvarint(append([]byte(nil), which...), 3<<3|varint)
	kill = binary.AppendUvarint(kill, sigkill)
	_, kerr := c.call(ctx, at.service(), "Kill", kill)
	if kerr == nil {
		_, kerr = c.call(ctx, at.service(), "Wait", which)
	}
	_, err = c.call(ctx, at.service(), "Delete", which)
	return errors.Join(kerr, err)
}
