package engine

import (
	"context"
	"errors"

	"gantry/engine/api"
	"gantry/engine/host"
	"gantry/engine/network"
	"gantry/engine/network/wire"
	"gantry/engine/option"
	"gantry/engine/spec"
	"gantry/engine/volume"
)

// Check looks at the world that a create of the request, and a start right after it, would
// meet: the name, networks, ports and addresses, devices, and what is to be mounted. It changes
// nothing. What the request says by itself is not looked at: option.Draft.Parse does that.
func (e *Engine) Check(ctx context.Context, req api.CreateRequest) (api.Checked, error) {
	l, err := e.need(ctx)
	if err != nil {
		return api.Checked{}, err
	}
	ctx = e.in(ctx)
	c := &creation{joined: joined{e: e, l: l}, req: req, name: req.Name}
	var out api.Checked
	for _, look := range []func(context.Context) error{
		c.checkName,
		func(ctx context.Context) error { return c.checkMounts(ctx, &out) },
		c.checkNetworks,
		c.checkDevices,
	} {
		err := look(ctx)
		var found api.FieldErrors
		switch {
		case errors.As(err, &found):
			out.Problems = append(out.Problems, found...)
		case err != nil:
			return api.Checked{}, err
		}
	}
	return out, nil
}

func (c *creation) checkName(ctx context.Context) error {
	others, err := c.e.known(ctx, c.l)
	if err != nil {
		return err
	}
	for _, other := range others {
		if c.name != "" && other.Name == c.name {
			return api.FieldErrors{{Field: string(option.KeyName), Value: c.name, Reason: "in use by " + other.DisplayName() + " (" + other.ShortID() + "), " + string(other.State)}}
		}
	}
	return nil
}

func (c *creation) checkMounts(ctx context.Context, out *api.Checked) error {
	if err := c.planMounts(ctx, nil); err != nil {
		return err
	}
	out.Notes, out.Dirs = volume.Unborn(c.vols, c.l.volumes.Whole), volume.Missing(c.vols)
	return nil
}

// checkNetworks plans the networks as a create does; a default network that is not there yet
// is not made for it.
func (c *creation) checkNetworks(ctx context.Context) error {
	if err := c.findShared(ctx, true); err != nil {
		return err
	}
	mode := c.req.HostConfig.NetworkMode
	_, err := c.l.networks.Get(network.DefaultName)
	if _, none := errors.AsType[*api.NotFoundError](err); !none || !(mode == "" || mode.IsDefault() || mode == network.DefaultName) {
		if err := c.plan(ctx, nil); err != nil || c.net.Mode != "" {
			return err
		}
		return c.checkNetwork(ctx, c.net.Plan, "")
	}
	ports, err := c.publish(ctx, c.req.Config.ExposedPorts)
	if err != nil {
		return err
	}
	var plan wire.Plan
	for _, p := range ports {
		plan.Ports = append(plan.Ports, network.ToWire(p))
	}
	return c.checkNetwork(ctx, plan, "")
}

// checkDevices reads what vendors say of devices, when the request names some.
func (c *creation) checkDevices(context.Context) error {
	if len(c.req.HostConfig.DeviceRequests) > 0 {
		c.vendors = spec.ReadCDI(c.e.cfg.CDIDirs...)
	}
	return spec.CheckDevices(c.req, c.vendors)
}

// Devices are the devices of this host by the names that their vendors have given them, for
// --device: vendor/class=name.
func (e *Engine) Devices(context.Context) ([]string, error) {
	return spec.ReadCDI(e.cfg.CDIDirs...).Names(), nil
}

// Remote asks the registry what it has under a name for a platform; what keeps it from being
// pulled is an *api.PullError.
func (e *Engine) Remote(ctx context.Context, ref, platform string) (api.RemoteImage, error) {
	l, err := e.need(ctx)
	if err != nil {
		return api.RemoteImage{}, err
	}
	return l.images.Peek(e.in(ctx), ref, platform)
}

// Tags are the tags of a reference's repository as far as its registry tells them.
func (e *Engine) Tags(ctx context.Context, ref string) ([]string, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, err
	}
	return l.images.Tags(e.in(ctx), ref)
}

// HostPaths are the paths of this host that begin with a text.
func (e *Engine) HostPaths(ctx context.Context, beginning string) ([]string, error) {
	return host.Paths(ctx, beginning)
}
