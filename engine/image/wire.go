package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// maxDocument bounds what is read of anything but a blob: manifests, tokens, errors. It
// is about what containerd's resolver accepts of a manifest.
const maxDocument = 4 << 20

// wire carries the requests of one pull. It gives up on a server that falls silent,
// tries again where that helps, reads no document that is too big, and notes what
// servers say beside their answers.
type wire struct {
	base   http.RoundTripper
	proxy  func(*http.Request) (*url.URL, error)
	remote *remote
}

// RoundTrip sends a request, and sends it again while the server is busy and says, or
// has not yet been asked often enough to believe, that it will be better. The last of
// several refusals is an error.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	for try := 1; ; try++ {
		resp, err := w.once(req)
		if err != nil {
			return nil, err
		}
		if resp.StatusCode == http.StatusProxyAuthRequired {
			drop(resp)
			return nil, w.failed(req, "answer", &proxyError{resp.StatusCode, resp.Status})
		}
		if !busy(resp.StatusCode) {
			return resp, nil
		}
		pause, again := w.remote.bear(resp, try)
		if !again || req.Body != nil && req.GetBody == nil {
			return nil, w.refusal(req, resp)
		}
		drop(resp)
		if err := sleep(req.Context(), pause); err != nil {
			return nil, err
		}
		if req.Body != nil {
			if req.Body, err = req.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

// busy are the answers that may be others a little later.
func busy(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// refusal makes an error of an answer. That to a HEAD has no words in it, so a limit is
// asked for once more by GET.
func (w *wire) refusal(req *http.Request, resp *http.Response) error {
	if req.Method == http.MethodHead && resp.StatusCode == http.StatusTooManyRequests {
		get := req.Clone(req.Context())
		get.Method = http.MethodGet
		if more, err := w.once(get); err == nil {
			drop(resp)
			resp = more
		}
	}
	defer resp.Body.Close()
	return statusError(resp)
}

// drop lets a connection be used again.
func drop(resp *http.Response) {
	// What is left of an answer that nobody reads is of no interest, nor is its loss.
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10)
	resp.Body.Close()
}

// once sends a request, under watch until its answer's body is closed.
func (w *wire) once(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	var at atomic.Value
	at.Store("resolve")
	mark := func(stage string) { at.Store(stage) }
	watched := req.Clone(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		ConnectStart:      func(string, string) { mark("connect") },
		TLSHandshakeStart: func() { mark("handshake") },
		GotConn:           func(httptrace.GotConnInfo) { mark("answer") },
	}))
	blob := isBlob(req)
	if blob {
		// Layers are compressed already; and of an answer that was packed once more, a
		// range could not be asked for.
		watched.Header.Set("Accept-Encoding", "identity")
	}
	limit := w.remote.patience.Silence
	alarm := time.AfterFunc(limit, func() { cancel(&silentError{after: limit}) })
	resp, err := w.base.RoundTrip(watched)
	alarm.Stop()
	if err != nil {
		if c := context.Cause(ctx); c != nil && req.Context().Err() == nil {
			err = c
		}
		cancel(nil)
		return nil, w.failed(req, at.Load().(string), err)
	}
	resp.Request = req
	body := &watchedBody{ReadCloser: resp.Body, alarm: alarm, limit: limit, ctx: ctx, cancel: cancel, room: -1}
	resp.Body = body
	w.remote.note(req, resp)
	if !blob && req.Method != http.MethodHead {
		if body.room = maxDocument; resp.ContentLength > maxDocument {
			resp.Body.Close()
			return nil, &bigError{what: "an answer", size: resp.ContentLength}
		}
	}
	return resp, nil
}

// failed says on which way, and how far on it, a request got lost.
func (w *wire) failed(req *http.Request, stage string, err error) error {
	e := &wayError{Host: req.URL.Host, Stage: stage, Err: err}
	if w.proxy != nil {
		if u, perr := w.proxy(req); perr == nil && u != nil {
			e.Proxy = u.Host
		}
	}
	return e
}

// isBlob reports whether a request is for a blob, also where a registry has sent it on.
func isBlob(req *http.Request) bool {
	for req.Response != nil && req.Response.Request != nil {
		req = req.Response.Request
	}
	return req.Method == http.MethodGet && strings.Contains(req.URL.Path, "/blobs/")
}

// wayError is a request that got no answer.
type wayError struct {
	Host  string // that was to be asked
	Proxy string // that was asked to ask it; "" for none
	Stage string // resolve, connect, handshake or answer: how far it got
	Err   error
}

func (e *wayError) Error() string { return e.Err.Error() }
func (e *wayError) Unwrap() error { return e.Err }

// silentError is a server that had nothing more to say.
type silentError struct{ after time.Duration }

func (e *silentError) Error() string { return fmt.Sprintf("nothing came for %s", e.after) }

// bigError is a document of a size that no real one has.
type bigError struct {
	what string
	size int64 // 0 when only its end could tell
}

func (e *bigError) Error() string { return e.what + " is too big" }

// proxyError is a proxy's refusal to connect.
type proxyError struct {
	code   int
	status string // "407 Proxy Authentication Required"
}

func (e *proxyError) Error() string { return "the proxy answered " + e.status }

// watchedBody raises the alarm when a server falls silent in the middle of an answer.
// Time in which nobody reads does not count.
type watchedBody struct {
	io.ReadCloser
	alarm  *time.Timer
	limit  time.Duration
	ctx    context.Context // the request's: its cause says whether there was an alarm
	cancel context.CancelCauseFunc
	room   int64 // bytes that may still come; -1: any number
}

func (b *watchedBody) Read(p []byte) (int, error) {
	if b.room == 0 {
		var one [1]byte
		if n, err := b.ReadCloser.Read(one[:]); n == 0 {
			return 0, err
		}
		return 0, &bigError{what: "an answer"}
	}
	if b.room > 0 && int64(len(p)) > b.room {
		p = p[:b.room]
	}
	b.alarm.Reset(b.limit)
	n, err := b.ReadCloser.Read(p)
	b.alarm.Stop()
	if b.room > 0 {
		b.room -= int64(n)
	}
	if silent := (*silentError)(nil); err != nil && !errors.Is(err, io.EOF) && errors.As(context.Cause(b.ctx), &silent) {
		err = silent
	}
	return n, err
}

func (b *watchedBody) Close() error {
	b.alarm.Stop()
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}

// proxyAnswer keeps the status of a proxy that does not connect; net/http keeps only its
// words.
func proxyAnswer(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{code: resp.StatusCode, status: resp.Status}
}
