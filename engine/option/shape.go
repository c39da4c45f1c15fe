package option

import (
	"slices"
	"strings"
)

// shape is how the values of an option fall into parts.
type shape struct {
	parts    []Part
	apart    func(v string) ([]string, bool)
	together func(parts []string) string
	// same reports whether two ways of writing a value mean the same; only such a value is
	// taken apart.
	same func(a, b string) bool
}

func shapeOf(k Key) (shape, bool) {
	s := shape{same: func(a, b string) bool { return a == b }}
	switch k {
	case KeyPublish:
		return publishShape(s), true
	case KeyMount:
		return mountShape(s), true
	case KeyEnv:
		return envShape(s), true
	case KeyVolume:
		return volumeShape(s), true
	case KeyTmpfs:
		return s.listed(":", Part{Label: "In the container", Example: "/tmp", Help: "Absolute path in the container"},
			Part{Label: "Options", Example: "size=64m,mode=1777", Help: "size, mode, uid, gid, ro, noexec and the like, with commas"}), true
	case KeyVolumesFrom:
		return s.listed(":", Part{Label: "Container", Example: "web", Help: "Container whose mounts this one has too", Fill: FillContainer},
			Part{Label: "Access", Example: "ro", Help: "ro: they cannot be written to"}), true
	case "add-host":
		return s.listed(":", Part{Label: "Name", Example: "db.local", Help: "Name in the container's /etc/hosts"},
			Part{Label: "Address", Example: "10.0.0.7", Help: "Its address; host-gateway is this host"}), true
	case "device":
		return s.listed(":", Part{Label: "On this host", Example: "/dev/ttyUSB0", Help: "Device of this host, or a CDI name", Fill: FillDevice},
			Part{Label: "In the container", Example: "/dev/tty0", Help: "The same path when not given"},
			Part{Label: "Access", Example: "rwm", Help: "r read, w write, m make; all when not given"}), true
	case "device-read-bps", "device-write-bps":
		return s.listed(":", Part{Label: "Device", Example: "/dev/sda", Help: "Device of this host", Fill: FillPath},
			Part{Label: "Bytes a second", Example: "10mb", Help: "Most bytes a second"}), true
	case "device-read-iops", "device-write-iops":
		return s.listed(":", Part{Label: "Device", Example: "/dev/sda", Help: "Device of this host", Fill: FillPath},
			Part{Label: "Operations a second", Example: "1000", Help: "Most operations a second"}), true
	case "blkio-weight-device":
		return s.listed(":", Part{Label: "Device", Example: "/dev/sda", Help: "Device of this host", Fill: FillPath},
			Part{Label: "Weight", Example: "200", Help: "From 10 to 1000"}), true
	case "link":
		return s.listed(":", Part{Label: "Container", Example: "db", Help: "Container to be reached", Fill: FillContainer},
			Part{Label: "Alias", Example: "database", Help: "Name for it in this container"}), true
	case "ulimit":
		return ulimitShape(s), true
	case KeyLabel, "annotation", "sysctl", "log-opt", "storage-opt":
		return s.listed("=", Part{Label: "Name", Example: exampleName(k), Help: "What stands before the ="},
			Part{Label: "Value", Example: exampleValue(k), Help: "What stands behind the ="}), true
	}
	return shape{}, false
}

func exampleName(k Key) string {
	i, ok := index[k]
	if !ok {
		return "name"
	}
	name, _, _ := strings.Cut(rows[i].Example, "=")
	return name
}

func exampleValue(k Key) string {
	i, ok := index[k]
	if !ok {
		return "value"
	}
	_, value, _ := strings.Cut(rows[i].Example, "=")
	return value
}

// listed is a shape of parts between separators; what is not given at the end is left out.
// The last part takes all that is left.
func (s shape) listed(sep string, parts ...Part) shape {
	s.parts = parts
	s.apart = func(v string) ([]string, bool) {
		out := strings.SplitN(v, sep, len(parts))
		for len(out) < len(parts) {
			out = append(out, "")
		}
		return out, true
	}
	s.together = func(p []string) string {
		last := len(p)
		for last > 1 && p[last-1] == "" {
			last--
		}
		return strings.Join(p[:last], sep)
	}
	return s
}

func publishShape(s shape) shape {
	s.parts = []Part{
		{Label: "Host address", Example: "127.0.0.1", Help: "Address of this host; every one when not given"},
		{Label: "Host port", Example: "8080", Help: "Port or range of this host; a free one is chosen when not given"},
		{Label: "Container port", Example: "80", Help: "Port or range that the program in the container listens on"},
		{Label: "Protocol", Choices: []string{"tcp", "udp", "sctp"}, Help: "How it is spoken to"},
	}
	s.apart = func(v string) ([]string, bool) {
		rest, protocol, _ := strings.Cut(v, "/")
		out := []string{"", "", rest, protocol}
		if i := strings.LastIndexByte(rest, ':'); i >= 0 {
			out[1], out[2] = rest[:i], rest[i+1:]
		}
		if i := strings.LastIndexByte(out[1], ':'); i >= 0 {
			out[0], out[1] = strings.Trim(out[1][:i], "[]"), out[1][i+1:]
		}
		return out, true
	}
	s.together = func(p []string) string {
		v := p[2]
		address := p[0]
		if strings.Contains(address, ":") {
			address = "[" + address + "]"
		}
		switch {
		case address != "":
			v = address + ":" + p[1] + ":" + v
		case p[1] != "":
			v = p[1] + ":" + v
		}
		if p[3] != "" && p[3] != "tcp" {
			v += "/" + p[3]
		}
		return v
	}
	s.same = func(a, b string) bool { return strings.TrimSuffix(a, "/tcp") == b }
	return s
}

