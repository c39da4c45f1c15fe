package image

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/cli/cli/config/types"
)

// hubKey is the name under which Docker keeps the login for Docker Hub.
const hubKey = "https://index.docker.io/v1/"

// logins looks credentials up as Docker does, for the length of one pull, and remembers
// what came of it, so that a refusal can be explained.
type logins struct {
	ctx   context.Context // the pull's: its end stops a helper
	dir   string          // of config.json
	limit time.Duration   // for a helper to answer

	mu      sync.Mutex
	used    bool   // credentials were handed out
	source  string // where they came from: the file or the helper
	trouble error  // why none could be read; the pull then goes on without a login
}

// Credentials gives user and secret for a registry host. No user but a secret is an
// identity token; neither is anonymous. Trouble with the config file or a helper is no
// error: most images need no login, and the others say that they were refused.
func (l *logins) Credentials(host string) (string, string, error) {
	auth, source, err := l.find(host)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.trouble = err
		return "", "", nil
	}
	user, secret := auth.Username, auth.Password
	if auth.IdentityToken != "" {
		user, secret = "", auth.IdentityToken
	}
	if secret != "" {
		l.used, l.source = true, source
	}
	return user, secret, nil
}

func (l *logins) find(host string) (types.AuthConfig, string, error) {
	if l.dir == "" {
		return types.AuthConfig{}, "", nil
	}
	cfg, err := config.Load(l.dir)
	if err != nil {
		return types.AuthConfig{}, "", err
	}
	if env := os.Getenv(configfile.DockerEnvConfigKey); env != "" {
		fromEnv, err := config.LoadFromReader(strings.NewReader(env))
		if err != nil {
			return types.AuthConfig{}, "", fmt.Errorf("%s: %w", configfile.DockerEnvConfigKey, err)
		}
		if auth, ok := stored(fromEnv, host); ok {
			return auth, configfile.DockerEnvConfigKey, nil
		}
	}
	for _, key := range loginKeys(host) {
		helper := cfg.CredentialHelpers[key]
		if helper == "" {
			helper = cfg.CredentialsStore
		}
		if helper == "" {
			continue
		}
		auth, err := l.askHelper(helper, key)
		if err != nil || auth.Password != "" || auth.IdentityToken != "" {
			return auth, "docker-credential-" + helper, err
		}
	}
	auth, _ := stored(cfg, host)
	return auth, cfg.Filename, nil
}

// stored looks a login up in the config file itself.
func stored(cfg *configfile.ConfigFile, host string) (types.AuthConfig, bool) {
	for _, key := range loginKeys(host) {
		if auth, ok := cfg.AuthConfigs[key]; ok {
			return auth, true
		}
	}
	return types.AuthConfig{}, false
}

// loginKeys are the names under which Docker's tools may have kept a registry's login.
func loginKeys(host string) []string {
	switch host {
	case "docker.io", "registry-1.docker.io", "index.docker.io":
		return []string{hubKey}
	}
	keys := []string{host, "https://" + host, "http://" + host}
	if bare, ok := strings.CutSuffix(host, ":443"); ok {
		keys = append(keys, bare, "https://"+bare, "http://"+bare)
	}
	return keys
}

// askHelper runs docker-credential-NAME get. No credentials are an empty answer.
func (l *logins) askHelper(name, key string) (types.AuthConfig, error) {
	ctx, cancel := context.WithTimeout(l.ctx, l.limit)
	defer cancel()
	var out, errOut bytes.Buffer
	cmd := exec.CommandContext(ctx, "docker-credential-"+name, "get")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(key), &out, &errOut
	cmd.WaitDelay = 100 * time.Millisecond // what it has started may hold its output open
	if err := cmd.Run(); err != nil {
		said := strings.TrimSpace(out.String() + " " + errOut.String())
		var exit *exec.ExitError
		if errors.As(err, &exit) && strings.Contains(said, "credentials not found") {
			return types.AuthConfig{}, nil
		}
		if ctx.Err() == context.DeadlineExceeded {
			said = "no answer within " + inWords(l.limit)
		}
		if said == "" {
			said = err.Error()
		}
		return types.AuthConfig{}, fmt.Errorf("credential helper %s failed: %s", name, firstLine(said))
	}
	var got struct{ Username, Secret string }
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		return types.AuthConfig{}, fmt.Errorf("credential helper %s gave an answer that is not JSON", name)
	}
	if got.Username == "<token>" {
		return types.AuthConfig{IdentityToken: got.Secret}, nil
	}
	return types.AuthConfig{Username: got.Username, Password: got.Secret}, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
