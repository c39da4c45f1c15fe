// Package spec turns a request, an image's config and the facts of the host into the OCI
// runtime spec of a container, equal in effect to what Docker and nerdctl make of the
// same: Docker's capabilities, mounts, masked paths and seccomp profile, no limit on open
// files, new privileges allowed unless forbidden.
package spec

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/container"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
	"gantry/engine/host"
)

// version is the lowest that has all that is used (domainname came with 1.1): older
// runtimes than the one that gantry brings refuse what they do not know.
const version = "1.1.0"

// Input is what a spec is built from. Nothing else has an influence on the result but
// the running kernel's version, by which the seccomp profile goes.
type Input struct {
	Hostname string // final: the request's, the short ID, or the host's with its network
	Request  api.CreateRequest
	Image    ocispec.ImageConfig
	Host     host.Facts
	User     User
	// CgroupsPath in the notation of the runtime's cgroup driver; see CgroupsPath.
	CgroupsPath string
	// ResolvConf, Hosts and HostnameFile are files on the host that are mounted below
	// /etc; "" leaves the image's.
	ResolvConf, Hosts, HostnameFile string
	// Env comes from the client config (proxies): over the image's, under the request's.
	Env []string
	// Mounts are volumes, binds and tmpfs; one on the place of a standard mount replaces it.
	Mounts []specs.Mount
	// Namespaces are paths of namespaces to join ("container:" modes), by type.
	Namespaces map[specs.LinuxNamespaceType]string
	// Shm is where its /dev/shm lies on the host, when others have it too; "" makes one inside.
	Shm string
	// Labels are the container's labels; nerdctl's among them become annotations, which is
	// where hooks read them.
	Labels map[string]string
	Hooks  *specs.Hooks
	Init   string // the program on this host that is an init when the request wants one
	// AppArmor is the name of a loaded profile; "" runs without one.
	AppArmor string
	// SeccompNative leaves the architectures out that this kernel can also run (32-bit
	// programs): filters are built a fifth faster.
	SeccompNative bool
	// Capabilities are all that a privileged container gets; nil is HeldCapabilities.
	Capabilities []string
	// Devices are the host's devices for a privileged container; nil reads /dev.
	Devices []specs.LinuxDevice
	// CDI are the devices that vendors describe; nil when there are none.
	CDI *CDI `json:"-"`
	// Stat looks a device up that an option names; nil asks this host. Type is "b" or "c", or ""
	// for what is no device.
	Stat func(path string) (specs.LinuxDevice, error) `json:"-"`
}

// builder is an Input with its pointers made safe, and the spec under construction.
type builder struct {
	Input
	cfg  *container.Config
	host *container.HostConfig
	s    *specs.Spec
}

// Build makes the spec. What it cannot honour is an api.FieldErrors with all fields at once.
func Build(in Input) (*specs.Spec, error) {
	b := &builder{Input: in, cfg: in.Request.Config, host: in.Request.HostConfig}
	if b.cfg == nil {
		b.cfg = &container.Config{}
	}
	if b.host == nil {
		b.host = &container.HostConfig{}
	}
	b.s = &specs.Spec{Version: version, Hooks: in.Hooks, Linux: &specs.Linux{CgroupsPath: in.CgroupsPath}}
	b.s.Root = &specs.Root{Path: "rootfs", Readonly: b.host.ReadonlyRootfs}

	var errs api.FieldErrors
	for _, part := range []func() error{
		b.process, b.capabilities, b.namespaces, b.mounts, b.resources, b.devices, b.paths,
		b.security, // the seccomp profile depends on the capabilities
		b.inject,   // last: it changes what is there
	} {
		if err := part(); err != nil {
			fields, ok := errors.AsType[api.FieldErrors](err)
			if !ok {
				return nil, err
			}
			errs = append(errs, fields...)
		}
	}
	if len(errs) > 0 {
		return nil, errs
	}
	b.s.Annotations = b.annotations()
	return b.s, nil
}

// process is the container's first process, without its capabilities.
func (b *builder) process() error {
	args, err := Args(b.cfg, b.Image)
	if b.wantsInit() && err == nil {
		args = underInit(args)
	}
	cwd, cerr := workingDir(b.cfg, b.Image)
	p := &specs.Process{
		Args: args, Cwd: cwd, Env: b.env(), Terminal: b.cfg.Tty,
		User: specs.User{UID: b.User.UID, GID: b.User.GID, AdditionalGids: b.User.Groups, Umask: b.host.Umask},
		// Never the shim's, which containerd's unit file may have set to "never kill".
		OOMScoreAdj: new(b.host.OomScoreAdj),
	}
	if h, w := b.host.ConsoleSize[0], b.host.ConsoleSize[1]; b.cfg.Tty && h > 0 && w > 0 {
		p.ConsoleSize = &specs.Box{Height: h, Width: w}
	}
	for _, u := range b.host.Ulimits {
		p.Rlimits = append(p.Rlimits, specs.POSIXRlimit{
			Type: "RLIMIT_" + strings.ToUpper(u.Name), Soft: uint64(u.Soft), Hard: uint64(u.Hard), // -1 is unlimited
		})
	}
	b.s.Process = p
	return joinFields(err, cerr)
}

// annotations are nerdctl's labels, the domain name and what the user asked for.
func (b *builder) annotations() map[string]string {
	m := maps.Clone(b.host.Annotations)
	if m == nil {
		m = map[string]string{}
	}
	for k, v := range b.Labels {
		if strings.HasPrefix(k, "nerdctl/") {
			m[k] = v
		}
	}
	m["nerdctl/domainname"] = b.cfg.Domainname
	return m
}

// sysctls: ports below 1024 and pings are open to everybody in a network of the container's own.
func (b *builder) sysctls() map[string]string {
	if mode := b.host.NetworkMode; mode.IsHost() || mode.IsContainer() {
		return b.host.Sysctls
	}
	m := map[string]string{"net.ipv4.ip_unprivileged_port_start": "0", "net.ipv4.ping_group_range": "0 2147483647"}
	maps.Copy(m, b.host.Sysctls)
	return m
}

// joinFields puts field errors together; any other error wins over them.
func joinFields(errs ...error) error {
	var all api.FieldErrors
	for _, err := range errs {
		fields, ok := errors.AsType[api.FieldErrors](err)
		if err != nil && !ok {
			return err
		}
		all = append(all, fields...)
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b api.FieldError) int { return cmp.Compare(a.Field, b.Field) })
	return all
}

func refuse(field string, index int, value, reason string) api.FieldErrors {
	return api.FieldErrors{{Field: field, Index: index, Value: value, Reason: reason}}
}
