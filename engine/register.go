package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"

	"github.com/containerd/containerd/v2/contrib/apparmor"
	"github.com/containerd/containerd/v2/core/containers"
	"github.com/containerd/errdefs"
	"github.com/containerd/platforms"
	"github.com/containerd/typeurl/v2"
	specs "github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/engine/record"
	"gantry/engine/spec"
	"gantry/engine/stdio"
	"gantry/engine/stdio/wire"
)

const (
	// runtimeName is containerd's shim for runc.
	runtimeName = "io.containerd.runc.v2"
	// nameTries is how many random names are tried, as Docker does.
	nameTries = 6
)

// identity gives the container its ID, makes its state dir and reserves its name.
func (c *creation) identity(ctx context.Context, s *path.Scope) error {
	var err error
	if c.id == "" {
		c.id, err = record.NewID(c.e.random)
	}
	if err != nil {
		return err
	}
	c.hostname = c.req.Config.Hostname
	hostNet := c.req.HostConfig.NetworkMode.IsHost()
	if c.hostname == "" && hostNet {
		c.hostname = hostName()
	}
	if c.shared != nil {
		c.hostname = c.shared.hostname
	}
	if c.hostname == "" {
		c.hostname = api.ShortID(c.id)
	}
	s.Undo("remove its files", c.removeRecords)
	c.unlock, err = c.l.records.Create(record.New{
		ID: c.id, Name: c.req.Name, Hostname: c.hostname, Log: c.logConfig(), Request: c.req,
	})
	if err != nil {
		return err
	}
	if c.req.HostConfig.AutoRemove {
		if err := wire.WriteReap(c.l.records.Dir(c.id), c.reapNote()); err != nil {
			return fmt.Errorf("note that it goes at its end: %w", err)
		}
	}
	if err := c.reserveName(ctx, s); err != nil {
		return err
	}
	if err := c.logFacts(); err != nil {
		return err
	}
	if err := c.healthCheck(ctx); err != nil {
		return err
	}
	c.run.Subject(c.id, c.name)
	s.Detail("%s", c.name)
	return c.connect(ctx)
}

// reserveName takes the name that was asked for, or a random one that is free.
func (c *creation) reserveName(ctx context.Context, s *path.Scope) error {
	s.Undo("release the name", func(context.Context) error {
		if c.name == "" || c.stuck {
			return nil // while something of the container is left, its name is not free
		}
		return c.l.records.ReleaseName(c.name, c.id)
	})
	exists := func(id string) bool {
		_, err := c.l.client.ContainerService().Get(ctx, id)
		return !errdefs.IsNotFound(err) // when in doubt it exists
	}
	if name := c.req.Name; name != "" {
		err := c.l.records.AcquireName(name, c.id, exists)
		var taken *api.NameInUseError
		if errors.As(err, &taken) {
			if o, ok, lerr := c.e.load(ctx, c.l, taken.ID); lerr == nil && ok {
				taken.State = o.State
			}
		}
		if err == nil {
			c.name = name
		}
		return err
	}
	r := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	var err error
	for try := range nameTries {
		name := record.RandomName(r, try)
		if err = c.l.records.AcquireName(name, c.id, exists); err == nil {
			c.name = name
			return nil
		}
	}
	return err
}

// spec makes the OCI runtime spec, and the labels whose nerdctl part becomes its annotations.
func (c *creation) spec(ctx context.Context, s *path.Scope) error {
	user, err := c.user(ctx)
	if err != nil {
		return err
	}
	labels, err := c.makeLabels()
	if err != nil {
		return err
	}
	// An embedded engine has a parent of its own, so that engines do not meet. IDs are unique, so
	// no folder for the namespace comes between, which nobody would remove.
	parent := cmp.Or(c.req.HostConfig.CgroupParent, c.l.end.CgroupParent)
	group, err := spec.CgroupsPath(c.l.facts.Host, c.l.end.Kind == api.EngineEmbedded, c.e.cfg.Namespace, c.id, parent)
	if err != nil {
		return err
	}
	files := c.l.records.Paths(c.id)
	if c.shared != nil {
		files = c.shared.files
	}
	c.oci, err = spec.Build(spec.Input{
		Hostname: c.hostname, Request: c.req, Image: c.config.Config, Host: c.l.facts.Host, User: user,
		CgroupsPath: group.Path, ResolvConf: files.ResolvConf, Hosts: files.Hosts, HostnameFile: files.Hostname,
		Env: c.env, Labels: labels, AppArmor: c.appArmor(), Hooks: c.hooks(), Init: c.l.end.Helper, Mounts: c.specMounts(),
		Namespaces: c.joins(), Shm: c.sharedMemory(), CDI: c.vendors,
	})
	if err != nil {
		return err
	}
	c.labels, c.systemd = labels, group.Systemd
	s.Detail("user %d:%d", user.UID, user.GID)
	return nil
}

