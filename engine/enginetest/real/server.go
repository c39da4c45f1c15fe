package real

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/containerd/log"
	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem" // where the registry keeps things
)

// Server is a registry on loopback, with the images of this package.
type Server struct {
	Addr string // "127.0.0.1:PORT"

	dir     string
	salt    string
	kitchen *kitchen
	app     *handlers.App
	http    *http.Server
	served  chan error

	mu       sync.Mutex
	between  []Middleware
	requests []string

	pushing sync.Mutex
	pushed  map[Image]bool
}

// Registry starts a registry for one test. Its images are like no others, so that each
// test downloads what it pulls.
func Registry(t testing.TB) *Server {
	t.Helper()
	s, err := startRegistry("127.0.0.1:0", rand.Text(), shared().kitchen)
	if err != nil {
		t.Fatalf("start a registry: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("stop the registry: %v", err)
		}
	})
	return s
}

// StartRegistry starts a registry outside of tests. With a salt its images differ from
// those of other registries; without one they are always the same.
func StartRegistry(addr, salt string) (*Server, error) {
	return startRegistry(addr, salt, newKitchen())
}

func startRegistry(addr, salt string, k *kitchen) (*Server, error) {
	dir, err := makeRoot()
	if err != nil {
		return nil, err
	}
	log.L.Logger.SetOutput(io.Discard) // the registry logs to the same logger as containerd
	config := &configuration.Configuration{Storage: configuration.Storage{
		"filesystem":  {"rootdirectory": dir},
		"maintenance": {"uploadpurging": map[any]any{"enabled": false}},
	}}
	config.HTTP.Secret = rand.Text()
	config.Validation.Disabled = true // an index may name what is not pushed
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s := &Server{
		Addr: l.Addr().String(), dir: dir, salt: salt, kitchen: k,
		app: handlers.NewApp(context.Background(), config), served: make(chan error, 1), pushed: map[Image]bool{},
	}
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: 10 * time.Second}
	go func() { s.served <- s.http.Serve(l) }()
	return s, nil
}

// Close ends the registry and removes what it kept.
func (s *Server) Close() error {
	err := s.http.Close()
	if serr := <-s.served; !errors.Is(serr, http.ErrServerClosed) {
		err = errors.Join(err, serr)
	}
	return errors.Join(err, s.app.Shutdown(), os.RemoveAll(s.dir))
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	var h http.Handler = s.app
	s.mu.Lock()
	line := r.Method + " " + r.URL.Path
	if part := r.Header.Get("Range"); part != "" {
		line += " range " + part
	}
	s.requests = append(s.requests, line)
	if r.Method == http.MethodGet || r.Method == http.MethodHead { // pushing is not disturbed
		for _, m := range s.between {
			h = m(h)
		}
	}
	s.mu.Unlock()
	h.ServeHTTP(w, r)
}

// Use puts middleware between the clients and the registry until the test ends. It sees
// what is pulled, not what is pushed; the last one sees a request first.
func (s *Server) Use(t testing.TB, m ...Middleware) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.between
	s.between = slices.Concat(before, m)
	t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.between = before
	})
}

// UseAlways is Use for as long as the registry runs.
func (s *Server) UseAlways(m ...Middleware) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.between = slices.Concat(s.between, m)
}

// Requests are those so far whose line ("GET /v2/…", with " range bytes=5-" if only a
// part was asked for) has all the words in it.
func (s *Server) Requests(words ...string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []string
	for _, r := range s.requests {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(r, w) }) {
			found = append(found, r)
		}
	}
	return found
}

// Image makes sure that the registry has the image and gives its reference.
func (s *Server) Image(t testing.TB, img Image) string {
	t.Helper()
	ref, err := s.Push(t.Context(), img)
	if err != nil {
		t.Fatalf("push %s: %v", img, err)
	}
	return ref
}

// Push is Image without a test.
func (s *Server) Push(ctx context.Context, img Image) (string, error) {
	s.pushing.Lock()
	defer s.pushing.Unlock()
	if s.pushed[img] {
		return s.Ref(string(img)), nil
	}
	c, err := s.kitchen.content(ctx, img)
	if err != nil {
		return "", err
	}
	if _, err := s.PushContent(ctx, string(img), c); err != nil {
		return "", err
	}
	s.pushed[img] = true
	return s.Ref(string(img)), nil
}

// PushContent pushes what a test has made itself, as NAME:latest. It gives the digest.
func (s *Server) PushContent(ctx context.Context, name string, c Content) (string, error) {
	p := pusher{base: "http://" + s.Addr, repo: name, salt: s.salt}
	if c.AsIs {
		p.salt = ""
	}
	d, err := p.push(ctx, "latest", c)
	return d.String(), err
}

// Ref is the reference of a name in this registry, with the tag latest.
func (s *Server) Ref(name string) string { return fmt.Sprintf("%s/%s:latest", s.Addr, name) }
