package option

import (
	"strings"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
)

// defaultNetwork holds until networks can be made.
const defaultNetwork container.NetworkMode = "none"

// networking are the rows about networks.
func networking() []row {
	return []row{
		{
			Option: Option{
				Key: KeyNetwork, Aliases: []string{"net"}, Label: "Network", Section: SectionNetwork, Kind: KindChoice, Form: true,
				Default: string(defaultNetwork), Choices: []string{"none", "host"},
				Value: "network", Help: "Network to connect the container to",
			},
			put: putNetwork,
			take: func(r *api.CreateRequest) []string {
				return unless(string(defaultNetwork), string(r.HostConfig.NetworkMode))
			},
		},
	}
}

func putNetwork(b *build, v string) {
	const fix = "write none or host"
	switch {
	case v == "none" || v == "host":
		b.host.NetworkMode = container.NetworkMode(v)
	case v == "bridge" || v == "default":
		b.refuse("the bridge network is not supported yet", fix)
	case strings.HasPrefix(v, "container:"):
		b.refuse("sharing another container's network is not supported yet", fix)
	default:
		b.refuse("networks of your own are not supported yet", fix)
	}
}
