package option

import "slices"

// Fill is what a value, or a part of one, can be completed from.
type Fill string

// What values are completed from. FillNone is nothing that is known.
const (
	FillNone      Fill = ""
	FillImage     Fill = "image"
	FillNetwork   Fill = "network"
	FillContainer Fill = "container"
	FillVolume    Fill = "volume" // a volume's name, or a path of the host
	FillPath      Fill = "path"   // of the host
	FillEnv       Fill = "env"    // names of the caller's environment
	FillDevice    Fill = "device" // a path of the host, or a device's name at its vendor
	FillWord      Fill = "word"   // one of Words
)

// Part is a piece of a value that a form edits by itself.
type Part struct {
	Label   string
	Example string
	Help    string   // one short sentence without a full stop
	Choices []string // when the part is one of these; the first is what holds when nothing is written
	Fill    Fill
}

// Parts are the pieces that the values of an option consist of; nil when they have none.
func Parts(k Key) []Part {
	if s, ok := shapeOf(k); ok {
		return slices.Clone(s.parts)
	}
	return nil
}

// TakeApart cuts a value into its parts. It is false for one that is written in a way which
// the parts cannot say; an empty value is empty parts.
func TakeApart(k Key, v string) ([]string, bool) {
	s, ok := shapeOf(k)
	if !ok {
		return nil, false
	}
	if v == "" {
		return make([]string, len(s.parts)), true
	}
	parts, ok := s.apart(v)
	if !ok || s.together(parts) != v && !s.same(v, s.together(parts)) {
		return nil, false
	}
	return parts, true
}

// PutTogether makes a value of its parts; "" of none.
func PutTogether(k Key, parts []string) string {
	s, ok := shapeOf(k)
	if !ok || len(parts) != len(s.parts) {
		return ""
	}
	empty := true
	for i, p := range parts {
		empty = empty && (p == "" || len(s.parts[i].Choices) > 0)
	}
	if empty {
		return ""
	}
	return s.together(parts)
}

// FillOf is what the values of an option are completed from as a whole.
func FillOf(k Key) Fill {
	switch k {
	case KeyImage:
		return FillImage
	case KeyNetwork:
		return FillNetwork
	case KeyVolumesFrom, "link":
		return FillContainer
	case KeyVolume:
		return FillVolume
	case KeyEnvFile, "label-file", "cidfile":
		return FillPath
	case KeyDevice:
		return FillDevice
	case KeyEnv:
		return FillEnv
	}
	if len(Words(k)) > 0 {
		return FillWord
	}
	return FillNone
}

// Words are the words that an option's values are usually of, where there are only so many
// but others are fine too.
func Words(k Key) []string {
	switch k {
	case KeyStopSignal:
		return []string{"SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGKILL", "SIGWINCH"}
	case KeyCapAdd, KeyCapDrop:
		return append([]string{"ALL"}, Capabilities()...)
	case KeyRestart:
		return []string{"no", "always", "unless-stopped", "on-failure"}
	case KeyPlatform:
		return []string{"linux/amd64", "linux/arm64", "linux/arm/v7", "linux/386", "linux/ppc64le", "linux/s390x", "linux/riscv64"}
	case "security-opt":
		return []string{"no-new-privileges", "seccomp=unconfined", "seccomp=native", "apparmor=unconfined", "systempaths=unconfined", "label=disable"}
	case "ipc":
		return []string{"private", "shareable", "host", "none"}
	case "pid", "uts", "userns":
		return []string{"host"}
	case "attach":
		return []string{"stdin", "stdout", "stderr"}
	case "gpus":
		return []string{"all"}
	case "log-driver":
		return []string{"json-file", "none", "journald"}
	}
	return nil
}
