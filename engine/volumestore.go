package engine

import (
	"context"
	"errors"
	"slices"

	"github.com/containerd/containerd/v2/core/containers"

	"gantry/engine/api"
	"gantry/engine/record"
	"gantry/engine/volume"
)

// Volumes are all volumes by name, with their users.
func (e *Engine) Volumes(ctx context.Context) ([]api.Volume, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, err
	}
	users, err := volumeUsers(e.in(ctx), l, "")
	if err != nil {
		return nil, err
	}
	all, err := l.volumes.List()
	for i := range all {
		all[i].UsedBy = users[all[i].Name]
	}
	return all, err
}

// Volume is one volume with its users; an *api.NotFoundError when there is none.
func (e *Engine) Volume(ctx context.Context, name string) (api.Volume, error) {
	l, err := e.need(ctx)
	if err != nil {
		return api.Volume{}, err
	}
	v, err := l.volumes.Get(name)
	if err != nil {
		return v, err
	}
	users, err := volumeUsers(e.in(ctx), l, "")
	v.UsedBy = users[name]
	return v, err
}

// CreateVolume makes a volume; one that is there already is left as it is, as with Docker.
// What is wrong with the request comes as api.FieldErrors.
func (e *Engine) CreateVolume(ctx context.Context, req api.VolumeCreate) (api.Volume, error) {
	l, err := e.need(ctx)
	if err != nil {
		return api.Volume{}, err
	}
	if errs := volume.Check(req); len(errs) > 0 {
		return api.Volume{}, errs
	}
	anonymous := req.Name == ""
	if anonymous {
		if req.Name, err = record.NewID(e.random); err != nil {
			return api.Volume{}, err
		}
	}
	if _, err := l.volumes.Make(req.Name, req.Labels, anonymous); err != nil {
		return api.Volume{}, err
	}
	return l.volumes.Get(req.Name)
}

// RemoveVolume deletes a volume with its data; one that a container has, running or not, is an
// *api.VolumeInUseError.
func (e *Engine) RemoveVolume(ctx context.Context, name string) error {
	l, err := e.need(ctx)
	if err != nil {
		return err
	}
	users, err := volumeUsers(e.in(ctx), l, "")
	if err != nil {
		return err
	}
	if by := users[name]; len(by) > 0 {
		return &api.VolumeInUseError{Name: name, By: by}
	}
	return l.volumes.Remove(name)
}

// UnusedVolumes are those that a prune would remove: that no container has, and, unless all is
// set, that nobody has named.
func (e *Engine) UnusedVolumes(ctx context.Context, all bool) ([]api.Volume, error) {
	list, err := e.Volumes(ctx)
	return slices.DeleteFunc(list, func(v api.Volume) bool { return len(v.UsedBy) > 0 || !all && !v.Anonymous }), err
}

// VolumeSize is what a volume's data takes on the disk, in bytes; it may take a while.
func (e *Engine) VolumeSize(ctx context.Context, name string) (int64, error) {
	l, err := e.need(ctx)
	if err != nil {
		return 0, err
	}
	return l.volumes.Size(ctx, name)
}

// volumeUsers are the names of the containers by the volumes that they have, but for one
// container.
func volumeUsers(ctx context.Context, l *link, except string) (map[string][]string, error) {
	users := map[string][]string{}
	err := eachRecord(ctx, l.client, func(r containers.Container) {
		if r.ID == except {
			return
		}
		in := record.Read(r.Labels)
		name := in.Name
		if name == "" {
			name = api.ShortID(r.ID)
		}
		for _, m := range in.Mounts {
			if m.Type == "volume" && !slices.Contains(users[m.Name], name) {
				users[m.Name] = append(users[m.Name], name)
			}
		}
	})
	return users, err
}

// removeUnused removes a volume that no container has, but for the one that is going.
func removeUnused(ctx context.Context, l *link, name, except string) error {
	users, err := volumeUsers(ctx, l, except)
	if err != nil || len(users[name]) > 0 {
		return err
	}
	err = l.volumes.Remove(name)
	_, gone := errors.AsType[*api.NotFoundError](err)
	_, used := errors.AsType[*api.VolumeInUseError](err)
	if gone || used {
		return nil
	}
	return err
}

// sweepVolumes removes the volumes of a container whose create was cut short.
func sweepVolumes(ctx context.Context, l *link, id string) error {
	made, err := l.records.State(id).MadeVolumes()
	for _, name := range made {
		err = errors.Join(err, removeUnused(ctx, l, name, id))
	}
	return err
}
