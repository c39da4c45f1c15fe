package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"gantry/engine/api"
	"gantry/engine/path"
)

// openIDFile makes the file that the container's ID is to be written to, before anything
// else is done. It goes again when there is no ID to write.
func (c *creation) openIDFile(s *path.Scope) error {
	name := c.req.HostConfig.ContainerIDFile
	if name == "" {
		return nil
	}
	flaw := func(reason, fix string) error {
		return api.FieldErrors{{Field: "cidfile", Value: name, Reason: reason, Fix: fix}}
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return flaw("container ID file found", "make sure the other container isn't running or delete "+name)
	case err != nil:
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return flaw("cannot be made: "+err.Error(), "name a file in a directory that is there")
	}
	c.idFile = f
	s.Undo("remove the ID file", func(context.Context) error { return os.Remove(name) })
	return nil
}

// writeIDFile writes the ID once the container exists.
func (c *creation) writeIDFile() error {
	if c.idFile == nil {
		return nil
	}
	if _, err := c.idFile.WriteString(c.id); err != nil {
		return fmt.Errorf("write the container's ID: %w", err)
	}
	return nil
}

func (c *creation) closeIDFile() {
	if c.idFile != nil {
		c.idFile.Close()
	}
}
