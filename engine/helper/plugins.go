package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	netwire "gantry/engine/network/wire"
)

// byGantry has the gantry beside this helper run CNI plugins: what that takes would be in the
// memory of every logger. It is what package native asks for.
type byGantry struct{ program string }

// Add implements native.Plugins.
func (g byGantry) Add(ctx context.Context, p netwire.Plan, n netwire.Network, pid int) (e netwire.Endpoint, err error) {
	out, err := g.order(ctx, netwire.PluginOrder{Add: &netwire.PluginAdd{Plan: p, Network: n, Pid: pid}})
	if err == nil {
		err = json.Unmarshal(out, &e)
	}
	return e, err
}

// Del implements native.Plugins.
func (g byGantry) Del(ctx context.Context, l netwire.Lease, e netwire.Endpoint) error {
	_, err := g.order(ctx, netwire.PluginOrder{Del: &netwire.PluginDel{Lease: l, Endpoint: e}})
	return err
}

func (g byGantry) order(ctx context.Context, o netwire.PluginOrder) ([]byte, error) {
	o.Version = netwire.Version
	in, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	var out, said bytes.Buffer
	cmd := exec.CommandContext(ctx, g.program, netwire.PluginCommand()...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = "/", bytes.NewReader(in), &out, &said
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(said.String()); text != "" {
			return nil, errors.New(text)
		}
		return nil, fmt.Errorf("run %s for CNI plugins: %w", g.program, err)
	}
	return out.Bytes(), nil
}
