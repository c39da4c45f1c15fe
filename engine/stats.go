package engine

import (
	"context"
	"maps"

	"gantry/engine/api"
	"gantry/engine/task"
)

// Stats samples what containers have used, in one call to containerd: those with these IDs, or
// all when there are none. Containers that do not run are left out.
func (e *Engine) Stats(ctx context.Context, ids []string) (map[string]api.Sample, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, err
	}
	ctx = e.in(ctx)
	all, err := task.Metrics(ctx, l.client, ids)
	if err != nil {
		return nil, err
	}
	pids := e.hub.pids()
	host := uint64(max(l.facts.Host.MemoryTotal, 0))
	for id, s := range all {
		// Without a limit the kernel tells the largest number there is.
		if host > 0 && (s.MemoryLimit == 0 || s.MemoryLimit > host) {
			s.MemoryLimit = host
		}
		pid := pids[id]
		if pid == 0 { // started a moment ago, or not in the live list yet
			p, ok, err := task.Get(ctx, l.client, id)
			if err != nil {
				return nil, err
			}
			if ok {
				pid = p.Pid
			}
		}
		if pid != 0 {
			s.NetRx, s.NetTx, s.Net = task.Traffic(pid)
		}
		all[id] = s
	}
	return all, nil
}

// Usage is processor time and memory of Stats, and nothing else, for a screen that asks every
// other second: it is read on this host where that is possible, at no cost to containerd.
func (e *Engine) Usage(ctx context.Context, ids []string) (map[string]api.Sample, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, err
	}
	whole := e
	if e.whole != nil {
		whole = e.whole
	}
	pids := e.hub.pids()
	asked := make(map[string]uint32, len(ids))
	for _, id := range ids {
		if pid := pids[id]; pid != 0 {
			asked[id] = pid
		}
	}
	all := whole.meter.Read(asked)
	var rest []string
	for id := range asked {
		if _, ok := all[id]; !ok {
			rest = append(rest, id)
		}
	}
	if len(rest) == 0 {
		return all, nil
	}
	others, err := task.Metrics(e.in(ctx), l.client, rest)
	maps.Copy(all, others)
	return all, err
}

// pids are the processes of the containers that run, as the live list has them.
func (h *hub) pids() map[string]uint32 {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make(map[string]uint32, len(h.all))
	for id, c := range h.all {
		if c.State.Alive() {
			all[id] = c.Pid
		}
	}
	return all
}
