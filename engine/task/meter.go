package task

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/host"
)

// Meter reads what containers use out of the files of their cgroups on this host, which a
// screen that asks every other second can afford: it costs neither the server nor the shims
// anything, and a container that does nothing costs two short reads. The files of those that
// were asked for last stay open. The zero Meter is ready; it may be used from any goroutine.
type Meter struct {
	mu    sync.Mutex
	at    map[string]string // the hierarchies; nil until they are needed
	open  map[string]*gauge // by container
	bytes [meterBuffer]byte
}

// meterBuffer holds all of a memory.stat.
const meterBuffer = 16 << 10

// gauge is the open files of one container's cgroup.
type gauge struct {
	pid            uint32
	cpu, mem, stat int    // descriptors; -1: not open
	inactive       string // the line of stat with the file cache that the kernel would give up first
	micro          bool   // cpu counts microseconds, in its first line
	usage          uint64 // mem, when stat was read
	last           api.Sample
}

// Read samples processor time and memory of containers by their processes. Those that it
// cannot read, because they have ended or their cgroup is not found, are left out.
func (m *Meter) Read(pids map[string]uint32) map[string]api.Sample {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.open, func(id string, g *gauge) bool {
		pid, asked := pids[id]
		if asked && pid == g.pid {
			return false
		}
		g.close()
		return true
	})
	out := make(map[string]api.Sample, len(pids))
	for id, pid := range pids {
		g := m.open[id]
		if g == nil {
			if g = m.find(id, pid); g == nil {
				continue
			}
			m.open[id] = g
		}
		if !g.read(m.bytes[:]) {
			g.close()
			delete(m.open, id)
			continue
		}
		out[id] = g.last
	}
	return out
}

// Close closes all files.
func (m *Meter) Close() { m.Read(nil) }

// find opens the files of a container's cgroup; nil where they are not found.
func (m *Meter) find(id string, pid uint32) *gauge {
	if m.at == nil {
		at, err := host.Hierarchies()
		if err != nil {
			return nil
		}
		m.at, m.open = at, map[string]*gauge{}
	}
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(int(pid)) + "/cgroup")
	if err != nil {
		return nil
	}
	groups := groupsOf(string(raw), id)
	g := &gauge{pid: pid, cpu: -1, mem: -1, stat: -1}
	cpu, mem := m.at["cpuacct"], m.at["memory"]
	if cpu != "" && mem != "" {
		cpu, mem = filepath.Join(cpu, groups["cpuacct"], "cpuacct.usage"), filepath.Join(mem, groups["memory"], "memory.usage_in_bytes")
		g.inactive = "total_inactive_file "
		if groups["cpuacct"] == "" || groups["memory"] == "" {
			return nil
		}
	} else {
		if m.at[""] == "" || groups[""] == "" {
			return nil
		}
		dir := filepath.Join(m.at[""], groups[""])
		cpu, mem = filepath.Join(dir, "cpu.stat"), filepath.Join(dir, "memory.current")
		g.inactive, g.micro = "inactive_file ", true
	}
	for name, fd := range map[string]*int{cpu: &g.cpu, mem: &g.mem, filepath.Join(filepath.Dir(mem), "memory.stat"): &g.stat} {
		if *fd, err = unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
			*fd = -1
			g.close()
			return nil
		}
	}
	return g
}

// groupsOf reads /proc/PID/cgroup: the container's group by controller, "" for the unified
// hierarchy. A process may have moved into a group below its container's, so a group ends with
// the part that has the container's ID; one without is not the container's.
func groupsOf(cgroup, id string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(cgroup) {
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, _ := strings.Cut(rest, ":")
		_, below, ok := strings.Cut(group, id)
		if !ok {
			continue
		}
		part, _, _ := strings.Cut(below, "/")
		group = group[:len(group)-len(below)+len(part)]
		for c := range strings.SplitSeq(controllers, ",") {
			out[c] = group
		}
	}
	return out
}

// read takes a sample. While neither figure moves, nothing of the container has run, and what
// its memory consists of is as before.
func (g *gauge) read(buf []byte) bool {
	cpu, ok := number(g.cpu, buf)
	if !ok {
		return false
	}
	usage, ok := number(g.mem, buf)
	if !ok {
		return false
	}
	used := time.Duration(cpu)
	if g.micro {
		used *= time.Microsecond
	}
	if g.last.At.IsZero() || used != g.last.CPU || usage != g.usage {
		n, err := unix.Pread(g.stat, buf, 0)
		if err != nil {
			return false
		}
		_, line, found := bytes.Cut(append([]byte{'\n'}, buf[:n]...), []byte("\n"+g.inactive))
		inactive, ok := first(line)
		if !found || !ok {
			return false
		}
		g.usage, g.last.Memory = usage, less(usage, inactive)
	}
	g.last.At, g.last.CPU = time.Now(), used
	return true
}

// number is the first number of a file.
func number(fd int, buf []byte) (uint64, bool) {
	n, err := unix.Pread(fd, buf, 0)
	if err != nil {
		return 0, false
	}
	return first(bytes.TrimPrefix(buf[:n], []byte("usage_usec ")))
}

// first is the number that a text begins with.
func first(text []byte) (uint64, bool) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	n, err := strconv.ParseUint(string(line), 10, 64)
	return n, err == nil
}

func (g *gauge) close() {
	for _, fd := range []int{g.cpu, g.mem, g.stat} {
		if fd >= 0 {
			_ = unix.Close(fd) // it was only read
		}
	}
}
