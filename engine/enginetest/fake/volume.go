package fake

import (
	"context"
	"slices"

	"gantry/engine/api"
)

// Volumes implements backend.Volumer.
func (e *Engine) Volumes(context.Context) ([]api.Volume, error) {
	if err := e.record("Volumes", ""); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.vols), nil
}

// Volume implements backend.Volumer.
func (e *Engine) Volume(_ context.Context, name string) (api.Volume, error) {
	if err := e.record("Volume", name); err != nil {
		return api.Volume{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	i := e.volume(name)
	if i < 0 {
		return api.Volume{}, &api.NotFoundError{Kind: "volume", Name: name}
	}
	return e.vols[i], nil
}

// volume is the index of a volume, or -1; the caller holds the lock.
func (e *Engine) volume(name string) int {
	return slices.IndexFunc(e.vols, func(v api.Volume) bool { return v.Name == name })
}

// CreateVolume implements backend.Volumer.
func (e *Engine) CreateVolume(_ context.Context, req api.VolumeCreate) (api.Volume, error) {
	if err := e.record("CreateVolume", req.Name); err != nil {
		return api.Volume{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if i := e.volume(req.Name); i >= 0 {
		return e.vols[i], nil
	}
	v := api.Volume{Name: req.Name, Labels: req.Labels, CreatedAt: e.clock.Now()}
	if v.Anonymous = v.Name == ""; v.Anonymous {
		e.serial++
		v.Name = digits(e.serial)
	}
	v.Mountpoint = "/var/lib/gantry/volumes/" + v.Name
	e.vols = append(e.vols, v)
	return v, nil
}

// RemoveVolume implements backend.Volumer. One that has users stays.
func (e *Engine) RemoveVolume(_ context.Context, name string) error {
	if err := e.record("RemoveVolume", name); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	i := e.volume(name)
	switch {
	case i < 0:
		return &api.NotFoundError{Kind: "volume", Name: name}
	case len(e.vols[i].UsedBy) > 0:
		return &api.VolumeInUseError{Name: name, By: e.vols[i].UsedBy}
	}
	e.vols = slices.Delete(e.vols, i, i+1)
	return nil
}

// UnusedVolumes implements backend.Volumer.
func (e *Engine) UnusedVolumes(ctx context.Context, all bool) ([]api.Volume, error) {
	list, err := e.Volumes(ctx)
	return slices.DeleteFunc(list, func(v api.Volume) bool { return len(v.UsedBy) > 0 || !all && !v.Anonymous }), err
}

// VolumeSize implements backend.Volumer: every volume is of one size.
func (e *Engine) VolumeSize(_ context.Context, name string) (int64, error) {
	return 4096, e.record("VolumeSize", name)
}
