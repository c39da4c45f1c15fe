package task

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/containerd/cgroups/v3/cgroup1/stats"
	stats2 "github.com/containerd/cgroups/v3/cgroup2/stats"
	"github.com/containerd/containerd/api/services/tasks/v1"
	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/errdefs/pkg/errgrpc"
	"github.com/containerd/typeurl/v2"

	"gantry/engine/api"
)

// Metrics samples the tasks of ctx's namespace with these IDs, or all of them, in one call.
// What cannot be sampled, because it has just ended, is left out. Traffic is not among it: the
// kernel does not count it by cgroup.
func Metrics(ctx context.Context, c *client.Client, ids []string) (map[string]api.Sample, error) {
	req := &tasks.MetricsRequest{}
	for _, id := range ids {
		req.Filters = append(req.Filters, "id=="+strconv.Quote(id))
	}
	began := time.Now()
	resp, err := c.TaskService().Metrics(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", errgrpc.ToNative(err))
	}
	took := time.Since(began)
	all := make(map[string]api.Sample, len(resp.Metrics))
	for _, m := range resp.Metrics {
		if m.Data == nil {
			continue
		}
		v, err := typeurl.UnmarshalAny(m.Data)
		if err != nil {
			return nil, fmt.Errorf("read the metrics of %s: %w", m.ID, err)
		}
		s, ok := sample(v)
		if !ok {
			return nil, fmt.Errorf("read the metrics of %s: %s is not known", m.ID, m.Data.GetTypeUrl())
		}
		// Many are sampled one after the other. The server says when, by a clock that may be set.
		s.At = began.Add(min(max(m.Timestamp.AsTime().Sub(began), 0), took))
		all[m.ID] = s
	}
	return all, nil
}

// sample reads what the shims of either cgroup version say.
func sample(v any) (api.Sample, bool) {
	switch m := v.(type) {
	case *stats.Metrics:
		return sampleV1(m), true
	case *stats2.Metrics:
		return sampleV2(m), true
	}
	return api.Sample{}, false
}

func sampleV1(m *stats.Metrics) api.Sample {
	mem := m.GetMemory()
	s := api.Sample{
		CPU:         time.Duration(m.GetCPU().GetUsage().GetTotal()),
		Throttled:   time.Duration(m.GetCPU().GetThrottling().GetThrottledTime()),
		Memory:      less(mem.GetUsage().GetUsage(), mem.GetTotalInactiveFile()),
		MemoryLimit: mem.GetUsage().GetLimit(),
		Pids:        m.GetPids().GetCurrent(), PidsLimit: m.GetPids().GetLimit(),
		OOMKills: m.GetMemoryOomControl().GetOomKill(),
	}
	for _, e := range m.GetBlkio().GetIoServiceBytesRecursive() {
		switch strings.ToLower(e.Op) {
		case "read":
			s.BlockRead += e.Value
		case "write":
			s.BlockWrite += e.Value
		}
	}
	return s
}

func sampleV2(m *stats2.Metrics) api.Sample {
	s := api.Sample{
		CPU:         time.Duration(m.GetCPU().GetUsageUsec()) * time.Microsecond,
		Throttled:   time.Duration(m.GetCPU().GetThrottledUsec()) * time.Microsecond,
		Memory:      less(m.GetMemory().GetUsage(), m.GetMemory().GetInactiveFile()),
		MemoryLimit: m.GetMemory().GetUsageLimit(),
		Pids:        m.GetPids().GetCurrent(), PidsLimit: m.GetPids().GetLimit(),
		OOMKills: m.GetMemoryEvents().GetOomKill(),
	}
	if s.PidsLimit == 1<<64-1 { // "max"
		s.PidsLimit = 0
	}
	for _, e := range m.GetIo().GetUsage() {
		s.BlockRead += e.Rbytes
		s.BlockWrite += e.Wbytes
	}
	return s
}

// less is a without b, if b is a part of it.
func less(a, b uint64) uint64 {
	if b < a {
		return a - b
	}
	return a
}

// Traffic is what the network of a process has received and sent, loopback apart. It is not ok
// for a process that has this host's network, or has ended.
func Traffic(pid uint32) (rx, tx uint64, ok bool) {
	dir := filepath.Join("/proc", strconv.Itoa(int(pid)))
	own, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return 0, 0, false
	}
	if its, err := os.Readlink(filepath.Join(dir, "ns", "net")); err != nil || its == own {
		return 0, 0, false
	}
	raw, err := os.ReadFile(filepath.Join(dir, "net", "dev"))
	if err != nil {
		return 0, 0, false
	}
	rx, tx = traffic(string(raw))
	return rx, tx, true
}

// traffic adds up the lines of /proc/PID/net/dev.
func traffic(dev string) (rx, tx uint64) {
	const received, sent = 0, 8
	for line := range strings.Lines(dev) {
		name, rest, ok := strings.Cut(line, ":")
		fields := strings.Fields(rest)
		if !ok || strings.TrimSpace(name) == "lo" || len(fields) <= sent {
			continue
		}
		r, rerr := strconv.ParseUint(fields[received], 10, 64)
		t, terr := strconv.ParseUint(fields[sent], 10, 64)
		if rerr != nil || terr != nil {
			continue // the heading
		}
		rx, tx = rx+r, tx+t
	}
	return rx, tx
}
