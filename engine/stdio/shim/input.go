package shim

import (
	"context"
	"errors"
)

// CloseInput has the shim let go of its end of the container's input, which then ends as soon
// as everybody else has, and all that was written is read.
func CloseInput(ctx context.Context, bundle, id string) error {
	at, err := readEndpoint(bundle)
	if err != nil {
		return err
	}
	c, err := dial(ctx, at.address)
	if err != nil {
		return err
	}
	defer c.Close()
	request := putBool(putString(nil, 1, id), 3, true)
	_, err = c.call(ctx, at.service(), "CloseIO", request)
	var refused *statusError
	if errors.As(err, &refused) && refused.code == codeUnimplemented && at.version > 2 {
		at.version--
		_, err = c.call(ctx, at.service(), "CloseIO", request)
	}
	return err
}
