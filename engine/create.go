package engine

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/mount"
	"github.com/moby/moby/api/types/container"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	specs "github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
	"gantry/engine/image"
	"gantry/engine/network"
	"gantry/engine/option"
	"gantry/engine/path"
	"gantry/engine/spec"
	"gantry/engine/volume"
)

// The steps of the two paths, in order (design: "The path").
var (
	createSteps = [...]string{"config", "options", "supported", "image", "pull", "identity", "rootfs", "volumes", "spec", "register"}
	startSteps  = [...]string{"state", "mounts", "network", "security", "task", "wait", "run", "restart"}
)

// leaseTime bounds how long a create that was killed keeps what it had fetched.
const leaseTime = time.Hour

// creation is one create on its way: what the steps found, for the steps that follow.
type creation struct {
	joined
	run  *path.Run
	obs  api.Observer
	req  api.CreateRequest
	env  []string // proxy variables from the client config
	warn []string

	// Of a recreate: what is done before the container is made, whose place it takes, and the
	// anonymous volumes that go over to it, by where they are mounted.
	between   func(context.Context) error
	inPlaceOf string
	carried   map[string]string

	held *holding

	image    client.Image
	config   ocispec.Image
	missing  error // why there is no image yet
	id, name string
	hostname string
	unlock   func()        // gives the container's lock back
	mounts   []mount.Mount // of the snapshot
	net      network.Planned
	shared   *shared // whose network it is to have; nil: its own, or none
	shm      string  // of another container, whose IPC this one has
	vols     []volume.Mount
	made     []string   // volumes that this create has made
	holds    []func()   // keep the volumes from being removed until the container exists
	ports    []api.Port // of the host, found for the container
	labels   map[string]string
	oci      *specs.Spec
	vendors  *spec.CDI               // the devices of this host that they describe; nil when none is asked for
	systemd  bool                    // its cgroup is systemd's
	health   *container.HealthConfig // merged; nil for none
	idFile   *os.File
}

// Create makes a container and leaves it in state Created. Nothing remains of a create
// that failed or was cancelled.
func (e *Engine) Create(ctx context.Context, req api.CreateRequest, o api.Observer) (api.Created, error) {
	run := e.newRun("create", createSteps[:], o)
	made, err := e.create(ctx, run, req, o)
	t := run.End(err)
	e.account(t, imageOf(req), err)
	if err == nil {
		e.remember(t)
	}
	return made, err
}

// create carries out the steps on a run that may go on with a start. When it fails
// everything is taken back before it returns.
func (e *Engine) create(ctx context.Context, run *path.Run, req api.CreateRequest, o api.Observer) (api.Created, error) {
	l, err := e.need(ctx)
	if err != nil {
		return api.Created{}, err
	}
	ctx = e.in(ctx)
	e.hub.age()
	c := &creation{joined: joined{e: e, l: l}, run: run, obs: o, req: req, unlock: func() {}}
	defer func() { c.unlock(); c.closeIDFile() }()
	if err := c.steps(ctx); err != nil {
		err = c.l.lostUnder(ctx, err)
		c.takeBack(ctx)
		return api.Created{}, err
	}
	run.Commit()
	c.settled()
	made := api.Created{ID: c.id, Name: c.name, Warnings: c.warn}
	if o.Registered != nil {
		o.Registered(made)
	}
	return made, nil
}

