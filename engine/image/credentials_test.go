package image

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// helper puts a credential helper first in PATH.
func helper(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "docker-credential-"+name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

func loginsOf(t *testing.T, config string) *logins {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return &logins{ctx: context.Background(), dir: dir, limit: 5 * time.Second}
}

func TestCredentials(t *testing.T) {
	const basic = "bWU6c2VjcmV0" // me:secret
	tests := []struct {
		name, config, host, script string
		user, secret, trouble      string
	}{
		{name: "none", config: `{}`, host: "r.example"},
		{name: "auths", config: `{"auths":{"r.example:5000":{"auth":"` + basic + `"}}}`, host: "r.example:5000", user: "me", secret: "secret"},
		{name: "auths with scheme", config: `{"auths":{"https://r.example":{"auth":"` + basic + `"}}}`, host: "r.example", user: "me", secret: "secret"},
		{name: "port 443", config: `{"auths":{"r.example":{"auth":"` + basic + `"}}}`, host: "r.example:443", user: "me", secret: "secret"},
		{name: "Docker Hub", config: `{"auths":{"https://index.docker.io/v1/":{"auth":"` + basic + `"}}}`, host: "registry-1.docker.io", user: "me", secret: "secret"},
		{name: "another host", config: `{"auths":{"r.example":{"auth":"` + basic + `"}}}`, host: "q.example"},
		{name: "identity token", config: `{"auths":{"r.example":{"auth":"` + basic + `","identitytoken":"tok"}}}`, host: "r.example", secret: "tok"},
		{name: "helper", config: `{"credHelpers":{"r.example":"test"}}`, host: "r.example",
			script: `read host; echo "{\"Username\":\"$host\",\"Secret\":\"s\"}"`, user: "r.example", secret: "s"},
		{name: "store", config: `{"credsStore":"test"}`, host: "r.example", script: `echo '{"Username":"<token>","Secret":"tok"}'`, secret: "tok"},
		{name: "store without this one, file with", config: `{"credsStore":"test","auths":{"r.example":{"auth":"` + basic + `"}}}`, host: "r.example",
			script: `echo credentials not found in native keychain; exit 1`, user: "me", secret: "secret"},
		{name: "helper fails", config: `{"credsStore":"test"}`, host: "r.example", script: `echo locked >&2; exit 1`, trouble: "credential helper test failed: locked"},
		{name: "no such helper", config: `{"credsStore":"gone"}`, host: "r.example", trouble: "credential helper gone failed"},
		{name: "damaged", config: `{"auths":`, host: "r.example", trouble: "config.json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.script != "" {
				helper(t, "test", tt.script)
			}
			l := loginsOf(t, tt.config)
			user, secret, err := l.Credentials(tt.host)
			if err != nil || user != tt.user || secret != tt.secret {
				t.Errorf("%q %q %v", user, secret, err)
			}
			if l.used != (tt.secret != "") {
				t.Errorf("used: %v", l.used)
			}
			if tt.trouble == "" && l.trouble != nil || tt.trouble != "" && (l.trouble == nil || !strings.Contains(l.trouble.Error(), tt.trouble)) {
				t.Errorf("trouble: %v", l.trouble)
			}
		})
	}
}

func TestCredentialsFromTheEnvironment(t *testing.T) {
	t.Setenv("DOCKER_AUTH_CONFIG", `{"auths":{"r.example":{"auth":"bWU6c2VjcmV0"}}}`)
	user, secret, err := loginsOf(t, `{}`).Credentials("r.example")
	if user != "me" || secret != "secret" || err != nil {
		t.Errorf("%q %q %v", user, secret, err)
	}
}

func TestHostDir(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	for _, dir := range []string{a + "/r.example_5000_", b + "/docker.io", b + "/_default", b + "/r.example:5000"} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	find := hostDir([]string{a, b})
	for host, want := range map[string]string{
		"r.example:5000":       a + "/r.example_5000_",
		"registry-1.docker.io": b + "/docker.io",
		"docker.io":            b + "/docker.io",
		"q.example":            b + "/_default",
	} {
		if got, err := find(host); got != want || err != nil {
			t.Errorf("%s is configured in %q (%v), want %q", host, got, err, want)
		}
	}
}
