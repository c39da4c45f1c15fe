package image_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"

	"github.com/containerd/platforms"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"gantry/engine/enginetest/real"
)

func host() ocispec.Platform { return platforms.DefaultSpec() }

func nameFaults() []fault {
	return []fault{
		{name: "not a name", set: func(*scene) string { return "Nope" }, want: `"Nope" is not an image name: names are lower case (write it as name:tag or registry/name:tag, in small letters)`},
		{name: "404, no such tag", set: func(s *scene) string { s.app(); return s.reg.Addr + "/app:gone" },
			want: "No such image: REG/app:gone: REG has the name, but not this tag: no tag gone in app (take one of its tags: latest)"},
		{name: "404, no such repository", set: func(s *scene) string { return s.reg.Addr + "/gone" },
			want: "No such image: REG/gone:latest: REG has no repository of this name (check the spelling of the name)"},
		{name: "404, and it lists no tags", set: use(real.Status(404, "NOT_FOUND")),
			want: "No such image: REG/app:latest: REG has no repository of this name (check the spelling of the name)"},
		{name: "digest that it does not have", set: func(s *scene) string {
			s.app()
			s.hide = append(s.hide, digest.FromString("gone").String(), "DIGEST")
			return s.reg.Addr + "/app@" + digest.FromString("gone").String()
		}, want: "No such image: REG/app@DIGEST: REG does not have this name or this tag: nothing with that digest in app (check the spelling and the tag)"},
		{name: "digest reference that does not match", set: func(s *scene) string {
			s.app()
			asked := digest.FromString("asked").String()
			s.hide = append(s.hide, asked, "DIGEST")
			s.reg.Use(s, real.On("/manifests/", real.Document(ocispec.MediaTypeImageManifest, []byte(`{"schemaVersion":2,"layers":[]}`))))
			return s.reg.Addr + "/app@" + asked
		}, want: "REG/app@DIGEST could not be pulled: what arrived is not what REG announced: the digest does not fit, not even when fetched again (try again; if it goes on, the image or a proxy is broken)"},
		{name: "platform missing in an index", set: func(s *scene) string { return s.reg.Image(s, real.Foreign) },
			want: "REG/foreign:latest has nothing for linux/" + host().Architecture + ": it has linux/s390x, linux/riscv64 (choose one of these with --platform, or another image)"},
		{name: "platform of a single image", set: func(s *scene) string { return s.reg.Image(s, real.ForeignOne) },
			want: "REG/foreign-plain:latest has nothing for linux/" + host().Architecture + ": it has linux/s390x (choose one of these with --platform, or another image)"},
	}
}

// tokens is a token server; answer writes what it says to each request.
func (s *scene) tokens(answer http.HandlerFunc) string {
	srv := httptest.NewServer(answer)
	s.Cleanup(srv.Close)
	s.hide = append(s.hide, strings.TrimPrefix(srv.URL, "http://"), "TOKENS")
	return srv.URL + "/token"
}

