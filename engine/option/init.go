package option

import "gantry/engine/api"

// KeyInit has a small program run as the container's first process.
const KeyInit Key = "init"

// initial is the row about the container's first process.
func initial() row {
	return row{
		Option: Option{
			Key: KeyInit, Label: "Init", Note: "reaps zombies, forwards signals", Section: SectionProcess, Kind: KindBool, Default: "false", Form: true,
			Help: "Run an init as first process, which forwards signals and reaps what others leave behind",
		},
		put: func(b *build, v string) {
			var set bool
			if b.putBool(v, &set); set {
				b.host.Init = &set
			}
		},
		take: func(r *api.CreateRequest) []string { return on(r.HostConfig.Init != nil && *r.HostConfig.Init) },
	}
}
