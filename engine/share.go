package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/containerd/containerd/v2/core/containers"
	"github.com/containerd/typeurl/v2"
	"github.com/moby/moby/api/types/container"
	specs "github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
	"gantry/engine/network/wire"
	"gantry/engine/record"
)

// shared is the container whose network another one is to have, as far as that one's own
// spec goes by it.
type shared struct {
	api.Container
	hostname string
	files    record.Paths // of resolv.conf, hosts and hostname; "" where it has the image's
}

// notThere is a container that a network cannot be had of.
func notThere(name, reason, fix string) error {
	return api.FieldErrors{{Field: "network", Value: "container:" + name, Reason: reason, Fix: fix}}
}

// findShared finds the container whose network is asked for, and notes its ID in the request:
// a name may be another one's tomorrow. Only who starts at once needs it to run.
func (c *creation) findShared(ctx context.Context, starts bool) error {
	mode := c.req.HostConfig.NetworkMode
	if !mode.IsContainer() {
		return nil
	}
	name := mode.ConnectedContainer()
	other, err := c.e.findOn(ctx, c.l, name)
	if isNotFound(err, "container") {
		return notThere(name, "there is no such container", "name one that is there")
	}
	if err != nil {
		return err
	}
	if !other.State.Alive() && starts {
		return notThere(name, fmt.Sprintf("the container %s is not running", other.DisplayName()), "start it first")
	}
	c.shared = &shared{Container: other}
	if err := c.shared.read(ctx, c.l); err != nil {
		return err
	}
	host := *c.req.HostConfig
	host.NetworkMode = container.NetworkMode("container:" + other.ID)
	c.req.HostConfig = &host
	return nil
}

// read takes out of the container's spec what files it has, and what it is called.
func (s *shared) read(ctx context.Context, l *link) error {
	box, err := l.client.LoadContainer(ctx, s.ID)
	if err != nil {
		return fmt.Errorf("load container: %w", err)
	}
	sp, err := box.Spec(ctx)
	if err != nil {
		return fmt.Errorf("read spec: %w", err)
	}
	s.hostname = sp.Hostname
	if s.hostname == "" {
		s.hostname = api.ShortID(s.ID)
	}
	for _, m := range sp.Mounts {
		switch m.Destination {
		case "/etc/resolv.conf":
			s.files.ResolvConf = m.Source
		case "/etc/hosts":
			s.files.Hosts = m.Source
		case "/etc/hostname":
			s.files.Hostname = m.Source
		}
	}
	return nil
}

// namespaces are those that the container joins.
func (c *creation) namespaces() map[specs.LinuxNamespaceType]string {
	if c.shared == nil {
		return nil
	}
	return map[specs.LinuxNamespaceType]string{specs.NetworkNamespace: wire.SpacePath(c.l.records.Dir(c.id))}
}

// share has the link in the state dir lead to the network of the container that this one shares
// it with, and returns that one's name; "" for a container that shares nobody's.
func (s *starting) share(ctx context.Context) (with string, err error) {
	var id string
	for _, n := range s.c.Networks {
		if of, ok := strings.CutPrefix(n, "container:"); ok {
			id = of
		}
	}
	if id == "" {
		return "", nil
	}
	other, ok, err := s.e.load(ctx, s.l, id)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", notThere(api.ShortID(id), "the container whose network it shares is gone", "make it anew with another network")
	}
	name := other.DisplayName()
	if !other.State.Alive() || other.Pid == 0 {
		return "", notThere(name, fmt.Sprintf("the container %s, whose network it shares, is not running", name), "start it first")
	}
	dir := s.l.records.Dir(id)
	share := wire.Share{ID: id, Name: name, StateDir: dir, Start: wire.StartOf(int(other.Pid))}
	to := wire.Space(int(other.Pid))
	if l, err := wire.ReadLease(dir); err == nil && l.Done && l.Start.Same(share.Start) {
		if _, err := os.Readlink(wire.SpacePath(dir)); err == nil {
			to = wire.SpacePath(dir) // its hook has it lead right at every start
		}
	}
	if err := errors.Join(wire.LinkSpace(s.stateDir, to), wire.WriteShare(s.stateDir, share)); err != nil {
		return "", fmt.Errorf("share the network of %s: %w", name, err)
	}
	return name, s.joinSpace(ctx, wire.SpacePath(s.stateDir))
}

// joinSpace has the container's spec name the link, unless it does: another program may have
// put a process there.
func (s *starting) joinSpace(ctx context.Context, path string) error {
	sp, err := s.box.Spec(ctx)
	if err != nil {
		return fmt.Errorf("read spec: %w", err)
	}
	if sp.Linux == nil {
		return nil
	}
	at := -1
	for i, n := range sp.Linux.Namespaces {
		if n.Type == specs.NetworkNamespace {
			at = i
		}
	}
	switch {
	case at >= 0 && sp.Linux.Namespaces[at].Path == path:
		return nil
	case at >= 0:
		sp.Linux.Namespaces[at].Path = path
	default:
		sp.Linux.Namespaces = append(sp.Linux.Namespaces, specs.LinuxNamespace{Type: specs.NetworkNamespace, Path: path})
	}
	rec := containers.Container{ID: s.c.ID}
	if rec.Spec, err = typeurl.MarshalAny(sp); err == nil {
		_, err = s.l.client.ContainerService().Update(ctx, rec, "spec")
	}
	if err != nil {
		return fmt.Errorf("put the shared network into the spec: %w", err)
	}
	return nil
}
