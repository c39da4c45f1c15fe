package image_test

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"crypto/ecdsa"
	"crypto/x509"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/image"
	"gantry/ui/kit"
)

// way is a scene for pulls that go well by the settings of the host.
func way(t *testing.T, env *real.Env) *scene {
	t.Helper()
	s := &scene{T: t, env: env, reg: real.Registry(t)}
	s.cfg = image.Config{Snapshotter: env.Caps.Snapshotter, DockerConfigDir: t.TempDir(), HostDirs: []string{t.TempDir(), t.TempDir()}, Patience: patient()}
	s.app()
	return s
}

// pull pulls and gives the last report.
func (s *scene) pull(ref string) api.PullProgress {
	s.Helper()
	r := &reports{t: s.T}
	if _, err := image.New(s.env.Client, s.cfg).Pull(s.env.Context(s), ref, "", r.add); err != nil {
		s.Fatalf("%s (%v)", kit.Explain(err).Line(), err)
	}
	return r.last()
}

func TestMirrors(t *testing.T) {
	env := real.Engine(t)
	origin := func(s *scene) string { return "\nserver = \"http://" + s.reg.Addr + "\"\n" }
	for _, tt := range []struct {
		name   string
		mirror func(*scene) string // its address
		by     string              // who served: MIRROR or ORIGIN
	}{
		{"it has the image", func(s *scene) string {
			m := real.Registry(s)
			c := one(noise(s.T, "etc/mirrored", s.env.Namespace, 10_000))
			_, err := m.PushContent(s.Context(), "app", c)
			s.must(err)
			return m.Addr
		}, "MIRROR"},
		{"it does not have it", func(s *scene) string { return real.Registry(s).Addr }, "ORIGIN"},
		{"it is down", func(*scene) string { return "127.0.0.1:1" }, "ORIGIN"},
		{"it is broken", func(s *scene) string {
			m := real.Registry(s)
			m.Use(s, real.Status(500, "UNKNOWN"))
			return m.Addr
		}, "ORIGIN"},
		{"it wants a login", func(s *scene) string {
			m := real.Registry(s)
			m.Use(s, real.BasicAuth("me", "right"))
			return m.Addr
		}, "ORIGIN"},
		{"it is silent", func(s *scene) string {
			s.cfg.Patience = brief()
			return s.listen("MIRROR", func(c net.Conn) { <-s.Context().Done() })
		}, "ORIGIN"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := way(t, env)
			mirror := tt.mirror(s)
			s.certs("registry.test", "hosts.toml", origin(s)+"[host.\"http://"+mirror+"\"]\ncapabilities = [\"pull\", \"resolve\"]\n")
			by := strings.NewReplacer(mirror, "MIRROR", s.reg.Addr, "ORIGIN").Replace(s.pull("registry.test/app").Source)
			if by != tt.by {
				t.Errorf("served by %q, want %s", by, tt.by)
			}
		})
	}
}

func TestTheRegistryOfTheNameIsNoNews(t *testing.T) {
	s := way(t, real.Engine(t))
	if by := s.pull(s.reg.Ref("app")).Source; by != "" {
		t.Errorf("served by %q", by)
	}
}

// TestCertificates pulls over TLS that only the host's settings make good, in the layouts
// of containerd and of Docker.
func TestCertificates(t *testing.T) {
	env := real.Engine(t)
	for _, tt := range []struct {
		name string
		set  func(s *scene, addr, ca, client, key string)
		mtls bool
	}{
		{"hosts.toml with a CA", func(s *scene, addr, ca, _, _ string) {
			s.certs(addr, "mine.pem", ca)
			s.certs(addr, "hosts.toml", "server = \"https://"+addr+"\"\nca = \"mine.pem\"\n")
		}, false},
		{"host_port_ as containerd writes it", func(s *scene, addr, ca, _, _ string) {
			dir := strings.Replace(addr, ":", "_", 1) + "_"
			s.certs(dir, "mine.pem", ca)
			s.certs(dir, "hosts.toml", "server = \"https://"+addr+"\"\nca = [\"mine.pem\"]\n")
		}, false},
		{"Docker's layout", func(s *scene, addr, ca, _, _ string) { s.certs(addr, "ca.crt", ca) }, false},
		{"Docker's layout in the second folder", func(s *scene, addr, ca, _, _ string) {
			slices.Reverse(s.cfg.HostDirs)
			s.certs(addr, "ca.crt", ca)
			slices.Reverse(s.cfg.HostDirs)
		}, false},
		{"hosts.toml with a client certificate", func(s *scene, addr, ca, client, key string) {
			s.certs(addr, "ca.pem", ca)
			s.certs(addr, "me.cert", client)
			s.certs(addr, "me.key", key)
			s.certs(addr, "hosts.toml", "server = \"https://"+addr+"\"\nca = \"ca.pem\"\nclient = [[\"me.cert\", \"me.key\"]]\n")
		}, true},
		{"Docker's layout with a client certificate", func(s *scene, addr, ca, client, key string) {
			s.certs(addr, "ca.crt", ca)
			s.certs(addr, "me.cert", client)
			s.certs(addr, "me.key", key)
		}, true},
		{"skip_verify", func(s *scene, addr, _, _, _ string) {
			s.certs(addr, "hosts.toml", "server = \"https://"+addr+"\"\nskip_verify = true\n")
		}, false},
		{"_default", func(s *scene, _, ca, _, _ string) { s.certs("_default", "ca.crt", ca) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := way(t, env)
			c, pemCert := cert(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour), nil, "reg.test")
			config := &tls.Config{Certificates: []tls.Certificate{c}}
			if tt.mtls {
				config.ClientAuth = tls.RequireAnyClientCert
			}
			// On loopback any certificate would do.
			_, port, err := net.SplitHostPort(s.tls(config))
			s.must(err)
			s.loopback()
			addr := "reg.test:" + port
			raw, err := x509.MarshalECPrivateKey(c.PrivateKey.(*ecdsa.PrivateKey))
			s.must(err)
			key := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw})
			tt.set(s, addr, string(pemCert), string(pemCert), string(key))
			s.pull(addr + "/app")
		})
	}
}

