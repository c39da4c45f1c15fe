package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"gantry/engine/api"
	"gantry/engine/daemon"
)

// others knocks at the containerds of this host that were not chosen, and asks those that
// answer what they are.
func (e *examination) others(ctx context.Context) []api.Finding {
	const what = "other engines"
	cfg := e.Daemon
	// Choosing our own engine is how to hear of all others, whatever was asked for.
	cfg.Address, cfg.Mode = "", daemon.Embedded
	ep, err := daemon.Choose(ctx, cfg)
	var u *api.UnavailableError
	if err != nil && !errors.As(err, &u) {
		return nil // the engine's finding says so
	}
	chosen := daemon.Resolve(e.status.Endpoint.Address)
	found := slices.DeleteFunc(ep.Found, func(f daemon.Found) bool { return daemon.Resolve(f.Address) == chosen })
	if len(found) == 0 {
		return one(ok(what, "none found"))
	}
	out := make([]api.Finding, len(found))
	var wg sync.WaitGroup
	for i, f := range found {
		wg.Go(func() { out[i] = other(ctx, what, f) })
	}
	wg.Wait()
	return out
}

func other(ctx context.Context, what string, f daemon.Found) api.Finding {
	name := fmt.Sprintf("%s at %s: ", f.Name, f.Address)
	version, err := ask(ctx, f.Address)
	if err != nil {
		var u *api.UnavailableError
		switch errors.As(err, &u); {
		case u != nil && u.Cause == api.Denied:
			return note(what, name+"not for this user", "")
		case u != nil && u.Cause == api.Refused:
			return note(what, name+"a socket that nobody listens on", "")
		}
		return note(what, name+err.Error(), "")
	}
	return note(what, name+"containerd "+version+" serves", "to use it: --address "+f.Address)
}

// ask is the version of a containerd that serves.
func ask(ctx context.Context, address string) (version string, err error) {
	c, err := daemon.Dial(ctx, daemon.Endpoint{Address: address})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	v, err := c.Version(ctx)
	if err != nil {
		return "", fmt.Errorf("ask for its version: %w", err)
	}
	return strings.TrimPrefix(v.Version, "v"), nil
}