// envShape tells a value that is written down from one that is the caller's.
func envShape(s shape) shape {
	const here, host = "as written", "of this host"
	s.parts = []Part{
		{Label: "Name", Example: "POSTGRES_PASSWORD", Help: "Name of the variable", Fill: FillEnv},
		{Label: "Value is", Choices: []string{here, host}, Help: "Written below, or taken from gantry's own environment"},
		{Label: "Value", Example: "secret", Help: "What it is; may be empty"},
	}
	s.apart = func(v string) ([]string, bool) {
		name, value, given := strings.Cut(v, "=")
		if !given {
			return []string{name, host, ""}, true
		}
		return []string{name, here, value}, true
	}
	s.together = func(p []string) string {
		if p[1] == host {
			return p[0]
		}
		return p[0] + "=" + p[2]
	}
	return s
}

func volumeShape(s shape) shape {
	s.parts = []Part{
		{Label: "Source", Example: "data", Help: "A volume's name or a path of this host; a new volume without a name when not given", Fill: FillVolume},
		{Label: "In the container", Example: "/var/lib/data", Help: "Absolute path in the container"},
		{Label: "Options", Example: "ro", Help: "ro, nocopy, z, Z, shared, slave, private, with commas"},
	}
	s.apart = func(v string) ([]string, bool) {
		parts := strings.Split(v, ":")
		switch len(parts) {
		case 1:
			return []string{"", parts[0], ""}, true
		case 2:
			return append(parts, ""), true
		}
		return parts, len(parts) == 3
	}
	s.together = func(p []string) string {
		v := p[1]
		if p[0] != "" {
			v = p[0] + ":" + v
		}
		if p[2] != "" {
			v += ":" + p[2]
		}
		return v
	}
	return s
}

func ulimitShape(s shape) shape {
	s.parts = []Part{
		{Label: "Limit", Example: "nofile", Help: "nofile, nproc, core, memlock, stack and others of ulimit"},
		{Label: "Soft", Example: "1024", Help: "What holds at first; -1 is unlimited"},
		{Label: "Hard", Example: "4096", Help: "How far a program may raise it; the same when not given"},
	}
	s.apart = func(v string) ([]string, bool) {
		name, value, _ := strings.Cut(v, "=")
		soft, hard, _ := strings.Cut(value, ":")
		return []string{name, soft, hard}, true
	}
	s.together = func(p []string) string {
		v := p[0] + "=" + p[1]
		if p[2] != "" {
			v += ":" + p[2]
		}
		return v
	}
	return s
}

// mountShape reads values without quotes; what it has no part for is kept as further options.
func mountShape(s shape) shape {
	s.parts = []Part{
		{Label: "Type", Choices: []string{"volume", "bind", "tmpfs"}, Help: "A volume, a path of this host, or memory"},
		{Label: "Source", Example: "data", Help: "The volume's name, or the path on this host; none for tmpfs", Fill: FillVolume},
		{Label: "In the container", Example: "/data", Help: "Absolute path in the container"},
		{Label: "Read only", Choices: []string{"no", "yes"}, Help: "Whether it can be written to"},
		{Label: "Options", Example: "volume-nocopy", Help: "Further options, with commas: bind-propagation=…, tmpfs-size=…"},
	}
	s.apart = func(v string) ([]string, bool) {
		if strings.ContainsAny(v, "\"\n") {
			return nil, false
		}
		out := []string{"", "", "", "", ""}
		var more []string
		for o := range strings.SplitSeq(v, ",") {
			name, value, given := strings.Cut(o, "=")
			switch name {
			case "type":
				out[0] = value
			case "source", "src":
				out[1] = value
			case "target", "dst", "destination":
				out[2] = value
			case "readonly", "ro":
				if out[3] = "yes"; given && value != "true" && value != "1" {
					out[3] = ""
				}
			default:
				more = append(more, o)
			}
		}
		out[4] = strings.Join(more, ",")
		return out, out[0] == "" || slices.Contains(s.parts[0].Choices, out[0])
	}
	s.together = func(p []string) string {
		kind := p[0]
		if kind == "" {
			kind = "volume"
		}
		v := "type=" + kind
		for i, name := range []string{1: "source", 2: "target"} {
			if name != "" && p[i] != "" {
				v += "," + name + "=" + p[i]
			}
		}
		if p[3] == "yes" {
			v += ",readonly"
		}
		if p[4] != "" {
			v += "," + p[4]
		}
		return v
	}
	s.same = func(a, b string) bool {
		x, okx := s.apart(a)
		y, oky := s.apart(b)
		if okx && x[0] == "" {
			x[0] = "volume"
		}
		return okx && oky && slices.Equal(x, y)
	}
	return s
}
