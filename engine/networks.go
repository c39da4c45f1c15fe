package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/container"
	mobynet "github.com/moby/moby/api/types/network"

	"gantry/engine/api"
	"gantry/engine/daemon"
	"gantry/engine/network"
	"gantry/engine/network/conflist"
	"gantry/engine/network/native"
	"gantry/engine/network/plugin"
	"gantry/engine/network/port"
	"gantry/engine/network/wire"
	"gantry/engine/record"
)

// openNetworks opens an engine's networks: those of the embedded one lie below its data root
// and are its own; a system engine has CNI's usual places, which nerdctl uses too.
func openNetworks(end daemon.Endpoint, records *record.Store, namespace string) *network.Networks {
	cfg := network.Config{
		Namespace: namespace,
		Instance: wire.Instance{
			Table: network.TableName(end.DataRoot), Lock: filepath.Join(end.DataRoot, "network.lock"), Hosts: records.HostsRoot(),
			Plugins: plugin.Dirs(os.Getenv),
		},
	}
	cfg.Dir = conflist.Dir{Path: end.NetworkDir(), Namespace: namespace}
	cfg.Instance.Addresses = end.AddressDir()
	if end.Kind == api.EngineEmbedded {
		cfg.Bridge = bridgeOf(end.DataRoot)
		return network.Open(cfg)
	}
	cfg.Bridge, cfg.Shared = "nerdctl0", true
	return network.Open(cfg)
}

// bridgeOf is the name of the embedded engine's own bridge; those of engines with other data
// roots must not meet it. An interface's name has 15 characters at most.
func bridgeOf(dataRoot string) string {
	if dataRoot == daemon.DefaultDataRoot {
		return "gantry0"
	}
	return network.TableName(dataRoot)
}

// published are the ports of the other containers that run and have one of those wanted. Where
// nobody keeps a list they come from the state dirs, and containerd is asked about whoever is in
// the way.
func (j *joined) published(ctx context.Context, except string, wanted []wire.Port) (all []port.Published, err error) {
	others := j.e.hub.list()
	if j.e.cfg.Brief {
		if others, err = j.inTheWay(ctx, wanted); err != nil {
			return nil, err
		}
	}
	for _, c := range others {
		if c.ID == except || !c.State.Alive() {
			continue
		}
		for _, p := range c.Ports {
			all = append(all, port.Published{Port: network.ToWire(p), Container: c.DisplayName()})
		}
	}
	return all, nil
}

// inTheWay are the containers that have one of the wanted ports.
func (j *joined) inTheWay(ctx context.Context, wanted []wire.Port) (all []api.Container, err error) {
	ports, err := j.l.records.AllPorts()
	if err != nil {
		return nil, err
	}
	meets := func(p api.Port) bool {
		return slices.ContainsFunc(wanted, func(w wire.Port) bool { return w.Host == p.HostPort })
	}
	for id, has := range ports {
		if !slices.ContainsFunc(has, meets) {
			continue
		}
		c, ok, err := j.e.load(ctx, j.l, id)
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, c)
		}
	}
	return all, nil
}

// checkNetwork looks at what the networks of a container that is to start now would meet.
func (j *joined) checkNetwork(ctx context.Context, p wire.Plan, except string) (err error) {
	var taken []port.Published
	if len(p.Ports) > 0 {
		if taken, err = j.published(ctx, except, p.Ports); err != nil {
			return err
		}
	}
	return network.Check(p, taken, func(owner string) string { return j.nameOfOwner(ctx, owner) })
}

// publish finds the host's ports for the request. They are to be none of any container's, also
// of one that was made too lately to be known: what the live list has not is in the state dirs.
func (c *creation) publish(ctx context.Context, exposed mobynet.PortSet) ([]api.Port, error) {
	h := c.req.HostConfig
	if h == nil || len(h.PortBindings) == 0 && !h.PublishAllPorts {
		return network.Publish(c.req, exposed, nil)
	}
	var taken []port.Published
	listed := map[string]bool{}
	if !c.e.cfg.Brief {
		for _, o := range c.e.hub.list() {
			listed[o.ID] = true
			for _, p := range o.Ports {
				taken = append(taken, port.Published{Port: network.ToWire(p), Container: o.DisplayName()})
			}
		}
	}
	made, err := c.l.records.Ports(func(id string) bool { return listed[id] })
	for _, p := range made {
		taken = append(taken, port.Published{Port: network.ToWire(p)})
	}
	if err != nil {
		return nil, err
	}
	return network.Publish(c.req, exposed, taken)
}

// whileChoosingPorts runs fn while nobody else looks which ports are free, if any are wanted: who
// looks holds a port for a moment, and would be in the way of who was given it.
func (c *creation) whileChoosingPorts(fn func() error) error {
	if h := c.req.HostConfig; h == nil || len(h.PortBindings) == 0 && !h.PublishAllPorts {
		return fn()
	}
	return c.l.records.ChoosingPorts(fn)
}

