package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"gantry/engine/api"
)

// Remembered is what is known of how the container was created: exactly of gantry's own, of
// others' what their records and their spec tell.
func (e *Engine) Remembered(ctx context.Context, id string) (api.Remembered, error) {
	req, err := e.Request(ctx, id)
	if !errors.Is(err, fs.ErrNotExist) {
		return api.Remembered{Request: req, Exact: err == nil}, err
	}
	l, err := e.need(ctx)
	if err != nil {
		return api.Remembered{}, err
	}
	c, ok, err := e.load(e.in(ctx), l, id)
	if err != nil {
		return api.Remembered{}, err
	}
	if !ok {
		return api.Remembered{}, &api.NotFoundError{Kind: "container", Name: id}
	}
	var missed []string
	if c.Owner == api.OwnerDocker {
		rec, err := l.client.ContainerService().Get(e.in(ctx), id)
		if err != nil {
			return api.Remembered{}, fmt.Errorf("read container: %w", err)
		}
		out, err := e.ofDocker(e.in(ctx), l, rec)
		if err == nil {
			return out, nil
		}
		missed = []string{"name, image and ports: " + err.Error()}
	}
	in, err := e.Inspect(ctx, id)
	if err != nil {
		return api.Remembered{}, err
	}
	var image ocispec.ImageConfig
	out := api.Remembered{Unread: append(missed, "capabilities, devices, security options and limits other than memory")}
	if img, err := l.images.Get(e.in(ctx), c.Image, c.Platform); err == nil {
		if cfg, err := l.images.Config(e.in(ctx), img); err == nil {
			image = cfg.Config
		}
	} else if c.Image != "" {
		out.Unread = append(out.Unread, "what is the image's own: "+familiar(c.Image)+" is not here any more")
	}
	out.Request = made(c, in, image)
	return out, nil
}

// made is the request that would make such a container, as far as it can be seen.
func made(c api.Container, in *container.InspectResponse, image ocispec.ImageConfig) api.CreateRequest {
	cfg := &container.Config{Image: familiar(c.Image), Tty: c.Tty, OpenStdin: c.OpenStdin, ExposedPorts: network.PortSet{}, Labels: map[string]string{}}
	host := &container.HostConfig{
		AutoRemove: c.AutoRemove, NetworkMode: "bridge", PortBindings: network.PortMap{},
		RestartPolicy: container.RestartPolicy{Name: container.RestartPolicyDisabled},
	}
	host.Memory = c.MemoryLimit
	own := slices.Concat(image.Entrypoint, image.Cmd)
	switch {
	case slices.Equal(c.Command, own):
	case len(image.Entrypoint) > 0 && len(c.Command) >= len(image.Entrypoint) && slices.Equal(c.Command[:len(image.Entrypoint)], image.Entrypoint):
		cfg.Cmd = c.Command[len(image.Entrypoint):]
	case len(image.Entrypoint) > 0 && len(c.Command) > 0:
		cfg.Entrypoint, cfg.Cmd = c.Command[:1], c.Command[1:]
	default:
		cfg.Cmd = c.Command
	}
	for _, v := range in.Config.Env {
		name, _, _ := strings.Cut(v, "=")
		if !slices.Contains(image.Env, v) && name != "PATH" && name != "HOSTNAME" && name != "TERM" {
			cfg.Env = append(cfg.Env, v)
		}
	}
	if in.Config.WorkingDir != image.WorkingDir && in.Config.WorkingDir != "/" {
		cfg.WorkingDir = in.Config.WorkingDir
	}
	for k, v := range c.Labels {
		if image.Labels[k] != v {
			cfg.Labels[k] = v
		}
	}
	if len(c.Networks) > 0 {
		host.NetworkMode = container.NetworkMode(c.Networks[0])
	}
	name, most, _ := strings.Cut(c.RestartPolicy, ":")
	if name != "" && name != "no" {
		host.RestartPolicy.Name = container.RestartPolicyMode(name)
		host.RestartPolicy.MaximumRetryCount, _ = strconv.Atoi(most)
	}
	for _, p := range c.Ports {
		port, ok := network.PortFrom(p.ContainerPort, network.IPProtocol(p.Protocol))
		if !ok {
			continue
		}
		b := network.PortBinding{HostPort: strconv.Itoa(int(p.HostPort))}
		if ip, err := netip.ParseAddr(p.HostIP); err == nil && !ip.IsUnspecified() {
			b.HostIP = ip
		}
		if !slices.Contains(host.PortBindings[port], b) {
			host.PortBindings[port] = append(host.PortBindings[port], b)
		}
		cfg.ExposedPorts[port] = struct{}{}
	}
	for _, m := range in.Mounts {
		from := m.Source
		if m.Type == "volume" {
			from = m.Name
		}
		if from == "" || m.Type != "volume" && m.Type != "bind" {
			continue
		}
		bind := from + ":" + m.Destination
		if !m.RW {
			bind += ":ro"
		}
		host.Binds = append(host.Binds, bind)
	}
	return api.CreateRequest{Name: c.Name, Platform: "", Config: cfg, HostConfig: host}
}
