package option

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gantry/engine/api"
	"gantry/engine/host"
)

// draft makes one of key, value pairs.
func draft(pairs ...string) Draft {
	var d Draft
	for i := 0; i+1 < len(pairs); i += 2 {
		d.Add(Key(pairs[i]), pairs[i+1])
	}
	return d
}

func sentences(errs api.FieldErrors) []string {
	var out []string
	for _, e := range errs {
		out = append(out, e.Error())
	}
	return out
}

func TestRulesAcrossOptionsAndFacts(t *testing.T) {
	limited := func(f *Facts) { f.Host.Controllers = map[string]bool{} }
	tests := []struct {
		name               string
		draft              Draft
		change             func(f *Facts)
		problems, warnings []string
	}{
		{name: "nothing at all", problems: []string{"image: an image is needed (for example nginx:1.27)"}},
		{
			name:  "all problems at once, in the order of the table",
			draft: draft("memory", "1m", "env", "A=1", "env", "=2", "name", "-", "image", "X", "cpus", "9"),
			problems: []string{
				"image: repository names are lower case (write x)",
				"--name: must begin with a letter or a digit (only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed)",
				"--env: invalid environment variable: =2 (write NAME=value)",
				"--memory: minimum memory limit allowed is 6MB (write 6m or more)",
				"--cpus: range of CPUs is from 0.01 to 4.00, as there are only 4 CPUs available",
			},
		},
		{
			name:     "interactive without a tty, and restarts",
			draft:    draft("image", "a", "interactive", "true", "restart", "always"),
			warnings: []string{"--interactive: is only for the first run: one that the restart policy begins has no standard input"},
		},
		{
			name:  "two mounts at one place",
			draft: draft("image", "a", "volume", "data:/x", "volume", "/y", "mount", "type=tmpfs,target=/x/", "tmpfs", "/y"),
			problems: []string{
				"--mount: /x has something mounted already: data:/x (choose another target)",
				"--tmpfs: /y has something mounted already: /y (choose another target)",
			},
		},
		{
			name: "a policy that an old monitor does not know", draft: draft("image", "a", "restart", "on-failure"),
			change:   func(f *Facts) { f.Server = Server{Version: "1.6.20", RestartPolicies: []string{"no", "always"}} },
			problems: []string{"--restart: containerd 1.6.20 restarts only by: no, always (write always)"},
		},
		{
			name: "a policy without a monitor", draft: draft("image", "a", "restart", "always"),
			change:   func(f *Facts) { f.Server = Server{Version: "2.0.0"} },
			problems: []string{"--restart: containerd 2.0.0 runs without its restart monitor (enable the plugin io.containerd.monitor.container.v1.restart, or leave it out)"},
		},
		{
			name: "no policy needs no monitor", draft: draft("image", "a", "restart", "no"),
			change: func(f *Facts) { f.Server = Server{Version: "2.0.0"} },
		},
		{
			name: "restarted and removed", draft: draft("image", "a", "restart", "always", "rm", "true"),
			problems: []string{"--restart: cannot be together with --rm (choose one of them)"},
		},
		{
			name: "a check and no check", draft: draft("image", "a", "health-interval", "1s", "no-healthcheck", "true"),
			problems: []string{"--no-healthcheck: conflicts with --health-* options (leave one of them out)"},
		},
		{
			name: "options that a log driver has not", draft: draft("image", "a", "log-driver", "none", "log-opt", "max-size=1m"),
			problems: []string{"--log-opt: invalid logging opts for driver none (leave it out: nothing is kept)"},
		},
		{
			name: "options of the json-file log", draft: draft("image", "a", "log-opt", "max-file=0", "log-opt", "max-file=2", "log-opt", "color=red", "log-opt", "compress=true", "log-opt", "tag={{.ID}}"),
			problems: []string{
				"--log-opt: max-file cannot be less than 1",
				"--log-opt: max-file has no effect without max-size (add max-size=10m)",
				"--log-opt: unknown log opt 'color' for json-file log driver",
				"--log-opt: rotated logs are not compressed (leave it out)",
			},
		},
		{
			name: "a log's size that is none", draft: draft("image", "a", "log-opt", "max-size=0"),
			problems: []string{"--log-opt: max-size must be a positive number"},
		},
		{name: "interactive with a tty", draft: draft("image", "a", "interactive", "true", "tty", "true")},
		{name: "interactive switched off", draft: draft("image", "a", "interactive", "false")},
		{
			name:     "empty entrypoint without a command",
			draft:    draft("image", "a", "entrypoint", ""),
			problems: []string{"args: no command specified: an empty entrypoint drops the image's command too (write the command to run)"},
		},
		{name: "empty entrypoint with a command", draft: draft("image", "a", "entrypoint", "", "args", "sh")},
		{
			name:  "capabilities of a privileged container",
			draft: draft("image", "a", "privileged", "true", "cap-add", "NET_RAW", "cap-drop", "ALL"),
			warnings: []string{
				"--cap-add: has no effect: a privileged container has every capability",
				"--cap-drop: has no effect: a privileged container has every capability",
			},
		},
		{name: "a host name on the host's network", draft: draft("image", "a", "network", "host", "hostname", "x")},
		{
			name: "what another container's network decides",
			draft: draft("image", "a", "network", "container:web", "hostname", "x", "publish", "80", "publish-all", "true", "expose", "81", "dns", "10.0.0.1",
				"add-host", "a:10.0.0.1", "mac-address", "02:42:0a:04:00:28", "network-alias", "db", "link", "b"),
			problems: []string{
				"--hostname: means nothing with --network container:web (leave it out, or name another network)",
				"--publish: means nothing with --network container:web (leave it out, or name another network)",
				"--publish-all: means nothing with --network container:web (leave it out, or name another network)",
				"--expose: means nothing with --network container:web (leave it out, or name another network)",
				"--dns: means nothing with --network container:web (leave it out, or name another network)",
				"--add-host: means nothing with --network container:web (leave it out, or name another network)",
				"--network-alias: means nothing with --network container:web (leave it out, or name another network)",
				"--link: means nothing with --network container:web (leave it out, or name another network)",
				"--mac-address: means nothing with --network container:web (leave it out, or name another network)",
			},
		},
		{
			name: "networks that exclude each other", draft: draft("image", "a", "network", "a", "network", "host", "network", "a"),
			problems: []string{
				"--network: cannot be had with another network (leave one of them out)",
				`--network: network "a" is specified multiple times (name it once)`,
			},
		},
		{name: "a way to the host without a network", draft: draft("image", "a", "network", "none", "add-host", "h:host-gateway"),
			problems: []string{"--add-host: has no way to the host with --network none (write an address, or name another network)"}},
		{
			name: "an address by two ways", draft: draft("image", "a", "network", "name=a,ip=10.9.0.2,gw-priority=1", "ip", "10.9.0.3"),
			problems: []string{"--ip: is given twice: by --ip, and by ip= of the network a (leave one of them out)"},
		},
		{
			name: "a link on the default network", draft: draft("image", "a", "link", "db"),
			warnings: []string{"--link: makes a name only: the variables that links set on the default network are left out"},
		},
		{
			name: "memory over the host's", draft: draft("image", "a", "memory", "9g"),
			warnings: []string{"--memory: is more than this host has, 8GiB"},
		},
		{
			name: "no swap accounting", draft: draft("image", "a", "memory", "1g"),
			change:   func(f *Facts) { f.Host.SwapLimit = false },
			warnings: []string{"--memory: this kernel does not support swap limits: memory is limited without swap"},
		},
		{
			name: "limits whose controller is missing", change: limited,
			draft:    draft("image", "a", "memory", "1g", "cpus", "1", "pids-limit", "10"),
			problems: []string{"--cpus: cannot be set: this kernel does not support the CPU CFS scheduler or the cgroup is not mounted (leave it out)"},
			warnings: []string{
				"--memory: this kernel does not support memory limits or the cgroup is not mounted: limit discarded",
				"--pids-limit: this kernel does not support pids limits or the cgroup is not mounted: limit discarded",
			},
		},
		{name: "no limit where there is no controller", change: limited, draft: draft("image", "a", "memory", "0", "cpus", "0", "pids-limit", "-1")},
		{
			name: "facts not read yet", change: func(f *Facts) { f.Host = host.Facts{} },
			draft: draft("image", "a", "memory", "9000g", "cpus", "500", "pids-limit", "10", "platform", "arm64"),
		},
		{
			name: "another architecture", draft: draft("image", "a", "platform", "linux/arm64/v8"),
			warnings: []string{"--platform: this host is linux/amd64: it runs only where the kernel has an emulator for it"},
		},
		{
			name: "a default platform that is none", draft: draft("image", "a"),
			change:   func(f *Facts) { f.Host.Env = []string{"DOCKER_DEFAULT_PLATFORM=linux/vax"} },
			problems: []string{`--platform: unknown architecture "vax" (write os/arch[/variant], such as linux/arm64)`},
		},
		{name: "an option from a newer file", draft: draft("image", "a", "warp", "9"), problems: []string{"--warp: gantry does not know this option"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := facts()
			if tt.change != nil {
				tt.change(&f)
			}
			p := tt.draft.Parse(f)
			if diff := cmp.Diff(tt.problems, sentences(p.Problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.warnings, sentences(p.Warnings)); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			if (p.Err() == nil) != (len(tt.problems) == 0) {
				t.Errorf("Err: %v", p.Err())
			}
		})
	}
}

func TestDiscardedLimitsAreNotInTheRequest(t *testing.T) {
	f := facts()
	f.Host.Controllers = map[string]bool{}
	p := draft("image", "a", "memory", "1g", "cpus", "1", "pids-limit", "10").Parse(f)
	if h := p.Request.HostConfig; h.Memory != 0 || h.NanoCPUs != 0 || h.PidsLimit != nil {
		t.Errorf("memory %d, cpus %d, pids %v: the warning said they are discarded", h.Memory, h.NanoCPUs, h.PidsLimit)
	}
}

func TestDefaultPlatformFromTheEnvironment(t *testing.T) {
	f := facts()
	f.Host.Env = append(f.Host.Env, "DOCKER_DEFAULT_PLATFORM=linux/386")
	for want, d := range map[string]Draft{"linux/386": draft("image", "a"), "linux/amd64": draft("image", "a", "platform", "linux/amd64")} {
		if p := d.Parse(f); p.Request.Platform != want {
			t.Errorf("platform %q, want %q", p.Request.Platform, want)
		}
	}
}

// Which streams are held, as Docker's client asks for them.
func TestStreams(t *testing.T) {
	tests := []struct {
		draft                   Draft
		in, out, err, open, one bool
	}{
		{draft: draft("image", "a"), out: true, err: true},
		{draft: draft("image", "a", "tty", "true"), out: true, err: true},
		{draft: draft("image", "a", "tty", "true", "interactive", "true"), in: true, out: true, err: true, open: true, one: true},
		{draft: draft("image", "a", "detach", "true", "tty", "true", "interactive", "true"), open: true},
	}
	for _, tt := range tests {
		c := tt.draft.Parse(facts()).Request.Config
		got := [5]bool{c.AttachStdin, c.AttachStdout, c.AttachStderr, c.OpenStdin, c.StdinOnce}
		if want := [5]bool{tt.in, tt.out, tt.err, tt.open, tt.one}; got != want {
			t.Errorf("%s: got %v, want %v", tt.draft.Line("docker run"), got, want)
		}
	}
}