// plan finds the host's ports and the networks that the request asks for. It changes nothing
// but that the default network is there afterwards.
func (c *creation) plan(ctx context.Context, image map[string]struct{}) error {
	exposed := mobynet.PortSet{}
	for p := range c.req.Config.ExposedPorts {
		exposed[p] = struct{}{}
	}
	for text := range image {
		if p, err := mobynet.ParsePort(text); err == nil {
			exposed[p] = struct{}{}
		}
	}
	ports, err := c.publish(ctx, exposed)
	if err != nil {
		return err
	}
	c.net, err = c.l.networks.Plan(network.Container{
		ID: c.id, Name: c.name, Hostname: c.hostname, Domainname: c.req.Config.Domainname, Request: c.req,
	}, ports)
	if c.ports = ports; c.net.Mode != "" || len(c.net.Plan.Ports) == 0 {
		c.ports = nil
	}
	return err
}

// connect writes down what networks the container has, for whatever starts it. A port that is
// chosen for it is nobody else's, whoever makes another container at the same moment.
func (c *creation) connect(ctx context.Context) error {
	err := c.l.records.ChoosingPorts(func() error {
		err := c.plan(ctx, c.config.Config.ExposedPorts)
		if err != nil || len(c.ports) == 0 {
			return err
		}
		return c.l.records.State(c.id).SetPorts(c.ports)
	})
	if err != nil {
		return err
	}
	for _, w := range c.net.Warnings {
		c.warn = append(c.warn, strings.TrimSuffix(w, "."))
	}
	if c.net.Mode != "" {
		return nil
	}
	return wire.WritePlan(c.l.records.Dir(c.id), c.net.Plan)
}

// replan plans a container's networks anew, since they may have changed since it was made,
// and looks at what would fail. A container without a plan has none to be set up.
func (s *starting) replan(ctx context.Context) (plan wire.Plan, has bool, err error) {
	old, err := wire.ReadPlan(s.stateDir)
	if errors.Is(err, fs.ErrNotExist) {
		return plan, false, nil
	}
	if err != nil {
		return plan, false, err
	}
	state := s.l.records.State(s.c.ID)
	req, err := state.Request()
	if err != nil {
		return plan, false, err
	}
	ports, err := state.Ports()
	if err != nil {
		return plan, false, err
	}
	planned, err := s.l.networks.Plan(network.Container{
		ID: s.c.ID, Name: s.c.Name, Hostname: old.Names.Hostname, Domainname: old.Names.Domainname, Request: req,
	}, ports)
	if err != nil {
		return plan, false, err
	}
	plan = planned.Plan
	if err := s.checkNetwork(ctx, plan, s.c.ID); err != nil {
		return plan, false, err
	}
	return plan, true, wire.WritePlan(s.stateDir, plan)
}

// nameOfOwner is the name of a container by its name in address files.
func (j *joined) nameOfOwner(ctx context.Context, owner string) string {
	id, ours := strings.CutPrefix(owner, j.e.cfg.Namespace+"-")
	if !ours {
		return ""
	}
	others, err := j.e.known(ctx, j.l)
	if err != nil {
		return "" // then the message does without
	}
	for _, c := range others {
		if c.ID == id {
			return c.DisplayName()
		}
	}
	return ""
}

// sweepNetworks gives back what dead containers hold, and puts back the rules of living ones.
func (e *Engine) sweepNetworks(ctx context.Context, l *link, exists func(id string) bool) error {
	freed, err := native.Sweep(l.networks.Instance(), e.cfg.Namespace, exists)
	if freed.Bindings > 0 || len(freed.Addresses) > 0 {
		e.log.Info("sweep networks", "addresses", freed.Addresses, "ports", freed.Bindings)
	}
	var dirs []string
	for _, c := range e.hub.list() {
		dir := l.records.Dir(c.ID)
		if c.State.Alive() {
			dirs = append(dirs, dir)
			continue
		}
		err = errors.Join(err, native.ReleaseDead(ctx, dir, plugin.Runner{}))
	}
	return errors.Join(err, native.Repair(dirs))
}

// addNetworks adds what the container has on its networks: addresses while it runs, and its
// ports in either case.
func (e *Engine) addNetworks(l *link, c api.Container, r *container.InspectResponse) error {
	for _, p := range c.Ports {
		inside, err := mobynet.ParsePort(fmt.Sprintf("%d/%s", p.ContainerPort, p.Protocol))
		host, perr := netip.ParseAddr(p.HostIP)
		if err = errors.Join(err, perr); err != nil {
			return fmt.Errorf("read the container's ports: %w", err)
		}
		r.NetworkSettings.Ports[inside] = append(r.NetworkSettings.Ports[inside], mobynet.PortBinding{HostIP: host, HostPort: strconv.Itoa(int(p.HostPort))})
	}
	if !c.State.Alive() {
		return nil
	}
	lease, err := network.Read(l.records.Dir(c.ID))
	if err == nil && lease == nil && c.Owner == api.OwnerNerdctl {
		var noted wire.Lease
		noted, err = e.nerdctlNetworks(l, c)
		lease = &noted
	}
	if err != nil || lease == nil {
		return err
	}
	maps.Copy(r.NetworkSettings.Networks, network.Settings(*lease))
	return nil
}

// portText is a plan's ports in a few words.
func portText(ports []wire.Port) string {
	var all []string
	for _, p := range ports {
		all = append(all, p.String())
	}
	slices.Sort(all)
	return cmp.Or(strings.Join(all, ", "), "no ports")
}
