package spec

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// defaultShm is Docker's size of /dev/shm in bytes.
const defaultShm = 64 << 20

// mounts are Docker's standard ones, then what the request asks for and the files below
// /etc, parents before children.
func (b *builder) mounts() error {
	more := append(slices.Clone(b.Mounts), b.files()...)
	if b.wantsInit() {
		more = append(more, b.initMount())
	}
	slices.SortStableFunc(more, func(x, y specs.Mount) int { return depth(x) - depth(y) })
	taken := map[string]bool{}
	var own []specs.Mount
	for _, m := range more {
		// The user's own stands before a file of ours at the same place.
		if at := path.Clean(m.Destination); !taken[at] {
			taken[at] = true
			own = append(own, m)
		}
	}
	for _, m := range b.standard() {
		if !taken[m.Destination] && !(taken["/dev"] && strings.HasPrefix(m.Destination, "/dev/")) {
			b.s.Mounts = append(b.s.Mounts, m)
		}
	}
	b.s.Mounts = append(b.s.Mounts, own...)
	b.s.Linux.RootfsPropagation = propagation(own)
	return nil
}

// propagation is how the container's root must be mounted so that mounts of the host's can be
// shared with it; "" where none is.
func propagation(mounts []specs.Mount) string {
	with := ""
	for _, m := range mounts {
		switch {
		case slices.Contains(m.Options, "shared") || slices.Contains(m.Options, "rshared"):
			return "shared"
		case slices.Contains(m.Options, "slave") || slices.Contains(m.Options, "rslave"):
			with = "rslave"
		}
	}
	return with
}

func (b *builder) standard() []specs.Mount {
	mounts := []specs.Mount{
		{Destination: "/proc", Type: "proc", Source: "proc", Options: []string{"nosuid", "noexec", "nodev"}},
		{Destination: "/dev", Type: "tmpfs", Source: "tmpfs", Options: []string{"nosuid", "strictatime", "mode=755", "size=65536k"}},
		{Destination: "/dev/pts", Type: "devpts", Source: "devpts", Options: []string{"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}},
	}
	mounts = append(mounts, b.ipcMounts()...)
	access := "ro"
	if b.host.Privileged {
		access = "rw"
	}
	groups := access
	if b.securityOn("writable-cgroups") {
		groups = "rw"
	}
	return append(mounts,
		specs.Mount{Destination: "/sys", Type: "sysfs", Source: "sysfs", Options: []string{"nosuid", "noexec", "nodev", access}},
		specs.Mount{Destination: "/sys/fs/cgroup", Type: "cgroup", Source: "cgroup", Options: []string{groups, "nosuid", "noexec", "nodev"}},
	)
}

// ipcMounts: a message queue file system shows the queues of the IPC namespace that it is
// mounted in, so only the shared memory of the host needs binding.
func (b *builder) ipcMounts() []specs.Mount {
	size := b.host.ShmSize
	if size <= 0 {
		size = defaultShm
	}
	shm := specs.Mount{Destination: "/dev/shm", Type: "tmpfs", Source: "shm",
		Options: []string{"nosuid", "noexec", "nodev", "mode=1777", fmt.Sprintf("size=%dk", (size+1023)/1024)}}
	queue := specs.Mount{Destination: "/dev/mqueue", Type: "mqueue", Source: "mqueue", Options: []string{"nosuid", "noexec", "nodev"}}
	switch {
	case b.host.IpcMode.IsNone():
		return []specs.Mount{queue}
	case b.Shm != "":
		shm = bind(b.Shm, "/dev/shm") // with the flags that it is mounted with
	case b.host.IpcMode.IsHost():
		shm = bind("/dev/shm", "/dev/shm")
	}
	return []specs.Mount{shm, queue}
}

// files are the files below /etc that gantry keeps; with --read-only they are so too.
func (b *builder) files() []specs.Mount {
	var out []specs.Mount
	for _, f := range [][2]string{{"/etc/resolv.conf", b.ResolvConf}, {"/etc/hosts", b.Hosts}, {"/etc/hostname", b.HostnameFile}} {
		if f[1] == "" {
			continue
		}
		m := bind(f[1], f[0])
		if b.host.ReadonlyRootfs {
			m.Options = append(m.Options, "ro")
		}
		out = append(out, m)
	}
	return out
}

func bind(src, dst string, options ...string) specs.Mount {
	return specs.Mount{Destination: dst, Type: "bind", Source: src, Options: append([]string{"bind", "rprivate"}, options...)}
}

func depth(m specs.Mount) int { return strings.Count(path.Clean(m.Destination), "/") }
