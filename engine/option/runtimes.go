package option

import (
	"strings"

	"gantry/engine/api"
)

// runtimes are the rows about what runs the container.
func runtimes() []row {
	return []row{
		{
			Option: Option{
				Key: KeyRuntime, Label: "Runtime", Section: SectionAdvanced, Kind: KindText, Form: true,
				Value: "string", Example: "/usr/bin/crun", Help: "A program in the place of runc, by name or path, or a runtime of containerd's such as io.containerd.kata.v2",
			},
			put: func(b *build, v string) {
				if strings.ContainsAny(v, " \t\n") || strings.Contains(v, "/") && !strings.HasPrefix(v, "/") {
					b.refuse("unknown or invalid runtime name", "write a program's name or absolute path, or a name such as io.containerd.runc.v2")
					return
				}
				b.host.Runtime = v
			},
			take: func(r *api.CreateRequest) []string { return text(r.HostConfig.Runtime) },
		},
		{
			Option: Option{
				Key: KeyIsolation, Label: "Isolation", Section: SectionAdvanced, Kind: KindChoice, Default: "default", Choices: []string{"default"},
				Value: "string", Help: "How it is kept apart; others exist on Windows only",
			},
			put: func(b *build, v string) {
				if !strings.EqualFold(v, "default") && v != "" {
					b.refuse("invalid isolation: "+v+" exists on Windows only", "leave it out")
				}
			},
			take: func(*api.CreateRequest) []string { return nil },
		},
	}
}
