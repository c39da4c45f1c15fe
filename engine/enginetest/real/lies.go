package real

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// PushBlob uploads bytes to a repository as they are.
func (s *Server) PushBlob(ctx context.Context, repo, mediaType string, raw []byte) (ocispec.Descriptor, error) {
	return pusher{base: "http://" + s.Addr, repo: repo}.blob(ctx, mediaType, raw)
}

// Document answers every request with a document that the registry would not take.
func Document(mediaType string, raw []byte) Middleware {
	announced := digest.FromBytes(raw).String() // not at each question: of 100 MB that takes a while
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", mediaType)
			w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
			w.Header().Set("Docker-Content-Digest", announced)
			if r.Method != http.MethodHead {
				// The client may have read enough.
				_, _ = w.Write(raw)
			}
		})
	}
}

// Unending answers with a body that does not end, and says nothing of its size.
func Unending(mediaType string, sent *atomic.Int64) Middleware {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", mediaType)
			if r.Method == http.MethodHead {
				return
			}
			spaces := []byte(strings.Repeat(" ", 1<<16))
			for {
				n, err := w.Write(spaces)
				sent.Add(int64(n))
				if err != nil {
					return
				}
			}
		})
	}
}

// Redirect sends every request to itself, for ever.
func Redirect() Middleware {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.String(), http.StatusTemporaryRedirect)
		})
	}
}

// Ends breaks no connection, but ends each body after so many bytes.
func Ends(bytes int) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			left := bytes
			next.ServeHTTP(&rewriter{unsized{w}, func(p []byte) (int, error) {
				n := min(left, len(p))
				left -= n
				if _, err := w.Write(p[:n]); err != nil {
					return 0, err
				}
				return len(p), nil
			}}, r)
		})
	}
}

// unsized forgets what was said about the length of a body.
type unsized struct{ http.ResponseWriter }

func (w unsized) WriteHeader(status int) {
	w.Header().Del("Content-Length")
	w.ResponseWriter.WriteHeader(status)
}

// Whole ignores that only a part of something is asked for.
func Whole() Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = r.Clone(r.Context())
			r.Header.Del("Range")
			next.ServeHTTP(w, r)
		})
	}
}

// CountBytes adds up the bytes of bodies.
func CountBytes(sent *atomic.Int64) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(&rewriter{w, func(p []byte) (int, error) {
				n, err := w.Write(p)
				sent.Add(int64(n))
				return n, err
			}}, r)
		})
	}
}

// Tokens makes a registry send its clients to a token server first, as most do. The
// token server at realm is the caller's; a request that brings token is served, unless
// never is set.
func Tokens(realm, token string, never bool) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !never && r.Header.Get("Authorization") == "Bearer "+token {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm=%q,service="test"`, realm))
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`)
		})
	}
}