func (c *creation) steps(ctx context.Context) error {
	for _, s := range []struct {
		name string
		do   func(context.Context, *path.Scope) error
	}{
		{"config", c.clientConfig},
		{"options", c.options},
		{"supported", c.supported},
	} {
		if err := c.run.Do(ctx, s.name, s.do); err != nil {
			return err
		}
	}
	var err error
	c.held, err = c.hold(c.run)
	if err != nil {
		return err
	}
	for _, s := range []struct {
		name string
		do   func(context.Context, *path.Scope) error
	}{
		{"image", c.findImage},
		{"pull", c.pull},
	} {
		if err := c.run.Do(ctx, s.name, s.do); err != nil {
			return err
		}
	}
	if c.between != nil {
		if err := c.between(ctx); err != nil {
			return err
		}
	}
	for _, s := range []struct {
		name string
		do   func(context.Context, *path.Scope) error
	}{
		{"identity", c.identity},
		{"rootfs", c.rootfs},
		{"volumes", c.volumes},
		{"spec", c.spec},
		{"register", c.register},
	} {
		if err := c.run.Do(ctx, s.name, s.do); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.held.release(ctx)
	return nil
}

// clientConfig adds the proxies of Docker's client config, never over what the user set.
func (c *creation) clientConfig(_ context.Context, s *path.Scope) error {
	if c.req.Config == nil || c.req.HostConfig == nil {
		return api.FieldErrors{{Field: "image", Reason: "missing", Fix: "name an image"}}
	}
	if err := c.openIDFile(s); err != nil {
		return err
	}
	env, warning := proxies(c.e.cfg.DockerConfigDir, c.l.end.Address, c.req)
	if warning != "" {
		c.warn = append(c.warn, warning)
	}
	c.env = env
	if len(env) > 0 {
		s.Detail("%d proxy variables", len(env))
	}
	return nil
}

// options checks the whole request by the same rules as the form and the command line;
// a request may come from elsewhere.
func (c *creation) options(_ context.Context, s *path.Scope) error {
	p := option.FromRequest(c.req).Parse(c.l.facts)
	if len(p.Problems) > 0 {
		return api.FieldErrors(p.Problems)
	}
	for _, w := range p.Warnings {
		c.warn = append(c.warn, w.Error())
	}
	return nil
}

// supported refuses what this server or host cannot do.
func (c *creation) supported(ctx context.Context, s *path.Scope) error {
	if c.l.caps.Snapshotter == "" {
		return &api.UnsupportedError{What: "creating a container", Reason: "containerd has no usable snapshotter"}
	}
	s.Detail("containerd %s", c.l.info.Version)
	var all api.FieldErrors
	for _, look := range []func(context.Context) error{
		func(ctx context.Context) error { return c.planMounts(ctx, nil) },
		func(ctx context.Context) error { return c.findSpaces(ctx, c.startsAtOnce()) },
		c.checkDevices,
		func(context.Context) error { _, _, err := runtimeOf(c.req.HostConfig.Runtime); return err },
		c.supportedNetworks,
	} {
		err := look(ctx)
		if fields, ok := errors.AsType[api.FieldErrors](err); ok {
			all = append(all, fields...) // all of them are said at once
		} else if err != nil {
			return err
		}
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

// startsAtOnce says whether the container is started right after it was made.
func (c *creation) startsAtOnce() bool {
	op := c.run.Trace().Operation
	return op == "run" || op == "recreate"
}

// supportedNetworks says what networks cannot do before anything is made, and to who will start
// the container at once what is in the way now.
func (c *creation) supportedNetworks(ctx context.Context) error {
	if err := c.findShared(ctx, c.run.Trace().Operation == "run"); err != nil {
		return err
	}
	return c.whileChoosingPorts(func() error {
		if err := c.plan(ctx, nil); err != nil || c.net.Mode != "" || !c.startsAtOnce() {
			return err
		}
		return c.checkNetwork(ctx, c.withoutOld(c.net.Plan), c.inPlaceOf)
	})
}

// findImage looks for the image among the local ones.
func (c *creation) findImage(ctx context.Context, s *path.Scope) error {
	img, err := c.l.images.Get(ctx, c.req.Config.Image, c.req.Platform)
	if err != nil && !isNotFound(err, "image") {
		return err
	}
	c.image, c.missing = img, err
	switch {
	case err == nil:
		s.Detail("%s", familiar(img.Name()))
	case c.req.Pull == api.PullNever:
		return &api.PullError{Ref: c.req.Config.Image, Cause: api.PullNotHere, Err: err}
	default:
		s.Detail("not here yet")
	}
	return nil
}

// pull fetches the image when it is missing, or always, and reads its config.
func (c *creation) pull(ctx context.Context, s *path.Scope) error {
	switch {
	case c.req.Pull == api.PullAlways || c.missing != nil:
		began := c.e.cfg.Now()
		// It keeps what is pulled from the garbage collector, and from whoever removes the image,
		// until the snapshot is there.
		ctx, err := c.held.lease(ctx, map[string]string{labelPurpose: "create"})
		if err != nil {
			return err
		}
		l, img, source, err := c.e.pull(ctx, c.req.Config.Image, c.req.Platform, c.obs.Pull)
		c.e.metrics.note("pull", c.e.cfg.Now().Sub(began), err)
		if err != nil {
			return err
		}
		c.l, c.image = l, img
		s.Detail("%s", familiar(img.Name()))
		if source != "" {
			s.Detail("%s from %s", familiar(img.Name()), source)
		}
	default:
		s.Skip("already here")
	}
	var err error
	c.config, err = c.l.images.Config(ctx, c.image)
	return err
}

// imageOf is the image that a request names; "" when it has no config.
func imageOf(req api.CreateRequest) string {
	if req.Config == nil {
		return ""
	}
	return req.Config.Image
}

// familiar is an image's name as a person writes it.
func familiar(name string) string {
	r, err := image.Parse(name)
	if err != nil {
		return name
	}
	return r.Familiar
}

// isNotFound reports whether a thing of that kind does not exist.
func isNotFound(err error, kind string) bool {
	var e *api.NotFoundError
	return errors.As(err, &e) && e.Kind == kind
}
