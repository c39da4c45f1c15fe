package option

import (
	"cmp"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gantry/engine/api"
)

// storage are the rows about what is mounted into the container.
func storage() []row {
	return []row{
		{
			Option: Option{
				Key: KeyVolume, Short: "v", Label: "Volumes", Section: SectionStorage, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "data:/var/lib/data", Help: "Mount a volume or a directory of this host: [name or path:]target[:ro,...]",
			},
			put: putVolume, take: takeVolumes, brief: true,
		},
		mountRow(),
		{
			Option: Option{
				Key: KeyTmpfs, Label: "Tmpfs", Section: SectionStorage, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "/tmp:size=64m", Help: "Mount memory that is empty at each start: target[:options]",
			},
			put: putTmpfs, take: takeTmpfs,
		},
		{
			Option: Option{
				Key: KeyVolumesFrom, Label: "Volumes from", Section: SectionStorage, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "web:ro", Help: "Mount what another container has mounted: container[:ro]",
			},
			put:  putVolumesFrom,
			take: func(r *api.CreateRequest) []string { return slices.Clone(r.HostConfig.VolumesFrom) },
		},
		{
			Option: Option{
				Key: KeyVolumeDriver, Label: "Volume driver", Section: SectionStorage, Kind: KindText,
				Value: "string", Example: "local", Help: "Driver of volumes that are made; local is the only one",
			},
			put: func(b *build, v string) {
				if v != "local" && v != "" {
					b.refuse("is not a driver that containerd has", "local is the only one")
					return
				}
				b.host.VolumeDriver = v
			},
			take: func(r *api.CreateRequest) []string { return text(r.HostConfig.VolumeDriver) },
		},
	}
}

// Bind is a value of --volume that has a source, read.
type Bind struct {
	Source       string // name of a volume, or absolute path on the host
	Target       string // absolute path in the container, clean
	Mode         string // the options as they were written
	ReadOnly     bool
	Forced       bool   // read-only for all mounts below it too, or not at all: nerdctl's rro
	NonRecursive bool   // mounts below it are left out: nerdctl's bind
	NoCopy       bool   // an empty volume is not filled from the image
	Propagation  string // "" is the default
	Relabel      bool   // SELinux: z or Z
}

// Named reports that the source is a volume's name.
func (b Bind) Named() bool { return !strings.HasPrefix(b.Source, "/") }

// targeted is where a value wants something mounted.
type targeted struct {
	key    Key
	index  int
	value  string
	target string
}

