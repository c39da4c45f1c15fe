package option

// later is a flag that Docker knows and gantry does not carry out.
type later struct {
	name   string
	short  string
	bare   bool // takes no value
	reason string
}

const (
	windowsOnly = "exists on Windows only"
	gone        = "was given up by Docker and does nothing"
)

// laters are those flags, one a line.
func laters() []later {
	return []later{
		{name: "cpu-count", reason: windowsOnly},
		{name: "cpu-percent", reason: windowsOnly},
		{name: "io-maxbandwidth", reason: windowsOnly},
		{name: "io-maxiops", reason: windowsOnly},
		{name: "kernel-memory", reason: gone},
		{name: "storage-opt", reason: "limits a root filesystem, which none of containerd's snapshotters can"},
		{name: "use-api-socket", bare: true, reason: "would give it Docker's API socket: there is no Docker daemon here"},
	}
}

func laterByName(name string) (later, bool) {
	for _, l := range laters() {
		if l.name == name {
			return l, true
		}
	}
	return later{}, false
}

func laterByLetter(c byte) (later, bool) {
	for _, l := range laters() {
		if l.short == string(c) {
			return l, true
		}
	}
	return later{}, false
}
