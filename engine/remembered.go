package engine

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/api/types/network"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	specs "github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
	"gantry/engine/record"
	"gantry/engine/spec"
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
	rec, err := l.recordOf(e.in(ctx), id)
	if err != nil {
		return api.Remembered{}, err
	}
	var out api.Remembered
	if c.Owner == api.OwnerDocker {
		known, err := e.ofDocker(e.in(ctx), l, rec)
		if err == nil {
			return known, nil
		}
		out.Unread = []string{"all that dockerd alone has written down: " + err.Error()}
	}
	in, err := e.Inspect(ctx, id)
	if err != nil {
		return api.Remembered{}, err
	}
	s, err := specOf(rec)
	if err != nil {
		return api.Remembered{}, err
	}
	var image ocispec.ImageConfig
	if img, err := l.images.Get(e.in(ctx), c.Image, c.Platform); err == nil {
		if cfg, err := l.images.Config(e.in(ctx), img); err == nil {
			image = cfg.Config
		}
	} else if c.Image != "" {
		out.Unread = append(out.Unread, "what is the image's own: "+familiar(c.Image)+" is not here any more")
	}
	out.Unread = append(out.Unread, "seccomp and AppArmor profiles of its own")
	if c.Owner != api.OwnerNerdctl {
		out.Unread = append(out.Unread, "devices, health check, DNS and whatever else is no part of its spec")
	}
	out.Request = made(c, in, image, rec.Labels, s)
	return out, nil
}

// made is the request that would make such a container, as far as it can be seen.
func made(c api.Container, in *container.InspectResponse, image ocispec.ImageConfig, labels map[string]string, s *specs.Spec) api.CreateRequest {
	info := record.Read(labels)
	cfg := &container.Config{Image: familiar(c.Image), Tty: c.Tty, OpenStdin: c.OpenStdin, ExposedPorts: network.PortSet{}, Labels: map[string]string{}}
	host := &container.HostConfig{
		AutoRemove: c.AutoRemove, NetworkMode: "bridge", PortBindings: network.PortMap{},
		RestartPolicy: container.RestartPolicy{Name: container.RestartPolicyDisabled},
	}
	var end network.EndpointSettings
	record.Asked(labels, cfg, host, &end)
	spec.Recover(s, host)
	if c.Owner == api.OwnerNerdctl && !host.Privileged && s.Linux != nil && s.Linux.Seccomp == nil {
		host.SecurityOpt = append(host.SecurityOpt, "seccomp=unconfined") // what ctr makes has never one
	}
	if cfg.StopSignal == image.StopSignal {
		cfg.StopSignal = ""
	}
	if in.Config.Hostname != c.ShortID() && !host.UTSMode.IsHost() {
		cfg.Hostname = in.Config.Hostname
	}
	runs(cfg, c.Command, image)
	for _, v := range in.Config.Env {
		given := slices.Contains(image.Env, v) || v == spec.DefaultPath || v == "HOSTNAME="+in.Config.Hostname || c.Tty && v == "TERM=xterm"
		if !given {
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
	name, most, _ := strings.Cut(c.RestartPolicy, ":")
	if name != "" && name != "no" {
		host.RestartPolicy.Name = container.RestartPolicyMode(name)
		host.RestartPolicy.MaximumRetryCount, _ = strconv.Atoi(most)
	}
	publishes(c.Ports, cfg, host)
	mounts(in.Mounts, info.AnonymousVolumes, image, cfg, host)
	req := api.CreateRequest{Name: c.Name, Config: cfg, HostConfig: host}
	joins(c.Networks, end, &req)
	return req
}

// runs parts what a container runs into what is the image's and what was asked for.
func runs(cfg *container.Config, args []string, image ocispec.ImageConfig) {
	own, first := slices.Concat(image.Entrypoint, image.Cmd), len(image.Entrypoint)
	switch {
	case slices.Equal(args, own):
	case first > 0 && len(args) >= first && slices.Equal(args[:first], image.Entrypoint):
		cfg.Cmd = args[first:]
	case first > 0 && len(args) > 0:
		cfg.Entrypoint, cfg.Cmd = args[:1], args[1:]
	default:
		cfg.Cmd = args
	}
}

// joins has the request join networks, the first with what was asked of it.
func joins(names []string, end network.EndpointSettings, req *api.CreateRequest) {
	if len(names) == 0 {
		return
	}
	req.HostConfig.NetworkMode = container.NetworkMode(names[0])
	asked := end.IPAMConfig != nil || len(end.MacAddress) > 0
	if len(names) == 1 && !asked {
		return
	}
	ends := map[string]*network.EndpointSettings{}
	for _, n := range names {
		ends[n] = &network.EndpointSettings{}
	}
	ends[names[0]] = &end
	req.NetworkingConfig, req.NetworkOrder = &network.NetworkingConfig{EndpointsConfig: ends}, names[1:]
}

func publishes(ports []api.Port, cfg *container.Config, host *container.HostConfig) {
	for _, p := range ports {
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
}

// mounts has the request mount what the container has. Its anonymous volumes it has by their
// place alone, and those of the image not at all.
func mounts(all []container.MountPoint, anonymous []string, image ocispec.ImageConfig, cfg *container.Config, host *container.HostConfig) {
	for _, m := range all {
		from := m.Source
		switch {
		case m.Type == mount.TypeTmpfs:
			if host.Tmpfs == nil {
				host.Tmpfs = map[string]string{}
			}
			host.Tmpfs[m.Destination] = record.TmpfsAsked(m.Mode)
			continue
		case m.Type == mount.TypeVolume && slices.Contains(anonymous, m.Name):
			if _, its := image.Volumes[m.Destination]; !its {
				if cfg.Volumes == nil {
					cfg.Volumes = map[string]struct{}{}
				}
				cfg.Volumes[m.Destination] = struct{}{}
			}
			continue
		case m.Type == mount.TypeVolume:
			from = m.Name
		case m.Type != mount.TypeBind:
			continue
		}
		if from == "" {
			continue
		}
		bind := from + ":" + m.Destination
		var how []string
		if !m.RW {
			how = append(how, "ro")
		}
		if m.Propagation != "" && m.Propagation != mount.PropagationRPrivate {
			how = append(how, string(m.Propagation))
		}
		if len(how) > 0 {
			bind += ":" + strings.Join(how, ",")
		}
		host.Binds = append(host.Binds, bind)
	}
}