// volumeName is Docker's rule for names of volumes.
var volumeName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]+$`) })

const (
	volumeForm    = "write it like data:/target, /path:/target or /path:/target:ro"
	volumeNameFix = "letters, digits, _ . and -, two or more; a directory of this host begins with / or ./"
)

func putVolume(b *build, v string) {
	parts := strings.Split(v, ":")
	if len(parts) == 1 {
		target, reason, fix := readTarget(v)
		if reason != "" {
			b.refuse(reason, fix)
			return
		}
		b.mountAt(target)
		if b.config.Volumes == nil {
			b.config.Volumes = map[string]struct{}{}
		}
		b.config.Volumes[target] = struct{}{}
		return
	}
	source, problem := b.source(parts[0])
	if problem != "" {
		b.refuse(problem, "write the path in full")
		return
	}
	parts[0] = source
	bind, reason, fix := ReadBind(strings.Join(parts, ":"))
	if reason != "" {
		b.refuse(reason, fix)
		return
	}
	if bind.Relabel && b.facts.Host.SELinux {
		b.warn("its SELinux label is not changed yet", "chcon -Rt container_file_t "+bind.Source)
	}
	b.mountAt(bind.Target)
	b.host.Binds = append(b.host.Binds, bind.String())
}

// source makes a path absolute that is relative to where the caller stands, or at home.
func (b *build) source(s string) (abs, problem string) {
	switch {
	case s == "." || s == ".." || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../"):
		if b.facts.Host.Dir == "" {
			return "", "is relative to a directory that is not known"
		}
		return filepath.Join(b.facts.Host.Dir, s), ""
	case s == "~" || strings.HasPrefix(s, "~/"):
		for _, e := range slices.Backward(b.facts.Host.Env) {
			if home, ok := strings.CutPrefix(e, "HOME="); ok && path.IsAbs(home) && !strings.Contains(home, ":") {
				return filepath.Join(home, s[1:]), ""
			}
		}
		return "", "is below a home that is not known"
	}
	return s, ""
}

// ReadBind reads source:target[:options]; the reason is "" when it is right, and is followed by what
// to write instead when not.
func ReadBind(v string) (b Bind, reason, fix string) {
	parts := strings.Split(v, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return b, "has the wrong number of parts", volumeForm
	}
	b.Source = parts[0]
	switch {
	case b.Source == "":
		return b, "has nothing before the :", volumeForm
	case strings.HasPrefix(b.Source, "/"):
		b.Source = path.Clean(b.Source)
	case !volumeName().MatchString(b.Source):
		return b, "has a source that is neither a volume's name nor an absolute path", volumeNameFix
	}
	if b.Target, reason, fix = readTarget(parts[1]); reason != "" {
		return b, reason, fix
	}
	if len(parts) == 2 {
		return b, "", ""
	}
	b.Mode = parts[2]
	return b, b.readMode(), "the options are ro, rw, nocopy, z, Z, and private, shared or slave, with an r before each"
}

// readMode reads the options; each kind of them at most once.
func (b *Bind) readMode() (reason string) {
	seen := map[string]bool{}
	for o := range strings.SplitSeq(b.Mode, ",") {
		kind := o
		switch o {
		case "rw", "ro", "rro":
			kind = "access"
			b.ReadOnly, b.Forced = o != "rw", o == "rro"
		case "z", "Z":
			kind = "label"
			b.Relabel = true
		case "nocopy":
			b.NoCopy = true
		case "bind", "rbind":
			kind = "bind"
			b.NonRecursive = o == "bind"
		case "private", "rprivate", "shared", "rshared", "slave", "rslave":
			kind = "propagation"
			b.Propagation = o
		case "consistent", "cached", "delegated": // of Docker on other systems; means nothing here
			kind = "consistency"
		case "":
			return "has an empty option"
		default:
			return "has the option " + o + ", which there is not"
		}
		if seen[kind] {
			return "has two options of one kind: " + b.Mode
		}
		seen[kind] = true
	}
	switch {
	case b.Named() && b.Propagation != "":
		return "has propagation, which only directories of this host have"
	case !b.Named() && b.NoCopy:
		return "has nocopy, which only volumes have"
	case b.Forced && b.Propagation != "" && b.Propagation != "rprivate":
		return "has rro, which needs rprivate"
	}
	return ""
}

// String is the value of --volume again.
func (b Bind) String() string {
	s := b.Source + ":" + b.Target
	if b.Mode != "" {
		s += ":" + b.Mode
	}
	return s
}

// readTarget is an absolute path in the container.
func readTarget(v string) (target, reason, fix string) {
	switch {
	case !path.IsAbs(v):
		return "", "has a target that is not an absolute path", volumeForm
	case path.Clean(v) == "/":
		return "", "has the target /, which is the container's own", volumeForm
	}
	return path.Clean(v), "", ""
}

// mountAt notes the target of the value being read.
func (b *build) mountAt(target string) {
	b.targets = append(b.targets, targeted{b.key, b.index, b.value, target})
}

// takeVolumes gives volumes with a source first.
func takeVolumes(r *api.CreateRequest) []string {
	return append(slices.Clone(r.HostConfig.Binds), slices.Sorted(maps.Keys(r.Config.Volumes))...)
}

// tmpfsFlags are the flags that a tmpfs can be mounted with, tmpfsValues the options with a value.
const (
	tmpfsFlags = "ro rw suid nosuid dev nodev exec noexec sync async dirsync mand nomand atime noatime diratime " +
		"nodiratime relatime norelatime strictatime nostrictatime"
	tmpfsValues = "size mode uid gid nr_inodes nr_blocks mpol"
)

func putTmpfs(b *build, v string) {
	at, options, has := strings.Cut(v, ":")
	target, reason, fix := readTarget(at)
	if reason != "" {
		b.refuse(reason, "write it like /tmp:size=64m; "+strings.TrimPrefix(fix, volumeForm))
		return
	}
	for o := range strings.SplitSeq(options, ",") {
		name, value, valued := strings.Cut(o, "=")
		list := tmpfsFlags
		if valued {
			list = tmpfsValues
		}
		if o == "" && !strings.Contains(options, ",") {
			continue
		}
		if !slices.Contains(strings.Fields(list), name) || valued && value == "" {
			b.refuse("has the option "+cmp.Or(o, `""`)+", which a tmpfs has not", "for example size=64m, mode=1777, exec")
			return
		}
	}
	if !has || options == "" {
		options = ""
	}
	b.mountAt(target)
	if b.host.Tmpfs == nil {
		b.host.Tmpfs = map[string]string{}
	}
	b.host.Tmpfs[target] = options
}

func takeTmpfs(r *api.CreateRequest) (out []string) {
	for _, target := range slices.Sorted(maps.Keys(r.HostConfig.Tmpfs)) {
		if o := r.HostConfig.Tmpfs[target]; o != "" {
			target += ":" + o
		}
		out = append(out, target)
	}
	return out
}

func putVolumesFrom(b *build, v string) {
	name, mode, _ := strings.Cut(v, ":")
	switch {
	case !networkName().MatchString(name):
		b.refuse("names no container", "write it like web or web:ro")
	case mode != "" && mode != "ro" && mode != "rw":
		b.refuse("has the option "+mode+", which there is not", "the options are ro and rw")
	default:
		b.host.VolumesFrom = append(b.host.VolumesFrom, strings.TrimSuffix(v, ":"))
	}
}

// acrossMounts refuses two mounts at one place.
func (b *build) acrossMounts() {
	seen := map[string]targeted{}
	for _, t := range b.targets {
		if other, taken := seen[t.target]; taken {
			b.refuseAt(t.key, t.index, t.value, t.target+" has something mounted already: "+other.value, "choose another target")
			continue
		}
		seen[t.target] = t
	}
}
