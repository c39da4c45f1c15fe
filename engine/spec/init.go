package spec

import "github.com/opencontainers/runtime-spec/specs-go"

// InitPath is where a container finds its init, as under Docker; its name there tells
// gantry-helper which of its roles to play.
const InitPath = "/sbin/docker-init"

// wantsInit reports whether a container's first process is to be an init.
func (b *builder) wantsInit() bool {
	return b.Init != "" && b.host.Init != nil && *b.host.Init
}

// initMount brings the init into the container, which may have no program at all.
func (b *builder) initMount() specs.Mount {
	return specs.Mount{Destination: InitPath, Type: "bind", Source: b.Init, Options: []string{"bind", "ro", "rprivate"}}
}

// underInit is a command with the init before it.
func underInit(args []string) []string { return append([]string{InitPath, "--"}, args...) }

// WithoutInit is the command that the init of a container runs, or all of it where there is
// none.
func WithoutInit(args []string) []string {
	if len(args) > 2 && args[0] == InitPath && args[1] == "--" {
		return args[2:]
	}
	return args
}
