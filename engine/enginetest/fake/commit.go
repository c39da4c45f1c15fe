package fake

import (
	"context"
	"io"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
	"gantry/engine/path"
)

// Commit implements backend.Keeper: the new image has the container's command.
func (e *Engine) Commit(_ context.Context, id, ref string, opt api.CommitOptions, o api.Observer) (api.Committed, error) {
	if err := e.record("Commit", id+" "+ref); err != nil {
		return api.Committed{}, err
	}
	c, err := e.Peek(id)
	if err != nil {
		return api.Committed{}, err
	}
	if ref == "" {
		return api.Committed{}, api.FieldErrors{{Field: "image", Reason: "a name for the image is needed"}}
	}
	run := path.New("commit", []string{"diff", "image"}, path.Config{Report: o.Trace, Now: e.clock.Now})
	run.Subject(c.ID, c.Name)
	for _, step := range []string{"diff", "image"} {
		if err := run.Do(context.Background(), step, func(context.Context, *path.Scope) error { return nil }); err != nil {
			return api.Committed{}, err
		}
	}
	run.End(nil)
	e.mu.Lock()
	defer e.mu.Unlock()
	im := e.addImage(ref, api.ImageConfig{Cmd: c.Command}, 66_000_000)
	return api.Committed{Image: im.Image}, nil
}

// Changes implements backend.Keeper.
func (e *Engine) Changes(_ context.Context, id string) ([]container.FilesystemChange, error) {
	if err := e.record("Changes", id); err != nil {
		return nil, err
	}
	if _, err := e.Peek(id); err != nil {
		return nil, err
	}
	return []container.FilesystemChange{
		{Kind: container.ChangeModify, Path: "/etc"}, {Kind: container.ChangeAdd, Path: "/etc/app.conf"}, {Kind: container.ChangeDelete, Path: "/tmp/x"},
	}, nil
}

// Export implements backend.Keeper.
func (e *Engine) Export(_ context.Context, id string, w io.Writer) error {
	if err := e.record("Export", id); err != nil {
		return err
	}
	c, err := e.Peek(id)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "files of "+c.Name)
	return err
}
