package option

import (
	"regexp"
	"strings"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
)

// defaultNetwork is that of a container that names none.
const defaultNetwork container.NetworkMode = "bridge"

// networking are the rows about networks.
func networking() []row {
	return []row{
		{
			Option: Option{
				Key: KeyNetwork, Aliases: []string{"net"}, Label: "Network", Section: SectionNetwork, Kind: KindChoice, Form: true,
				Default: string(defaultNetwork), Choices: []string{"bridge", "none", "host"},
				Value: "network", Help: "Network to connect the container to",
			},
			put: putNetwork,
			take: func(r *api.CreateRequest) []string {
				return unless(string(defaultNetwork), string(r.HostConfig.NetworkMode))
			},
		},
	}
}

// networkName is nerdctl's rule for names of networks.
var networkName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

func putNetwork(b *build, v string) {
	switch {
	case v == "default":
		b.host.NetworkMode = defaultNetwork
	case strings.HasPrefix(v, "container:"):
		b.refuse("sharing another container's network is not supported yet", "name a network, or write none or host")
	case !networkName.MatchString(v):
		b.refuse("is not the name of a network", "letters, digits, _ . and -, the first one a letter or digit")
	default:
		b.host.NetworkMode = container.NetworkMode(v)
	}
}