func gives(token string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"token":%q,"access_token":%q}`, token, token)
	}
}

func loginFaults() []fault {
	const wrong, right = `{"username":"me","password":"wrong"}`, `{"username":"me","password":"right"}`
	return []fault{
		{name: "401, no credentials here", set: use(real.BasicAuth("me", "right")),
			want: "REG/app:latest could not be pulled: REG says there is no such repository, or it wants a login (check the name; if it is private: docker login REG)"},
		{name: "401, wrong password", set: func(s *scene) string { s.login(wrong); return use(real.BasicAuth("me", "right"))(s) },
			want: "REG/app:latest could not be pulled: the login for REG was refused: the stored login (from ~/.docker/config.json) is wrong or has expired (log in again: docker login REG)"},
		{name: "401 at the token server, wrong password", set: func(s *scene) string {
			s.login(wrong)
			return use(real.Tokens(s.tokens(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }), "t", false))(s)
		}, want: "REG/app:latest could not be pulled: the login for TOKENS was refused: the stored login (from ~/.docker/config.json) is wrong or has expired (log in again: docker login REG)"},
		{name: "pull access denied: a token, but not for this repository", set: func(s *scene) string {
			s.login(right)
			return use(real.Tokens(s.tokens(gives("t")), "t", true))(s)
		}, want: "REG/app:latest could not be pulled: REG does not allow it: the login from ~/.docker/config.json is accepted, but not for this repository (ask whoever runs it for the right to pull, or log in as somebody else: docker login REG)"},
		{name: "endless token loop: its own token is never good", set: func(s *scene) string {
			return use(real.Tokens(s.tokens(gives("t")), "t", true))(s)
		}, want: "REG/app:latest could not be pulled: REG says there is no such repository, or it wants a login: the token that it gave, it did not accept (check the name; if it is private: docker login REG)"},
		{name: "token server answers nonsense", set: func(s *scene) string {
			return use(real.Tokens(s.tokens(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }), "t", false))(s)
		}, keeps: true, want: "REG/app:latest could not be pulled: REG failed: its token server gives no token that could be read (try again later)"},
		{name: "token server without end", set: func(s *scene) string {
			return use(real.Tokens(s.tokens(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, r.URL.String(), http.StatusFound)
			}), "t", false))(s)
		}, want: "REG/app:latest could not be pulled: REG sends the pull round in circles: one redirect leads to the next, ten times over (tell whoever runs it)"},
		{name: "credential helper fails", set: func(s *scene) string {
			s.config(`{"credsStore":"no-such-helper"}`)
			return use(real.BasicAuth("me", "right"))(s)
		}, want: `REG/app:latest could not be pulled: the login for REG was refused: credential helper no-such-helper failed: exec: "docker-credential-no-such-helper": executable file not found in $PATH (log in again: docker login REG)`},
		{name: "403", set: use(real.Status(403, "DENIED")),
			want: "REG/app:latest could not be pulled: REG does not allow it: denied (ask whoever runs it for the right to pull, or log in as somebody else: docker login REG)"},
	}
}

func busyFaults() []fault {
	good := func(next http.Handler) http.Handler { return next }
	return []fault{
		{name: "429, wait 1 s, then well", fine: true, set: use(real.First(1, real.Status(429, "TOOMANYREQUESTS", "Retry-After", "1"), good)),
			want: "(pulled) REG asks to wait 1 s"},
		{name: "429, wait for long", set: use(real.Status(429, "TOOMANYREQUESTS", "Retry-After", "900")),
			want: "REG/app:latest could not be pulled: REG has limited the number of pulls: it says to try again after 15 min (wait, or log in: docker login REG)"},
		{name: "429 with the limit in headers", set: use(real.Status(429, "TOOMANYREQUESTS", "Ratelimit-Limit", "100;w=21600", "Ratelimit-Remaining", "0;w=21600")),
			want: "REG/app:latest could not be pulled: REG has limited the number of pulls: 100 pulls in 6 h, 0 left (wait, or log in: docker login REG)"},
		{name: "429 with words only", set: use(real.Status(429, "TOOMANYREQUESTS")),
			want: "REG/app:latest could not be pulled: REG has limited the number of pulls: toomanyrequests (wait, or log in: docker login REG)"},
		{name: "500, then well", fine: true, set: use(real.First(2, real.Status(500, "UNKNOWN"), good))},
		{name: "500 for ever", set: use(real.Status(500, "UNKNOWN")),
			want: "REG/app:latest could not be pulled: REG failed: 500 Internal Server Error (try again later)"},
		{name: "502 from something before it", set: use(real.Status(502, "BAD")),
			want: "REG/app:latest could not be pulled: REG failed: 502 Bad Gateway (try again later)"},
		{name: "slow, but it comes", fine: true, set: use(real.On("/blobs/", real.Slow(40_000)))},
		{name: "stalled at once", set: use(real.Gate(nil)),
			want: "REG/app:latest could not be pulled: REG sends nothing: it takes the question and does not answer within 500 ms (try again: what has come is kept; if it goes on, check the network and the proxy settings)"},
		{name: "stalled in the middle of a layer", keeps: true, set: use(real.On("/blobs/", real.First(2, real.GateAfter(9000, nil), real.Gate(nil)))),
			want: "REG/app:latest could not be pulled: REG sends nothing: it takes the question and does not answer within 500 ms (try again: what has come is kept; if it goes on, check the network and the proxy settings)"},
		{name: "connection broken off in a layer, then well", fine: true, set: func(s *scene) string {
			l := s.app()[0]
			s.reg.Use(s, real.On(l.Digest().String(), real.First(1, real.Truncate(9000), good)))
			return ""
		}},
		{name: "connection broken off, again and again", keeps: true, set: use(real.On("/blobs/", real.Truncate(0))),
			want: "REG/app:latest could not be pulled: REG is not reachable: the connection broke off, again and again (check the network and the proxy settings)"},
		{name: "redirects without end", set: use(real.Redirect()),
			want: "REG/app:latest could not be pulled: REG sends the pull round in circles: one redirect leads to the next, ten times over (tell whoever runs it)"},
		{name: "a layer is lost", keeps: true, set: use(real.On("/blobs/", real.Status(404, "BLOB_UNKNOWN"))),
			want: "REG/app:latest could not be pulled: REG failed: it has lost a part of the image (try again later)"},
	}
}

func contentFaults() []fault {
	const notSame = "REG/app:latest could not be pulled: what arrived is not what REG announced: "
	const again = " (try again; if it goes on, the image or a proxy is broken)"
	const notImage = "REG/app:latest could not be pulled: it is not a container image that can be used: "
	const other = " (check the name; what is there was made for another program)"
	const tooBig = "REG/app:latest could not be pulled: it is more than an image can be: "
	const unusable = " (check the name; this is not a usable image)"
	var sent atomic.Int64
	return []fault{
		{name: "wrong digest of a layer", set: use(real.On("/blobs/", real.Corrupt())), want: notSame + "the digest does not fit, not even when fetched again" + again},
		{name: "layer cut short, without a word", set: use(real.On("/blobs/", real.Ends(100))), want: notSame + "a part of the image ends too soon, after 400B of SIZE" + again},
		{name: "layer smaller than announced", set: manifest(func(m *ocispec.Manifest) { m.Layers[0].Size += 1000 }), want: notSame + "a part of the image ends too soon, after SIZE of SIZE" + again},
		{name: "layer bigger than announced", set: manifest(func(m *ocispec.Manifest) { m.Layers[0].Size -= 1000 }), want: notSame + "the size does not fit" + again},
		{name: "layer of no size", set: manifest(func(m *ocispec.Manifest) { m.Layers[0].Size = 0 }), want: notSame + "the size does not fit" + again},
		{name: "config names other layers", set: func(s *scene) string {
			s.lie(func(_ *ocispec.Manifest, c *ocispec.Image) {
				if c != nil {
					c.RootFS.DiffIDs[0] = digest.FromString("another")
				}
			})
			return ""
		}, want: notSame + "a layer is not the one that the image's config names" + again},
		{name: "manifest and config disagree", set: manifest(func(m *ocispec.Manifest) { m.Layers = append(m.Layers, m.Layers[0]) }), want: notImage + "manifest and config do not agree on the layers" + other},
		{name: "wrong media type", set: use(real.On("/manifests/", real.Document("text/html", []byte("<html>hello</html>")))), want: notImage + "the registry calls it text/html" + other},
		{name: "index called a manifest", set: use(real.On("/manifests/", real.Document(ocispec.MediaTypeImageManifest, []byte(`{"schemaVersion":2,"manifests":[{}]}`)))), want: notImage + "it is not what its media type says" + other},
		{name: "manifest that is no JSON", set: use(real.On("/manifests/", real.Document(ocispec.MediaTypeImageManifest, []byte(`<html>`)))), want: notImage + "its manifest cannot be read" + other},
		{name: "helm chart", set: func(s *scene) string {
			s.hide = append(s.hide, "/artifact", "/app")
			return s.reg.Image(s, real.Artifact)
		}, want: notImage + "its config is application/vnd.cncf.helm.config.v1+json" + other},
		{name: "schema 1", set: use(real.On("/manifests/", real.Document("application/vnd.docker.distribution.manifest.v1+prettyjws", []byte(`{"schemaVersion":1,"fsLayers":[]}`)))), want: notImage + "its format is too old (schema 1); it must be built again" + other},
		{name: "manifest of 100 MB", set: use(real.On("/manifests/", real.Document(ocispec.MediaTypeImageManifest, make([]byte, 100_000_000)))), want: tooBig + "its manifest has 100MB" + unusable},
		{name: "manifest without end", set: func(s *scene) string {
			s.Cleanup(func() {
				if n := sent.Load(); n > 32<<20 {
					s.Errorf("%d bytes of it were taken", n)
				}
			})
			return use(real.On("/manifests/", real.Unending(ocispec.MediaTypeImageManifest, &sent)))(s)
		}, want: tooBig + "an answer has more than 4.194MB" + unusable},
		{name: "manifest of 100 MB in an index", set: use(real.On("/manifests/", real.Document(ocispec.MediaTypeImageIndex, []byte(fmt.Sprintf(
			`{"schemaVersion":2,"manifests":[{"mediaType":%q,"digest":%q,"size":100000000,"platform":{"os":"linux","architecture":%q}}]}`, ocispec.MediaTypeImageManifest, digest.FromString("big"), host().Architecture))))),
			want: tooBig + "its manifest has 100MB" + unusable},
		{name: "config of 100 MB", set: manifest(func(m *ocispec.Manifest) { m.Config.Size = 100_000_000 }), want: tooBig + "its config has 100MB" + unusable},
		{name: "thousand layers", set: manifest(func(m *ocispec.Manifest) {
			for range 999 {
				m.Layers = append(m.Layers, m.Layers[0])
			}
		}), want: tooBig + "it has 1000 layers, and overlayfs can stack 500" + unusable},
		{name: "index that names itself", set: func(s *scene) string { return s.selfish() }, want: notSame + "the digest does not fit, not even when fetched again" + again},
		{name: "index in an index, without end", set: func(s *scene) string { return s.nested(40) }, want: notImage + "it is an index in an index in an index, without end" + other},
		{name: "gzip that is damaged", set: func(s *scene) string {
			l := noise(s.T, "etc/noise", s.Name()+s.env.Namespace, 20_000)
			l.Gzip = append([]byte(nil), l.Gzip...)
			copy(l.Gzip[5000:], "not gzip any more, not at all, and for a good while")
			s.app(l)
			return ""
		}, want: "REG/app:latest could not be pulled: a layer cannot be unpacked: it is a damaged archive (the image is broken; tell whoever made it)"},
		{name: "tar that is cut short", set: func(s *scene) string {
			l := noise(s.T, "etc/noise", s.Name()+s.env.Namespace, 20_000)
			s.app(repacked(s.T, l.Raw[:9000]))
			return ""
		}, want: "REG/app:latest could not be pulled: a layer cannot be unpacked: it ends too soon (the image is broken; tell whoever made it)"},
	}
}

// selfish serves an index under a digest that the index itself names.
func (s *scene) selfish() string {
	self := digest.FromString("self")
	raw := []byte(fmt.Sprintf(`{"schemaVersion":2,"manifests":[{"mediaType":%q,"digest":%q,"size":183}]}`, ocispec.MediaTypeImageIndex, self))
	doc := real.Document(ocispec.MediaTypeImageIndex, raw)
	s.reg.Use(s, func(next http.Handler) http.Handler {
		h := doc(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(renamed{w, self.String()}, r) })
	})
	return ""
}

// renamed says that a document has another digest than it has.
type renamed struct {
	http.ResponseWriter
	digest string
}

func (w renamed) Write(p []byte) (int, error) {
	w.Header().Set("Docker-Content-Digest", w.digest)
	return w.ResponseWriter.Write(p)
}

func (w renamed) WriteHeader(status int) {
	w.Header().Set("Docker-Content-Digest", w.digest)
	w.ResponseWriter.WriteHeader(status)
}

// nested serves an index in an index, so many deep.
func (s *scene) nested(deep int) string {
	docs := map[string][]byte{}
	raw := []byte(`{"schemaVersion":2,"manifests":[]}`)
	for range deep {
		d := digest.FromBytes(raw)
		docs[d.String()] = raw
		raw = []byte(fmt.Sprintf(`{"schemaVersion":2,"manifests":[{"mediaType":%q,"digest":%q,"size":%d}]}`, ocispec.MediaTypeImageIndex, d, len(raw)))
	}
	docs["latest"], docs[digest.FromBytes(raw).String()] = raw, raw
	s.reg.Use(s, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if raw, ok := docs[r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]]; ok {
				next = real.Document(ocispec.MediaTypeImageIndex, raw)(nil)
			}
			next.ServeHTTP(w, r)
		})
	})
	return ""
}
