package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/containerd/containerd/v2/core/containers"
	"github.com/containerd/typeurl/v2"
	"github.com/moby/moby/api/types/container"
	specs "github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/engine/record"
)

// nowhere is the process of a namespace that is to be found at the start: there is none of that
// number, so whatever else starts the container fails and puts it nowhere it does not belong.
const nowhere = "/proc/0/ns/"

// findSpaces finds the containers whose PIDs or IPC are asked for, and notes their IDs in the
// request: a name may be another one's tomorrow. Only who starts at once needs them to run.
func (c *creation) findSpaces(ctx context.Context, starts bool) error {
	host := *c.req.HostConfig
	var errs api.FieldErrors
	for _, s := range []struct {
		field string
		mode  *string
	}{{"pid", (*string)(&host.PidMode)}, {"ipc", (*string)(&host.IpcMode)}} {
		name, ok := strings.CutPrefix(*s.mode, "container:")
		if !ok {
			continue
		}
		other, err := c.e.findOn(ctx, c.l, name)
		flaw := api.FieldError{Field: s.field, Value: *s.mode}
		switch {
		case isNotFound(err, "container"):
			flaw.Reason, flaw.Fix = "there is no such container", "name one that is there"
			errs = append(errs, flaw)
			continue
		case err != nil:
			return err
		case starts && !other.State.Alive():
			flaw.Reason, flaw.Fix = fmt.Sprintf("the container %s is not running", other.DisplayName()), "start it first"
			errs = append(errs, flaw)
			continue
		}
		if s.field == "ipc" {
			info, err := c.e.labels(ctx, c.l, other.ID)
			if err != nil {
				return err
			}
			if c.shm = info.IPC.Shm(); c.shm == "" {
				flaw.Reason, flaw.Fix = fmt.Sprintf("the container %s does not share its IPC", other.DisplayName()), "make that one with --ipc shareable"
				errs = append(errs, flaw)
			}
		}
		*s.mode = "container:" + other.ID
	}
	if len(errs) > 0 {
		return errs
	}
	c.req.HostConfig = &host
	return nil
}

// spaces are the namespaces to join; which ones they are is found at each start.
func spaces(host *container.HostConfig) map[specs.LinuxNamespaceType]string {
	out := map[specs.LinuxNamespaceType]string{}
	if host.PidMode.IsContainer() {
		out[specs.PIDNamespace] = nowhere + "pid"
	}
	if host.IpcMode.IsContainer() {
		out[specs.IPCNamespace] = nowhere + "ipc"
	}
	return out
}

// joins are all namespaces of others that the container is to have.
func (c *creation) joins() map[specs.LinuxNamespaceType]string {
	out := spaces(c.req.HostConfig)
	maps.Copy(out, c.namespaces())
	return out
}

// sharedMemory is where the container's /dev/shm lies on this host; "" when it has one of its own inside.
func (c *creation) sharedMemory() string {
	if c.req.HostConfig.IpcMode.IsShareable() {
		return filepath.Join(c.l.records.Dir(c.id), record.ShmDir)
	}
	return c.shm
}

// rejoin puts the namespaces of other containers into the spec as they are now, and mounts the
// shared memory that others may join.
func (s *starting) rejoin(ctx context.Context, sc *path.Scope) error {
	ipc := s.info.IPC
	if ipc.Mode == record.IPCShareable && ipc.HostShmPath == filepath.Join(s.stateDir, record.ShmDir) {
		if err := s.mountShm(ctx, sc, ipc.HostShmPath); err != nil {
			return err
		}
	}
	var errs api.FieldErrors
	now := map[specs.LinuxNamespaceType]string{}
	for _, j := range []struct {
		kind      specs.LinuxNamespaceType
		field, id string
	}{{specs.PIDNamespace, "pid", s.info.PIDContainer}, {specs.IPCNamespace, "ipc", ipc.Victim}} {
		if j.id == "" {
			continue
		}
		other, ok, err := s.e.load(ctx, s.l, j.id)
		flaw := api.FieldError{Field: j.field, Value: "container:" + api.ShortID(j.id)}
		switch {
		case err != nil:
			return err
		case !ok:
			flaw.Reason, flaw.Fix = "that container is gone", "make this one anew"
			errs = append(errs, flaw)
		case !other.State.Alive() || other.Pid == 0:
			flaw.Reason, flaw.Fix = fmt.Sprintf("the container %s is not running", other.DisplayName()), "start it first"
			errs = append(errs, flaw)
		default:
			now[j.kind] = fmt.Sprintf("/proc/%d/ns/%s", other.Pid, j.field)
		}
	}
	switch {
	case len(errs) > 0:
		return errs
	case len(now) == 0:
		return nil
	}
	return s.joinSpaces(ctx, now)
}

// joinSpaces writes the paths of namespaces into the container's spec.
func (s *starting) joinSpaces(ctx context.Context, paths map[specs.LinuxNamespaceType]string) error {
	sp, err := s.box.Spec(ctx)
	if err != nil {
		return fmt.Errorf("read spec: %w", err)
	}
	for i, n := range sp.Linux.Namespaces {
		if p := paths[n.Type]; p != "" {
			sp.Linux.Namespaces[i].Path = p
		}
	}
	rec := containers.Container{ID: s.c.ID}
	if rec.Spec, err = typeurl.MarshalAny(sp); err == nil {
		_, err = s.l.client.ContainerService().Update(ctx, rec, "spec")
	}
	if err != nil {
		return fmt.Errorf("put the namespaces that it joins into the spec: %w", err)
	}
	return nil
}

// mountShm makes an empty /dev/shm for the container and those that join it.
func (s *starting) mountShm(ctx context.Context, sc *path.Scope, dir string) error {
	unmountShm(s.stateDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	data := "mode=1777,size=" + s.info.IPC.ShmSize
	if err := unix.Mount("shm", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NOEXEC|unix.MS_NODEV, data); err != nil {
		return fmt.Errorf("mount the shared memory: %w", err)
	}
	sc.Undo("unmount the shared memory", func(context.Context) error { unmountShm(s.stateDir); return nil })
	return nil
}

// unmountShm takes away what mountShm has made, if anything: its memory stays as long as somebody
// has it open.
func unmountShm(stateDir string) {
	for !errors.Is(unix.Unmount(filepath.Join(stateDir, record.ShmDir), unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW), unix.EINVAL) {
		if _, err := os.Lstat(filepath.Join(stateDir, record.ShmDir)); err != nil {
			return
		}
	}
}
