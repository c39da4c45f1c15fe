package engine

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"gantry/engine/api"
	"gantry/engine/daemon"
	"gantry/engine/network/wire"
	"gantry/engine/record"
)

// Down ends the embedded engine of a data root. Containers run on; when none does, the bridges
// and the rules of its networks go too, and the next start makes them anew.
func Down(ctx context.Context, cfg daemon.Config, ep daemon.Endpoint) error {
	if err := daemon.Down(ctx, cfg, ep); err != nil || ep.Kind != api.EngineEmbedded {
		return err
	}
	namespaces := map[string]bool{"": true}
	for _, dir := range []string{ep.NetworkDir(), filepath.Join(ep.RecordStore, "containers")} {
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, e := range entries {
			if e.IsDir() {
				namespaces[e.Name()] = true
			}
		}
	}
	var errs []error
	for ns := range namespaces {
		errs = append(errs, openNetworks(ep, record.Open(ep.RecordStore, ns), ns).Withdraw(ctx, func() bool { return connected(ep) }))
	}
	return errors.Join(errs...)
}

// connected reports whether a container of the engine that is on a network runs; when that
// cannot be told it may.
func connected(ep daemon.Endpoint) bool {
	dirs, err := filepath.Glob(filepath.Join(ep.RecordStore, "containers", "*", "*"))
	for _, dir := range dirs {
		l, lerr := wire.ReadLease(dir)
		if lerr == nil && l.Start.Alive() || lerr != nil && !errors.Is(lerr, fs.ErrNotExist) {
			return true
		}
	}
	return err != nil
}
