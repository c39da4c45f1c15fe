package option

// later is a flag that Docker knows and gantry does not carry out.
type later struct {
	name   string
	short  string
	bare   bool // takes no value
	reason string
}

const (
	notYet      = "is not supported yet"
	windowsOnly = "exists on Windows only"
	gone        = "was given up by Docker and does nothing"
)

// laters are those flags, one a line.
func laters() []later {
	return []later{
		{name: "annotation", reason: notYet},
		{name: "attach", short: "a", reason: notYet},
		{name: "cgroupns", reason: notYet},
		{name: "cidfile", reason: notYet},
		{name: "cpu-count", reason: windowsOnly},
		{name: "cpu-percent", reason: windowsOnly},
		{name: "detach-keys", reason: notYet},
		{name: "device", reason: notYet},
		{name: "device-cgroup-rule", reason: notYet},
		{name: "disable-content-trust", bare: true, reason: gone},
		{name: "gpus", reason: notYet},
		{name: "group-add", reason: notYet},
		{name: "health-cmd", reason: notYet},
		{name: "health-interval", reason: notYet},
		{name: "health-retries", reason: notYet},
		{name: "health-start-interval", reason: notYet},
		{name: "health-start-period", reason: notYet},
		{name: "health-timeout", reason: notYet},
		{name: "init", bare: true, reason: notYet},
		{name: "io-maxbandwidth", reason: windowsOnly},
		{name: "io-maxiops", reason: windowsOnly},
		{name: "ipc", reason: notYet},
		{name: "isolation", reason: windowsOnly},
		{name: "kernel-memory", reason: gone},
		{name: "label-file", reason: notYet},
		{name: "no-healthcheck", bare: true, reason: notYet},
		{name: "pid", reason: notYet},
		{name: "quiet", short: "q", bare: true, reason: notYet},
		{name: "runtime", reason: notYet},
		{name: "security-opt", reason: notYet},
		{name: "sig-proxy", bare: true, reason: notYet},
		{name: "storage-opt", reason: notYet},
		{name: "sysctl", reason: notYet},
		{name: "umask", reason: notYet},
		{name: "use-api-socket", bare: true, reason: "would give it Docker's API socket: there is no Docker daemon here"},
		{name: "userns", reason: notYet},
		{name: "uts", reason: notYet},
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