// An insecure registry is one that is named as such: over HTTP, or with any certificate.
func TestInsecureIsSaidOfOneRegistry(t *testing.T) {
	env := real.Engine(t)
	s := way(t, env)
	c, _ := cert(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour), nil, "another.test")
	s.loopback()
	for name, addr := range map[string]string{"plain": s.reg.Addr, "tls": s.tls(&tls.Config{Certificates: []tls.Certificate{c}})} {
		s.must(os.RemoveAll(filepath.Join(s.cfg.HostDirs[0], addr)))
		_, port, err := net.SplitHostPort(addr)
		s.must(err)
		host := name + ".test:" + port
		if _, err := image.New(env.Client, s.cfg).Pull(env.Context(t), host+"/app", "", nil); err == nil {
			t.Errorf("%s: pulled without leave", name)
		} else {
			t.Log(kit.Explain(err).Line())
		}
		s.cfg.Insecure = []string{host}
		s.pull(host + "/app")
		s.cfg.Insecure = []string{"other.test:5000"}
	}
}

// TestTokens asks a token server as Docker's tools do: by password, and by an identity
// token in the place of one.
func TestTokens(t *testing.T) {
	env := real.Engine(t)
	for _, tt := range []struct {
		name, entry, want string
		set               func(*scene)
	}{
		{name: "anonymous", entry: "{}", want: "GET  "},
		{name: "password", entry: `{"username":"me","password":"secret"}`, want: "POST password me"},
		{name: "identity token", entry: `{"auth":"bWU6","identitytoken":"refresh-me"}`, want: "POST refresh_token refresh-me"},
		{name: "environment", entry: "{}", want: "POST password env", set: func(s *scene) {
			s.Setenv("DOCKER_AUTH_CONFIG", `{"auths":{"`+s.reg.Addr+`":{"auth":"ZW52OnNlY3JldA=="}}}`)
		}},
		{name: "helper with an identity token", want: "POST refresh_token from-helper", set: func(s *scene) {
			s.config(`{"credHelpers":{"` + s.reg.Addr + `":"test"}}`)
			s.helper(`echo '{"Username":"<token>","Secret":"from-helper"}'`)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := way(t, env)
			if tt.entry != "" {
				s.login(tt.entry)
			}
			if tt.set != nil {
				tt.set(s)
			}
			var mu sync.Mutex
			var asked []string
			realm := s.tokens(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				asked = append(asked, r.Method+" "+r.PostFormValue("grant_type")+" "+r.PostFormValue("username")+r.PostFormValue("refresh_token"))
				fmt.Fprint(w, `{"token":"good","access_token":"good"}`)
			})
			s.reg.Use(t, real.Tokens(realm, "good", false))
			s.pull(s.reg.Ref("app"))
			mu.Lock()
			defer mu.Unlock()
			if len(asked) == 0 || asked[0] != tt.want {
				t.Errorf("the token server was asked %q, want %q", asked, tt.want)
			}
		})
	}
}

// helper puts a credential helper first in PATH.
func (s *scene) helper(script string) {
	dir := s.TempDir()
	s.must(os.WriteFile(filepath.Join(dir, "docker-credential-test"), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	s.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

// A helper that hangs does not hang the pull, and what it has started does not either.
func TestAHelperThatHangs(t *testing.T) {
	s := way(t, real.Engine(t))
	s.config(`{"credsStore":"test"}`)
	s.helper("sleep 20 & wait")
	s.cfg.Patience.Helper = 200 * time.Millisecond
	s.reg.Use(t, real.BasicAuth("me", "right"))
	began := time.Now()
	_, err := image.New(s.env.Client, s.cfg).Pull(s.env.Context(t), s.reg.Ref("app"), "", nil)
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("it took %s", took)
	}
	if said := kit.Explain(err).Line(); !strings.Contains(said, "credential helper test failed: no answer within 200 ms") {
		t.Errorf("said %q", said)
	}
}
