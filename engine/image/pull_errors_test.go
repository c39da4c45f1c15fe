package image_test

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/containerd/errdefs"
	"github.com/containerd/platforms"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

func TestPullErrors(t *testing.T) {
	env := real.Engine(t)
	tests := []struct {
		name   string
		image  real.Image
		ref    string // instead of the image's
		at     string // platform
		use    []real.Middleware
		config string
		cause  api.PullCause
		words  string // what Error ends with
	}{
		{name: "bad reference", ref: "Nope", cause: api.PullBadReference, words: "names are lower case"},
		{name: "image ID", ref: "abababababababababababababababababababababababababababababababab", cause: api.PullBadReference, words: "give a name"},
		{name: "no such tag", ref: "REG/busybox:gone", cause: api.PullNoTag, words: "no tag gone in busybox"},
		{name: "no such repository", ref: "REG/gone", cause: api.PullNoTag, words: "no such repository in REG"},
		{name: "no such digest", ref: "REG/busybox@sha256:abababababababababababababababababababababababababababababababab", cause: api.PullNoTag, words: "nothing with that digest in busybox"},
		{name: "denied", use: []real.Middleware{real.Status(403, "DENIED")}, cause: api.PullForbidden, words: "denied"},
		{name: "no login", use: []real.Middleware{real.BasicAuth("me", "right")}, cause: api.PullDenied, words: "or it wants a login"},
		{name: "wrong login", use: []real.Middleware{real.BasicAuth("me", "right")}, config: `{"auths":{"REG":{"username":"me","password":"wrong"}}}`, cause: api.PullLogin, words: "is wrong or has expired"},
		{name: "rate limit", use: []real.Middleware{real.Status(429, "TOOMANYREQUESTS", "Retry-After", "90")}, cause: api.PullRateLimit, words: "try again after 90 s"},
		{name: "server error", use: []real.Middleware{real.Status(500, "UNKNOWN")}, cause: api.PullServer, words: "500 Internal Server Error"},
		{name: "unreachable", ref: "127.0.0.1:1/app", cause: api.PullUnreachable, words: "127.0.0.1:1 refuses the connection"},
		{name: "DNS", ref: "no-such-host.invalid/app", cause: api.PullDNS},
		{name: "platform, index", image: real.Foreign, cause: api.PullPlatform, words: "it has linux/s390x, linux/riscv64"},
		{name: "platform, manifest", image: real.ForeignOne, cause: api.PullPlatform, words: "it has linux/s390x"},
		{name: "platform, named", at: "linux/s390x", cause: api.PullPlatform, words: "nothing for linux/s390x; it has " + platforms.DefaultString()},
		{name: "artifact", image: real.Artifact, cause: api.PullNotImage, words: "helm.config.v1+json"},
		{name: "corrupt layer", use: []real.Middleware{real.On("/blobs/", real.Corrupt())}, cause: api.PullCorrupt},
		{name: "corrupt manifest", use: []real.Middleware{real.On("/manifests/sha256", real.Corrupt())}, cause: api.PullCorrupt, words: "not even when fetched again"},
		{name: "broken off", use: []real.Middleware{real.On("/blobs/", real.Truncate(0))}, cause: api.PullUnreachable},
		{name: "lost layer", use: []real.Middleware{real.On("/blobs/", real.Status(404, "BLOB_UNKNOWN"))}, cause: api.PullServer, words: "it has lost a part of the image"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reg := real.Registry(t)
			s, dir := store(t, env)
			ref := reg.Image(t, cmp.Or(tt.image, real.Busybox))
			if tt.ref != "" {
				ref = strings.ReplaceAll(tt.ref, "REG", reg.Addr)
			}
			if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(strings.ReplaceAll(cmp.Or(tt.config, "{}"), "REG", reg.Addr)), 0o600); err != nil {
				t.Fatal(err)
			}
			reg.Use(t, tt.use...)
			before := real.Count(t, env)
			r := &reports{t: t}
			_, err := s.Pull(env.Context(t), ref, tt.at, r.add)
			var pe *api.PullError
			if !errors.As(err, &pe) || pe.Cause != tt.cause || !strings.HasSuffix(err.Error(), strings.ReplaceAll(tt.words, "REG", reg.Addr)) {
				t.Fatalf("%v (%+v)", err, pe)
			}
			t.Log(err)
			if tt.cause == api.PullPlatform && !errdefs.IsNotFound(err) {
				t.Error("IsNotFound is not true of it")
			}
			if tt.cause != api.PullBadReference && r.last().Phase != api.PullFailed {
				t.Errorf("the last report is %s", r.last().Phase)
			}
			without := []string{}
			if tt.cause == api.PullUnreachable || tt.cause == api.PullServer {
				without = []string{"lease", "ingest"} // kept for the next try
			}
			real.Leftovers(t, env, before, without...)
		})
	}
}

func TestPullWithALogin(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	s, dir := store(t, env)
	ref := reg.Image(t, real.Busybox)
	reg.Use(t, real.BasicAuth("me", "right"))
	login := `{"auths":{"` + reg.Addr + `":{"username":"me","password":"right"}}}`
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(login), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pull(env.Context(t), ref, "", nil); err != nil {
		t.Error(err)
	}
}
