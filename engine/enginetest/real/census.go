package real

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tasksapi "github.com/containerd/containerd/api/services/tasks/v1"
	"github.com/containerd/containerd/v2/core/snapshots"
	"github.com/containerd/containerd/v2/pkg/namespaces"
)

// Census is all that a container may leave behind, by kind: "task", "shim", "container",
// "active snapshot", "committed snapshot", "lease", "ingest", "name", "state dir",
// "volume", "bundle", "runc state", "mount", "socket", "cgroup", "hosts", "address", "network",
// "port rule", "link", "netns".
type Census map[string][]string

// Snapshot counts what is there now. Sockets and cgroups are the whole engine's, and port rules,
// links and network namespaces are the host's; the rest is the namespace's.
func (e *Env) Snapshot(ctx context.Context) (Census, error) {
	ctx = namespaces.WithNamespace(ctx, e.Namespace)
	c := Census{}
	for _, count := range []func(context.Context, Census) error{e.runtimes, e.stores, e.files, e.mounts, e.wires} {
		if err := count(ctx, c); err != nil {
			return nil, err
		}
	}
	for _, found := range c {
		slices.Sort(found)
	}
	return c, nil
}

func (c Census) add(kind, what string) { c[kind] = append(c[kind], what) }

func (e *Env) runtimes(ctx context.Context, c Census) error {
	tasks, err := e.Client.TaskService().List(ctx, &tasksapi.ListTasksRequest{})
	if err != nil {
		return err
	}
	for _, t := range tasks.Tasks {
		c.add("task", t.ID)
	}
	for _, p := range shims(e.Endpoint.Address, e.Namespace) {
		c.add("shim", flagValue(p.argv, "-id")+fmt.Sprintf(" (pid %d)", p.pid))
	}
	boxes, err := e.Client.ContainerService().List(ctx)
	for _, b := range boxes {
		c.add("container", b.ID)
	}
	return err
}

func (e *Env) stores(ctx context.Context, c Census) error {
	err := e.Client.SnapshotService(e.Caps.Snapshotter).Walk(ctx, func(_ context.Context, i snapshots.Info) error {
		kind := "active snapshot"
		if i.Kind == snapshots.KindCommitted {
			kind = "committed snapshot"
		}
		c.add(kind, i.Name)
		return nil
	})
	if err != nil {
		return err
	}
	held, err := e.Client.LeasesService().List(ctx)
	if err != nil {
		return err
	}
	for _, l := range held {
		c.add("lease", l.ID)
	}
	active, err := e.Client.ContentStore().ListStatuses(ctx)
	for _, a := range active {
		c.add("ingest", a.Ref)
	}
	return err
}

// files are those that gantry, containerd, the shims and runc keep by namespace.
func (e *Env) files(_ context.Context, c Census) error {
	ep := e.Endpoint
	for kind, dir := range map[string]string{
		"name":       filepath.Join(ep.RecordStore, "names", e.Namespace),
		"state dir":  filepath.Join(ep.RecordStore, "containers", e.Namespace),
		"volume":     filepath.Join(ep.RecordStore, "volumes", e.Namespace),
		"hosts":      filepath.Join(ep.RecordStore, "etchosts", e.Namespace),
		"bundle":     filepath.Join(ep.StateDir, "containerd", "io.containerd.runtime.v2.task", e.Namespace),
		"runc state": filepath.Join(ep.RuncRoot, e.Namespace),
		"socket":     filepath.Join(ep.StateDir, "s"),
	} {
		entries, err := os.ReadDir(dir)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		for _, f := range entries {
			c.add(kind, f.Name())
		}
	}
	for _, dir := range cgroups(ep.CgroupParent) {
		if filepath.Base(dir) != filepath.Base(ep.CgroupParent) {
			c.add("cgroup", dir)
		}
	}
	return nil
}

// mounts leaves out those of other namespaces' containers.
func (e *Env) mounts(_ context.Context, c Census) error {
	const bundles = "/io.containerd.runtime.v2.task/"
	for _, root := range []string{e.Endpoint.DataRoot, e.Endpoint.StateDir} {
		points, err := mountsBelow(root)
		if err != nil {
			return err
		}
		for _, p := range points {
			_, of, ok := strings.Cut(p, bundles)
			if !ok || strings.HasPrefix(of, e.Namespace+"/") {
				c.add("mount", p)
			}
		}
	}
	return nil
}

// Without is the census but for some kinds.
func (c Census) Without(kinds ...string) Census {
	rest := maps.Clone(c)
	maps.DeleteFunc(rest, func(kind string, _ []string) bool { return slices.Contains(kinds, kind) })
	return rest
}

// Diff is what has come since before, a line each: "lease: 1234".
func (c Census) Diff(before Census) []string {
	var lines []string
	for _, kind := range slices.Sorted(maps.Keys(c)) {
		for _, what := range c[kind] {
			if !slices.Contains(before[kind], what) {
				lines = append(lines, kind+": "+what)
			}
		}
	}
	return lines
}

// Count is the census now; it fails the test if there can be none.
func Count(t testing.TB, e *Env) Census {
	t.Helper()
	c, err := e.Snapshot(context.Background())
	if err != nil {
		t.Fatalf("take a census: %v", err)
	}
	return c
}

// Leftovers fails the test when something is there that was not before, but for some
// kinds. Containerd's garbage collector and the kernel's unmounts take a moment and tell
// nobody, so it looks again for up to 20 s.
func Leftovers(t testing.TB, e *Env, before Census, without ...string) {
	t.Helper()
	var left []string
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if left = Count(t, e).Without(without...).Diff(before); len(left) == 0 {
			return
		}
	}
	for _, line := range left {
		t.Errorf("left behind: %s", line)
	}
}
