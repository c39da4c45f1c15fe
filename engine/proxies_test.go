package engine

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
)

func TestProxiesOfTheClientConfig(t *testing.T) {
	const socket = "/run/c.sock"
	both := `{"proxies": {"default": {"httpProxy": "http://p:1", "noProxy": "localhost"}, "unix:///run/c.sock": {"httpsProxy": "http://q:2"}}}`
	for _, c := range []struct {
		name, config, socket string
		env, fromHost        []string
		want                 string
		warns                bool
	}{
		{name: "none", config: `{}`},
		{name: "the default, in both cases and sorted", config: both, want: "HTTP_PROXY=http://p:1 NO_PROXY=localhost http_proxy=http://p:1 no_proxy=localhost"},
		{name: "those of this engine alone", config: both, socket: socket, want: "HTTPS_PROXY=http://q:2 https_proxy=http://q:2"},
		{
			name: "never over the user's, by the exact name", config: both, env: []string{"HTTP_PROXY=mine", "no_proxy="},
			want: "NO_PROXY=localhost http_proxy=http://p:1",
		},
		{
			name: "nor over one that was to come from the host and had no value there", config: both, fromHost: []string{"http_proxy"},
			want: "HTTP_PROXY=http://p:1 NO_PROXY=localhost no_proxy=localhost",
		},
		{name: "all five", config: `{"proxies": {"default": {"httpProxy": "a", "httpsProxy": "b", "noProxy": "c", "ftpProxy": "d", "allProxy": "e"}}}`,
			want: "ALL_PROXY=e FTP_PROXY=d HTTPS_PROXY=b HTTP_PROXY=a NO_PROXY=c all_proxy=e ftp_proxy=d http_proxy=a https_proxy=b no_proxy=c"},
		{name: "a broken config is a warning", config: `{"proxies": `, warns: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(c.config), 0o600); err != nil {
				t.Fatal(err)
			}
			req := api.CreateRequest{Config: &container.Config{Env: c.env}, EnvFromHost: c.fromHost}
			env, warning := proxies(dir, c.socket, req)
			if got := strings.Join(env, " "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if c.warns != (warning != "") || warning != "" && !strings.Contains(warning, dir) {
				t.Errorf("warning %q", warning)
			}
			if !slices.Equal(req.Config.Env, c.env) {
				t.Errorf("the request was changed: %q", req.Config.Env)
			}
		})
	}
}
