package real

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Middleware makes a registry misbehave.
type Middleware func(http.Handler) http.Handler

// On limits middleware to requests whose path has a text in it: "/manifests/", "/blobs/",
// a digest.
func On(path string, m Middleware) Middleware {
	return func(next http.Handler) http.Handler {
		changed := m(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, path) {
				changed.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// First lets one middleware work on the first n requests and another on the rest.
func First(n int, m, rest Middleware) Middleware {
	var mu sync.Mutex
	early := func() bool {
		mu.Lock()
		defer mu.Unlock()
		n--
		return n >= 0
	}
	return func(next http.Handler) http.Handler {
		before, after := m(next), rest(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if early() {
				before.ServeHTTP(w, r)
				return
			}
			after.ServeHTTP(w, r)
		})
	}
}

// Status answers with a status, a registry's error code and headers ("Retry-After", "60").
func Status(status int, code string, headers ...string) Middleware {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for i := 0; i+1 < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"errors":[{"code":%q,"message":%q}]}`, code, strings.ToLower(code))
		})
	}
}

// BasicAuth wants a login.
func BasicAuth(user, password string) Middleware {
	refuse := Status(http.StatusUnauthorized, "UNAUTHORIZED", "WWW-Authenticate", `Basic realm="test"`)(nil)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if u, p, ok := r.BasicAuth(); ok && u == user && p == password {
				next.ServeHTTP(w, r)
				return
			}
			refuse.ServeHTTP(w, r)
		})
	}
}

// Gate holds requests up until it is opened or the client has gone.
func Gate(open <-chan struct{}) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-open:
				next.ServeHTTP(w, r)
			case <-r.Context().Done():
			}
		})
	}
}

// GateAfter sends so many bytes of each body and holds up the rest until it is opened or
// the client has gone.
func GateAfter(bytes int, open <-chan struct{}) Middleware {
	return cut(bytes, func(w http.ResponseWriter, r *http.Request, rest []byte) (int, error) {
		select {
		case <-open:
			return w.Write(rest)
		case <-r.Context().Done():
			return 0, r.Context().Err()
		}
	})
}

// Truncate breaks the connection off after so many bytes of each body.
func Truncate(bytes int) Middleware {
	return cut(bytes, func(http.ResponseWriter, *http.Request, []byte) (int, error) {
		panic(http.ErrAbortHandler) // net/http's way to break a connection
	})
}

// cut sends the first bytes of each body at once and leaves the rest to a function.
func cut(bytes int, then func(http.ResponseWriter, *http.Request, []byte) (int, error)) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sent := 0
			next.ServeHTTP(&rewriter{w, func(p []byte) (int, error) {
				head := min(max(0, bytes-sent), len(p))
				n, err := w.Write(p[:head])
				sent += n
				if err != nil || n == len(p) {
					return n, err
				}
				if err := http.NewResponseController(w).Flush(); err != nil {
					return n, err
				}
				m, err := then(w, r, p[n:])
				return n + m, err
			}}, r)
		})
	}
}

// Slow sends each body at so many bytes a second.
func Slow(bytesPerSec int) Middleware {
	return rewrite(func(w http.ResponseWriter, r *http.Request, p []byte) (int, error) {
		piece := max(1, bytesPerSec/20)
		for done := 0; done < len(p); done += piece {
			part := p[done:min(len(p), done+piece)]
			if _, err := w.Write(part); err != nil {
				return done, err
			}
			if err := http.NewResponseController(w).Flush(); err != nil {
				return done, err
			}
			select {
			case <-r.Context().Done():
				return done, r.Context().Err()
			case <-time.After(time.Duration(len(part)) * time.Second / time.Duration(bytesPerSec)):
			}
		}
		return len(p), nil
	})
}

// Corrupt changes one byte in the middle of each piece of a body.
func Corrupt() Middleware {
	return rewrite(func(w http.ResponseWriter, _ *http.Request, p []byte) (int, error) {
		q := append([]byte(nil), p...)
		if len(q) > 0 {
			q[len(q)/2] ^= 0xff
		}
		return w.Write(q)
	})
}

// rewriter hands what is written to a function. It hides the writer's other talents, so
// that the registry does not copy around it.
type rewriter struct {
	http.ResponseWriter
	write func([]byte) (int, error)
}

func (w *rewriter) Write(p []byte) (int, error) { return w.write(p) }

func rewrite(fn func(http.ResponseWriter, *http.Request, []byte) (int, error)) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(&rewriter{w, func(p []byte) (int, error) { return fn(w, r, p) }}, r)
		})
	}
}
