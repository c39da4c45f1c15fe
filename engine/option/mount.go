package option

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/docker/go-units"
	"github.com/moby/moby/api/types/mount"

	"gantry/engine/api"
)

const mountForm = "write it like type=volume,source=data,target=/data"

// mountRow is the long way to say what --volume and --tmpfs say.
func mountRow() row {
	return row{
		Option: Option{
			Key: KeyMount, Label: "Mounts", Section: SectionStorage, Kind: KindText, Repeat: true, Form: true,
			Value: "mount", Example: "type=bind,source=/srv,target=/srv,readonly", Help: "Mount a volume, a directory of this host or memory, by names and values",
		},
		put: putMount,
		take: func(r *api.CreateRequest) (out []string) {
			for _, m := range r.HostConfig.Mounts {
				out = append(out, mountText(m))
			}
			return out
		},
	}
}

// mounting is one value of --mount under way.
type mounting struct {
	b *build
	m mount.Mount
	// what was given that only one type has: type → the first such name
	only map[mount.Type]string
}

func putMount(b *build, v string) {
	r := csv.NewReader(strings.NewReader(v))
	fields, err := r.Read()
	if err != nil || r.InputOffset() < int64(len(v)) {
		b.refuse("is not a list of names and values", mountForm)
		return
	}
	m := mounting{b: b, m: mount.Mount{Type: mount.TypeVolume}, only: map[mount.Type]string{}}
	for _, f := range fields {
		name, value, valued := strings.Cut(f, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !valued {
			if !slices.Contains([]string{"readonly", "ro", "volume-nocopy", "bind-nonrecursive", "bind-create-src"}, name) {
				b.refuse(fmt.Sprintf("has %q without a value", f), mountForm)
				return
			}
			value = "true"
		}
		if reason, fix := m.field(name, value); reason != "" {
			b.refuse(reason, fix)
			return
		}
	}
	if reason, fix := m.whole(); reason != "" {
		b.refuse(reason, fix)
		return
	}
	b.mountAt(m.m.Target)
	b.host.Mounts = append(b.host.Mounts, m.m)
}

// field reads one name and its value.
func (m *mounting) field(name, value string) (reason, fix string) {
	switch name {
	case "type":
		m.m.Type = mount.Type(strings.ToLower(value))
		return m.badType()
	case "source", "src":
		var problem string
		if m.m.Source, problem = m.b.source(value); problem != "" {
			return problem, "write the path in full"
		}
	case "target", "dst", "destination":
		m.m.Target, reason, _ = readTarget(value)
		return reason, mountForm
	case "readonly", "ro":
		return truth(name, value, &m.m.ReadOnly)
	case "consistency":
		m.m.Consistency = mount.Consistency(strings.ToLower(value))
		switch m.m.Consistency {
		case mount.ConsistencyFull, mount.ConsistencyCached, mount.ConsistencyDelegated, mount.ConsistencyDefault:
		default:
			return "has the consistency " + value + ", which there is not", "leave it out: it means nothing on Linux"
		}
	default:
		kind, _, _ := strings.Cut(name, "-")
		if t := mount.Type(kind); m.only[t] == "" {
			m.only[t] = name
		}
		switch kind {
		case "bind":
			return m.bind(name, value)
		case "volume":
			return m.volume(name, value)
		case "tmpfs":
			return m.tmpfs(name, value)
		}
		return fmt.Sprintf("has %q, which there is not", name), mountForm
	}
	return "", ""
}

func (m *mounting) badType() (reason, fix string) {
	const fix2 = "the types are volume, bind and tmpfs"
	switch m.m.Type {
	case mount.TypeVolume, mount.TypeBind, mount.TypeTmpfs:
		return "", ""
	case mount.TypeImage:
		return "images cannot be mounted yet", fix2
	case mount.TypeNamedPipe:
		return "named pipes exist on Windows only", fix2
	case mount.TypeCluster:
		return "cluster volumes exist in a swarm only", fix2
	}
	return fmt.Sprintf("has the type %q, which there is not", string(m.m.Type)), fix2
}

func truth(name, value string, to *bool) (reason, fix string) {
	v, err := strconv.ParseBool(value)
	if err != nil {
		return fmt.Sprintf("has %s=%s", name, value), "write true or false"
	}
	*to = v
	return "", ""
}

func (m *mounting) bind(name, value string) (reason, fix string) {
	if m.m.BindOptions == nil {
		m.m.BindOptions = &mount.BindOptions{}
	}
	o := m.m.BindOptions
	switch name {
	case "bind-propagation":
		if o.Propagation = mount.Propagation(strings.ToLower(value)); !slices.Contains(mount.Propagations, o.Propagation) {
			return "has the propagation " + value + ", which there is not", "write private, shared or slave, or one of these with an r before it"
		}
	case "bind-nonrecursive":
		return truth(name, value, &o.NonRecursive)
	case "bind-create-src":
		return truth(name, value, &o.CreateMountpoint)
	case "bind-recursive":
		switch value {
		case "enabled":
		case "disabled":
			o.NonRecursive = true
		case "writable":
			o.ReadOnlyNonRecursive = true
		case "readonly":
			o.ReadOnlyForceRecursive = true
		default:
			return "has bind-recursive=" + value, "write enabled, disabled, writable or readonly"
		}
	default:
		return fmt.Sprintf("has %q, which there is not", name), mountForm
	}
	return "", ""
}

func (m *mounting) volume(name, value string) (reason, fix string) {
	if m.m.VolumeOptions == nil {
		m.m.VolumeOptions = &mount.VolumeOptions{}
	}
	o := m.m.VolumeOptions
	switch name {
	case "volume-nocopy":
		return truth(name, value, &o.NoCopy)
	case "volume-subpath":
		o.Subpath = path.Clean(value)
		if path.IsAbs(value) || o.Subpath == ".." || strings.HasPrefix(o.Subpath, "../") || value == "" {
			return "has a volume-subpath that leads out of the volume", "write a path below the volume's root, like sub/dir"
		}
	case "volume-label":
		if o.Labels == nil {
			o.Labels = map[string]string{}
		}
		k, v, _ := strings.Cut(value, "=")
		if k == "" {
			return "has a label without a name", "write volume-label=name=value"
		}
		o.Labels[k] = v
	case "volume-driver":
		if value != "local" {
			return "has the driver " + value + ", which containerd has not", "local is the only one"
		}
		o.DriverConfig = &mount.Driver{Name: value}
	case "volume-opt":
		return "has volume-opt: options of drivers are not supported yet", "mount it on this host, and use type=bind"
	default:
		return fmt.Sprintf("has %q, which there is not", name), mountForm
	}
	return "", ""
}

func (m *mounting) tmpfs(name, value string) (reason, fix string) {
	if m.m.TmpfsOptions == nil {
		m.m.TmpfsOptions = &mount.TmpfsOptions{}
	}
	o := m.m.TmpfsOptions
	switch name {
	case "tmpfs-size":
		n, err := units.RAMInBytes(value)
		if err != nil || n < 0 {
			return "has tmpfs-size=" + value, "write it like 64m"
		}
		o.SizeBytes = n
	case "tmpfs-mode":
		n, err := strconv.ParseUint(value, 8, 32)
		if err != nil || n > 0o7777 {
			return "has tmpfs-mode=" + value, "write it in octal digits, like 1777"
		}
		o.Mode = fs.FileMode(n)
	default:
		return fmt.Sprintf("has %q, which there is not", name), mountForm
	}
	return "", ""
}

// whole applies the rules between the parts.
func (m *mounting) whole() (reason, fix string) {
	for _, t := range []mount.Type{mount.TypeBind, mount.TypeVolume, mount.TypeTmpfs} {
		if name := m.only[t]; name != "" && t != m.m.Type {
			return fmt.Sprintf("mixes %s with type=%s", name, m.m.Type), "leave it out, or write type=" + string(t)
		}
	}
	o := m.m.BindOptions
	switch {
	case m.m.Target == "":
		return "has no target", mountForm
	case m.m.Type == mount.TypeBind && !path.IsAbs(m.m.Source):
		return "needs the absolute path of a directory or file of this host as its source", "write source=/path"
	case m.m.Type == mount.TypeTmpfs && m.m.Source != "":
		return "has a source, which memory has not", "leave it out"
	case m.m.Type == mount.TypeVolume && m.m.Source != "" && !volumeName().MatchString(m.m.Source):
		if path.IsAbs(m.m.Source) {
			return "has a path as its source", "write type=bind for a directory of this host"
		}
		return "has a source that is not a volume's name", volumeNameFix
	case m.m.Type == mount.TypeVolume && m.m.Source == "" && m.m.VolumeOptions != nil && m.m.VolumeOptions.Subpath != "":
		return "has a subpath of a volume without a name, which is empty", "write source=name"
	case o != nil && (o.ReadOnlyForceRecursive || o.ReadOnlyNonRecursive) && !m.m.ReadOnly:
		return "has bind-recursive without being read-only", "add readonly"
	case o != nil && o.ReadOnlyForceRecursive && o.Propagation != mount.PropagationRPrivate:
		return "has bind-recursive=readonly without bind-propagation=rprivate", "add it"
	}
	if m.m.Type == mount.TypeBind {
		m.m.Source = path.Clean(m.m.Source)
	}
	return "", ""
}

// mountText is the value of --mount again.
func mountText(m mount.Mount) string {
	fields := []string{"type=" + string(m.Type)}
	add := func(name, value string) {
		if value != "" {
			fields = append(fields, name+"="+value)
		}
	}
	flag := func(name string, set bool) {
		if set {
			fields = append(fields, name)
		}
	}
	add("source", m.Source)
	add("target", m.Target)
	flag("readonly", m.ReadOnly)
	add("consistency", string(m.Consistency))
	if o := m.BindOptions; o != nil {
		add("bind-propagation", string(o.Propagation))
		flag("bind-nonrecursive", o.NonRecursive)
		flag("bind-create-src", o.CreateMountpoint)
		if o.ReadOnlyNonRecursive {
			add("bind-recursive", "writable")
		}
		if o.ReadOnlyForceRecursive {
			add("bind-recursive", "readonly")
		}
	}
	if o := m.VolumeOptions; o != nil {
		flag("volume-nocopy", o.NoCopy)
		for _, k := range slices.Sorted(maps.Keys(o.Labels)) {
			add("volume-label", k+"="+o.Labels[k])
		}
		if o.DriverConfig != nil {
			add("volume-driver", o.DriverConfig.Name)
		}
		add("volume-subpath", o.Subpath)
	}
	if o := m.TmpfsOptions; o != nil {
		if o.SizeBytes != 0 {
			add("tmpfs-size", strconv.FormatInt(o.SizeBytes, 10))
		}
		if o.Mode != 0 {
			add("tmpfs-mode", strconv.FormatUint(uint64(o.Mode), 8))
		}
	}
	var s strings.Builder
	w := csv.NewWriter(&s)
	// A strings.Builder takes everything.
	_ = w.Write(fields)
	w.Flush()
	return strings.TrimSuffix(s.String(), "\n")
}
