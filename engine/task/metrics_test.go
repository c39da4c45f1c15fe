package task

import (
	"testing"
	"time"

	"github.com/containerd/cgroups/v3/cgroup1/stats"
	stats2 "github.com/containerd/cgroups/v3/cgroup2/stats"

	"gantry/engine/api"
)

func TestBothCgroupVersionsMakeTheSameSample(t *testing.T) {
	want := api.Sample{
		CPU: 3 * time.Second, Throttled: time.Millisecond, Memory: 70, MemoryLimit: 1000,
		Pids: 4, PidsLimit: 50, BlockRead: 11, BlockWrite: 7, OOMKills: 2,
	}
	v1 := &stats.Metrics{
		CPU:    &stats.CPUStat{Usage: &stats.CPUUsage{Total: 3e9}, Throttling: &stats.Throttle{ThrottledTime: 1e6}},
		Memory: &stats.MemoryStat{TotalInactiveFile: 30, InactiveFile: 5, Usage: &stats.MemoryEntry{Usage: 100, Limit: 1000}},
		Pids:   &stats.PidsStat{Current: 4, Limit: 50},
		Blkio: &stats.BlkIOStat{IoServiceBytesRecursive: []*stats.BlkIOEntry{
			{Op: "Read", Value: 10}, {Op: "read", Value: 1}, {Op: "Write", Value: 7}, {Op: "Sync", Value: 18}, {Op: "Total", Value: 18},
		}},
		MemoryOomControl: &stats.MemoryOomControl{OomKill: 2},
	}
	v2 := &stats2.Metrics{
		CPU:          &stats2.CPUStat{UsageUsec: 3e6, ThrottledUsec: 1e3},
		Memory:       &stats2.MemoryStat{Usage: 100, InactiveFile: 30, UsageLimit: 1000},
		Pids:         &stats2.PidsStat{Current: 4, Limit: 50},
		Io:           &stats2.IOStat{Usage: []*stats2.IOEntry{{Rbytes: 10, Wbytes: 3}, {Rbytes: 1, Wbytes: 4}}},
		MemoryEvents: &stats2.MemoryEvents{OomKill: 2},
	}
	for name, m := range map[string]any{"v1": v1, "v2": v2} {
		if got, ok := sample(m); !ok || got != want {
			t.Errorf("%s: %+v\nwant %+v", name, got, want)
		}
	}
	// A cgroup that counts nothing is a sample too.
	for _, m := range []any{&stats.Metrics{}, &stats2.Metrics{}} {
		if got, ok := sample(m); !ok || got != (api.Sample{}) {
			t.Errorf("empty: %+v, %v", got, ok)
		}
	}
	v2.Pids.Limit = 1<<64 - 1
	if got, _ := sample(v2); got.PidsLimit != 0 {
		t.Errorf("no limit of pids is %d", got.PidsLimit)
	}
}

func TestTrafficLeavesLoopbackOut(t *testing.T) {
	const dev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 999 9 0 0 0 0 0 0 999 9 0 0 0 0 0 0
  eth0:1200 3 0 0 0 0 0 0 340 2 0 0 0 0 0 0
  eth1: 7 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0
`
	if rx, tx := traffic(dev); rx != 1207 || tx != 341 {
		t.Errorf("rx %d, tx %d", rx, tx)
	}
}
