package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/pelletier/go-toml/v2"

	"gantry/engine/api"
)

// clientConfig reads Docker's client config, from which logins and proxies are taken.
func (e *examination) clientConfig(context.Context) []api.Finding {
	const what = "client config"
	dir := e.clientDir()
	if dir == "" {
		return one(note(what, "none: neither HOME nor DOCKER_CONFIG is set", ""))
	}
	name := filepath.Join(dir, config.ConfigFileName)
	f, err := os.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return one(ok(what, "no "+name+": no logins, no proxies"))
	case err != nil:
		return one(warn(what, err.Error()+": its logins and proxies are not used", "make it readable, or name another folder with DOCKER_CONFIG"))
	}
	defer f.Close()
	cfg, err := config.LoadFromReader(f)
	if err != nil {
		return one(warn(what, name+": "+err.Error()+": its logins and proxies are not used", "mend it, or move it away"))
	}
	if lost := missingHelpers(cfg); len(lost) > 0 {
		return one(warn(what, name+" names "+strings.Join(lost, ", ")+", which is not in PATH: no logins from it", "install it, or take it out of the file"))
	}
	return one(ok(what, fmt.Sprintf("%s: %d logins, %d credential helpers, %d proxy settings", name, len(cfg.AuthConfigs), len(helpers(cfg)), len(cfg.Proxies))))
}

func (e *examination) clientDir() string {
	if e.DockerConfigDir != "" {
		return e.DockerConfigDir
	}
	if dir := e.Daemon.Getenv("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	if home := e.Daemon.Getenv("HOME"); home != "" {
		return filepath.Join(home, ".docker")
	}
	return ""
}

// helpers are the programs that the config has logins from, each once.
func helpers(cfg *configfile.ConfigFile) []string {
	all := map[string]bool{}
	for _, h := range cfg.CredentialHelpers {
		all["docker-credential-"+h] = true
	}
	if cfg.CredentialsStore != "" {
		all["docker-credential-"+cfg.CredentialsStore] = true
	}
	return slices.Sorted(maps.Keys(all))
}

func missingHelpers(cfg *configfile.ConfigFile) []string {
	return slices.DeleteFunc(helpers(cfg), func(h string) bool {
		_, err := exec.LookPath(h)
		return err == nil
	})
}

// registries counts the registries with a configuration of their own, and reads each.
func (e *examination) registries(context.Context) []api.Finding {
	const what = "registries"
	var out []api.Finding
	var here []string
	for _, root := range e.HostDirs {
		entries, err := os.ReadDir(root)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			out = append(out, warn(what, err.Error(), ""))
			continue
		}
		n := 0
		for _, d := range entries {
			if !d.IsDir() {
				continue
			}
			n++
			if err := readHosts(filepath.Join(root, d.Name(), "hosts.toml")); err != nil {
				out = append(out, warn(what, err.Error()+": no image can be pulled from "+d.Name(), "mend it, or move it away"))
			}
		}
		here = append(here, fmt.Sprintf("%d in %s", n, root))
	}
	if len(here) == 0 {
		here = []string{"no configuration in " + strings.Join(e.HostDirs, " or ")}
	}
	return append(out, ok(what, strings.Join(here, ", ")))
}

// readHosts checks that a registry's hosts.toml, if it has one, can be read.
func readHosts(name string) error {
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var any map[string]any
	if err := toml.Unmarshal(raw, &any); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
