package daemon

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"gantry/engine/api"
)

// addressEnv is containerd's own variable for the socket.
const addressEnv = "CONTAINERD_ADDRESS"

// Choose decides which engine is used: the address that was asked for, else the engine
// remembered for this data root, else a serving containerd of the system, else ours. It
// changes nothing; Up remembers the choice once the engine serves.
//
// A remembered system engine that is down is an *api.UnavailableError with EngineDown:
// no second engine takes its place. The endpoint is filled as far as it is known even
// with an error.
func Choose(ctx context.Context, cfg Config) (Endpoint, error) {
	cfg = cfg.withDefaults()
	if a := cfg.asked(); a != "" {
		return cfg.chooseAddress(ctx, a)
	}
	last, err := readChoice(cfg.DataRoot)
	if err != nil {
		return Endpoint{DataRoot: absolute(cfg.DataRoot)}, err
	}
	switch {
	case cfg.Mode == Embedded, cfg.Mode == Auto && last.Kind == api.EngineEmbedded:
		return cfg.chooseEmbedded(ctx)
	case last.Kind == api.EngineSystem:
		return cfg.chooseRemembered(ctx, last.Address)
	}
	return cfg.chooseFresh(ctx)
}

// asked is the address that the user named, "" if none. A mode that was asked for
// counts more than the environment.
func (c Config) asked() string {
	if c.Address != "" {
		return c.Address
	}
	if c.Mode != Auto {
		return ""
	}
	return c.Getenv(addressEnv)
}

func (c Config) chooseAddress(ctx context.Context, address string) (Endpoint, error) {
	address = TrimScheme(address)
	if ours := newEndpoint(c, api.EngineEmbedded, ""); Resolve(address) == Resolve(ours.Address) {
		return c.chooseEmbedded(ctx)
	}
	ep := newEndpoint(c, api.EngineSystem, address)
	return ep, knock(ctx, address)
}

func (c Config) chooseEmbedded(ctx context.Context) (Endpoint, error) {
	ep := newEndpoint(c, api.EngineEmbedded, "")
	ep.Found = c.look(ctx, ep.Address)
	if c.euid() != 0 {
		return ep, &api.UnavailableError{Address: ep.Address, Cause: api.NotRoot}
	}
	return ep, nil
}

func (c Config) chooseRemembered(ctx context.Context, address string) (Endpoint, error) {
	ep := newEndpoint(c, api.EngineSystem, address)
	ep.Found = c.look(ctx, address)
	err := knock(ctx, address)
	var u *api.UnavailableError
	if errors.As(err, &u) && (u.Cause == api.NoSocket || u.Cause == api.Refused) {
		return ep, &api.UnavailableError{Address: address, Cause: api.EngineDown, Err: err,
			Detail: "it was used last time; start it, or choose another with --engine"}
	}
	return ep, err
}

// chooseFresh is the first choice for a data root.
func (c Config) chooseFresh(ctx context.Context) (Endpoint, error) {
	found := c.look(ctx, "")
	for _, f := range found {
		if f.Auto && f.Serving {
			ep := newEndpoint(c, api.EngineSystem, f.Address)
			ep.Found = without(found, f.Address)
			return ep, nil
		}
	}
	for _, f := range found {
		// A containerd that this user may not talk to is still the one of this host.
		var u *api.UnavailableError
		if f.Auto && errors.As(f.Err, &u) && u.Cause == api.Denied {
			if c.Mode != System && hidden(f.Address) {
				continue // not even known to be there: its folder is closed to this user
			}
			ep := newEndpoint(c, api.EngineSystem, f.Address)
			ep.Found = without(found, f.Address)
			return ep, f.Err
		}
	}
	if c.Mode == System {
		return c.noSystem(found)
	}
	return c.chooseEmbedded(ctx)
}

// hidden says that this user may not even know whether the socket is there.
func hidden(address string) bool {
	_, err := os.Lstat(address)
	return errors.Is(err, fs.ErrPermission)
}

// noSystem is the answer to --engine system on a host without one to be taken unasked.
func (c Config) noSystem(found []Found) (Endpoint, error) {
	address, names := "/run/containerd/containerd.sock", []string{}
	for _, s := range c.SystemSockets {
		if s.Auto {
			address = s.Address
			break
		}
	}
	for _, f := range found {
		if f.Serving {
			names = append(names, f.Name+"'s at "+f.Address)
		}
	}
	ep := newEndpoint(c, api.EngineSystem, address)
	ep.Found = found
	err := &api.UnavailableError{Address: address, Cause: api.NoSocket}
	if len(names) > 0 {
		err.Detail = "there is " + strings.Join(names, ", ") + "; name it with --address"
	}
	return ep, err
}

// look knocks at the known places, but for one.
func (c Config) look(ctx context.Context, chosen string) []Found {
	var found []Found
	for _, s := range c.SystemSockets {
		s.Address = TrimScheme(s.Address)
		if chosen != "" && Resolve(s.Address) == Resolve(chosen) {
			continue
		}
		err := knock(ctx, s.Address)
		var u *api.UnavailableError
		if errors.As(err, &u) && u.Cause == api.NoSocket {
			continue
		}
		found = append(found, Found{Candidate: s, Serving: err == nil, Err: err})
	}
	return found
}

func without(found []Found, address string) []Found {
	var rest []Found
	for _, f := range found {
		if f.Address != address {
			rest = append(rest, f)
		}
	}
	return rest
}
