package fake

import (
	"context"
	"io"

	"gantry/engine/api"
)

// CopyFrom implements backend.Copier: it says what it was asked for, into opt.Out if there is one.
func (e *Engine) CopyFrom(_ context.Context, id, src, dst string, opt api.CopyOptions) error {
	if err := e.record("CopyFrom", id+":"+src+" "+dst); err != nil {
		return err
	}
	if _, err := e.Peek(id); err != nil {
		return err
	}
	if opt.Out != nil {
		_, err := io.WriteString(opt.Out, "tar of "+src)
		return err
	}
	return nil
}

// CopyTo implements backend.Copier.
func (e *Engine) CopyTo(_ context.Context, id, src, dst string, opt api.CopyOptions) error {
	if opt.In != nil {
		src = "-"
	}
	if err := e.record("CopyTo", src+" "+id+":"+dst); err != nil {
		return err
	}
	_, err := e.Peek(id)
	return err
}
