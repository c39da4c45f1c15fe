package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"

	"gantry/engine/api"
)

// proxies are the variables that the client config's proxies put into a container's
// environment: each in upper and lower case, unless the user gave that very name with
// --env. Sorted, so that equal requests make equal specs. A config that cannot be read is
// a warning, not an error, as with the Docker CLI.
func proxies(dir, address string, req api.CreateRequest) (env []string, warning string) {
	if dir == "" {
		dir = config.Dir()
	}
	file, err := config.Load(dir)
	if err != nil {
		return nil, "client config in " + dir + " not used: " + err.Error()
	}
	p, ok := file.Proxies["unix://"+address]
	if !ok {
		p = file.Proxies["default"]
	}
	taken := map[string]bool{}
	for _, kv := range req.Config.Env {
		name, _, _ := strings.Cut(kv, "=")
		taken[name] = true
	}
	for _, name := range req.EnvFromHost {
		taken[name] = true
	}
	for _, v := range proxyValues(p) {
		for _, name := range []string{v.name, strings.ToLower(v.name)} {
			if v.value != "" && !taken[name] {
				env = append(env, name+"="+v.value)
			}
		}
	}
	slices.SortFunc(env, cmp.Compare[string])
	return env, ""
}

type proxyValue struct{ name, value string }

func proxyValues(p configfile.ProxyConfig) []proxyValue {
	return []proxyValue{
		{"HTTP_PROXY", p.HTTPProxy}, {"HTTPS_PROXY", p.HTTPSProxy}, {"NO_PROXY", p.NoProxy},
		{"FTP_PROXY", p.FTPProxy}, {"ALL_PROXY", p.AllProxy},
	}
}
