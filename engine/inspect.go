package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/containerd/containerd/v2/core/containers"
	"github.com/containerd/typeurl/v2"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/api/types/network"
	specs "github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
	"gantry/engine/record"
	"gantry/engine/spec"
	"gantry/engine/stdio/wire"
)

// Inspect is a container in the shape of Docker's GET /containers/{id}/json.
func (e *Engine) Inspect(ctx context.Context, id string) (*container.InspectResponse, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, err
	}
	ctx = e.in(ctx)
	rec, err := l.recordOf(ctx, id)
	if err != nil {
		return nil, err
	}
	c, ok, err := e.load(ctx, l, id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, &api.NotFoundError{Kind: "container", Name: id}
	}
	req, err := l.records.State(id).Request()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		e.log.Warn("read the request", "id", id, "err", err)
	}
	if req.HostConfig == nil {
		req.HostConfig = &container.HostConfig{} // Docker's is never null
	}
	var files record.Paths
	if c.Owner == api.OwnerGantry || c.Owner == api.OwnerNerdctl {
		files = l.records.Paths(id)
	}
	r := &container.InspectResponse{
		ID: c.ID, Name: "/" + c.Name, Created: c.CreatedAt.UTC().Format(time.RFC3339Nano),
		State: inspectState(c), Image: e.imageID(ctx, l, c), Driver: rec.Snapshotter,
		Platform: "linux", RestartCount: c.RestartCount,
		ResolvConfPath: files.ResolvConf, HostnamePath: files.Hostname, HostsPath: files.Hosts, LogPath: files.Log,
		Mounts:     []container.MountPoint{},
		HostConfig: req.HostConfig, Config: inspectConfig(c, req),
		NetworkSettings: &container.NetworkSettings{Ports: network.PortMap{}, Networks: map[string]*network.EndpointSettings{}},
	}
	if d := r.HostConfig.LogConfig.Type; d != "" && d != wire.LogJSONFile {
		r.LogPath = ""
	}
	for _, n := range c.Networks {
		r.NetworkSettings.Networks[n] = &network.EndpointSettings{}
	}
	if err := e.addNetworks(l, c, r); err != nil {
		return nil, err
	}
	r.State.Health = e.inspectHealth(l, rec.Labels, id)
	info := record.Read(rec.Labels)
	addMounts(r, info)
	return r, addSpec(r, rec, len(info.Mounts) == 0)
}

// addMounts adds the mounts that gantry and nerdctl write down.
func addMounts(r *container.InspectResponse, info record.Info) {
	for _, m := range info.Mounts {
		r.Mounts = append(r.Mounts, container.MountPoint{
			Type: mount.Type(m.Type), Name: m.Name, Source: m.Source, Destination: m.Destination, Driver: m.Driver,
			Mode: m.Mode, RW: m.RW, Propagation: mount.Propagation(m.Propagation),
		})
	}
}

// addSpec adds what only the OCI spec tells, with the final command and environment; mounts too
// if they are told nowhere else.
func addSpec(r *container.InspectResponse, rec containers.Container, mounts bool) error {
	s, err := specOf(rec)
	if err != nil || s.Process == nil {
		return err
	}
	r.AppArmorProfile, r.ProcessLabel = s.Process.ApparmorProfile, s.Process.SelinuxLabel
	if len(s.Process.Args) > 0 {
		own := spec.WithoutInit(s.Process.Args)
		r.Path, r.Args = own[0], own[1:]
	}
	r.Config.Env, r.Config.WorkingDir = s.Process.Env, s.Process.Cwd
	if len(r.Config.Entrypoint)+len(r.Config.Cmd) == 0 {
		r.Config.Cmd = spec.WithoutInit(s.Process.Args)
	}
	if s.Hostname != "" {
		r.Config.Hostname = s.Hostname
	}
	for _, m := range s.Mounts {
		if !mounts || m.Type != "bind" && m.Type != "none" || filepath.Dir(m.Destination) == "/etc" {
			continue
		}
		r.Mounts = append(r.Mounts, container.MountPoint{Type: "bind", Source: m.Source, Destination: m.Destination, RW: !slices.Contains(m.Options, "ro")})
	}
	return nil
}

// specOf is a container's OCI spec; an empty one where it has none.
func specOf(rec containers.Container) (*specs.Spec, error) {
	if rec.Spec == nil {
		return &specs.Spec{}, nil
	}
	v, err := typeurl.UnmarshalAny(rec.Spec)
	if err != nil {
		return nil, fmt.Errorf("decode the spec: %w", err)
	}
	if s, ok := v.(*specs.Spec); ok {
		return s, nil
	}
	return &specs.Spec{}, nil
}

// imageID is the digest of the image that the container's reference names now, as far as
// it is here.
func (e *Engine) imageID(ctx context.Context, l *link, c api.Container) string {
	img, err := l.images.Get(ctx, c.Image, c.Platform)
	if err != nil {
		return ""
	}
	return img.Target().Digest.String()
}

func inspectState(c api.Container) *container.State {
	s := &container.State{
		Status: container.ContainerState(c.State), Running: c.State.Alive(), Paused: c.State == api.StatePaused,
		Restarting: c.State == api.StateRestarting, OOMKilled: c.OOMKilled, Dead: c.State == api.StateDead,
		Pid: int(c.Pid), ExitCode: c.Code(), Error: c.Error,
	}
	s.StartedAt, s.FinishedAt = dockerTime(c.StartedAt), dockerTime(c.FinishedAt)
	return s
}

// dockerTime writes a time as Docker does: one that never was is the year 1.
func dockerTime(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func inspectConfig(c api.Container, req api.CreateRequest) *container.Config {
	cfg := container.Config{Tty: c.Tty, OpenStdin: c.OpenStdin}
	if req.Config != nil {
		cfg = *req.Config
	}
	cfg.Image, cfg.Labels = c.Image, c.Labels
	return &cfg
}