// appArmor is the profile to run under, where the kernel has AppArmor and the profile can be
// loaded. That it cannot is said, and is no reason to refuse the container.
func (c *creation) appArmor() string {
	if !c.l.facts.Host.AppArmor || c.req.HostConfig.Privileged {
		return ""
	}
	if err := apparmor.LoadDefaultProfile(spec.AppArmorProfile); err != nil {
		c.warn = append(c.warn, "runs without AppArmor: its profile cannot be loaded: "+err.Error())
		return ""
	}
	return spec.AppArmorProfile
}

// hooks have gantry-helper set the networks up, whatever starts the container, or make sure
// that it has got the one that it shares.
func (c *creation) hooks() *specs.Hooks {
	if c.net.Mode != "" && c.shared == nil {
		return nil
	}
	return &specs.Hooks{CreateRuntime: []specs.Hook{{
		Path: c.l.end.Helper, Args: []string{c.l.end.Helper, wire.HookKey + "1", c.l.records.Dir(c.id)},
		// It lives for milliseconds: threads that share its work, and a look at its garbage, only cost.
		Env: []string{"GOMAXPROCS=1", "GOGC=off"},
	}}}
}

func (c *creation) makeLabels() (map[string]string, error) {
	args, err := spec.Args(c.req.Config, c.config.Config)
	if err != nil {
		return nil, err
	}
	stop, err := spec.StopSignal(c.req.Config, c.config.Config)
	if err != nil {
		return nil, err
	}
	in := record.Input{
		Namespace: c.e.cfg.Namespace, Name: c.name, Hostname: c.hostname,
		StateDir: c.l.records.Dir(c.id), LogURI: stdio.LogURI(c.l.end.Helper, c.l.records.Dir(c.id)), Log: c.logConfig(),
		Platform:   platforms.Format(platforms.Normalize(c.config.Platform)),
		StopSignal: stop, Networks: c.net.Names, Ports: c.ports, Args: args,
		Version: c.e.cfg.Version, ImageLabels: c.config.Config.Labels, Health: c.health, Request: c.req,
	}
	in.Mounts, in.Anonymous = c.labelMounts()
	for p := range c.config.Config.ExposedPorts {
		in.ImagePorts = append(in.ImagePorts, p)
	}
	return record.Labels(in)
}

// register makes the containerd record: from here on the container exists.
func (c *creation) register(ctx context.Context, s *path.Scope) error {
	rec := containers.Container{
		ID: c.id, Labels: c.labels, Image: c.image.Name(),
		Snapshotter: c.l.caps.Snapshotter, SnapshotKey: c.id,
	}
	var err error
	if rec.Spec, err = typeurl.MarshalAny(c.oci); err != nil {
		return fmt.Errorf("encode the spec: %w", err)
	}
	shim, binary, err := runtimeOf(c.req.HostConfig.Runtime)
	if err != nil {
		return err
	}
	rec.Runtime.Name = shim
	if rec.Runtime.Options, err = c.runtimeOptions(shim, binary); err != nil {
		return fmt.Errorf("encode the runtime's options: %w", err)
	}
	s.Undo("delete the record", c.undo(func(ctx context.Context, l *link) error {
		return ignoreNotFound(l.client.ContainerService().Delete(ctx, c.id))
	}))
	if _, err := c.l.client.ContainerService().Create(ctx, rec); err != nil {
		return fmt.Errorf("register the container: %w", err)
	}
	return c.writeIDFile()
}

// hostName is this host's name, for containers that share its network.
func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return name
}
