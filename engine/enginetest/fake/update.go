package fake

import (
	"context"

	"gantry/engine/api"
	"gantry/engine/option"
)

// Update implements backend.Controller.
func (e *Engine) Update(_ context.Context, id string, change option.Draft) error {
	if err := e.record("Update", id); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	b, err := e.find(id)
	if err != nil {
		return err
	}
	d := option.FromRequest(b.req)
	d.Set(option.KeyImage, familiar(b.c.Image))
	for _, en := range change.Entries() {
		d.Set(en.Key, en.Values...)
	}
	parsed := d.Parse(e.facts)
	if err := parsed.Err(); err != nil {
		return err
	}
	b.req = parsed.Request
	e.change(b.c.ID, func(c *api.Container) {
		c.MemoryLimit, c.RestartPolicy = b.req.HostConfig.Memory, d.Get(option.KeyRestart)
	})
	return nil
}
