package image

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/containerd/containerd/v2/core/remotes/docker"
	remoteerrors "github.com/containerd/containerd/v2/core/remotes/errors"
	"github.com/containerd/errdefs"

	"gantry/engine/api"
)

func TestExplain(t *testing.T) {
	status := func(code int) error {
		return fmt.Errorf("resolve: %w", remoteerrors.ErrUnexpectedStatus{Status: http.StatusText(code), StatusCode: code})
	}
	text := errors.New
	tests := []struct {
		name     string
		err      error
		resolved bool
		login    bool
		trouble  error
		cause    api.PullCause
		detail   string
	}{
		{name: "no tag", err: errdefs.ErrNotFound, cause: api.PullNoTag, detail: "no tag 1 in team/app"},
		{name: "lost part", err: fmt.Errorf("could not fetch content descriptor x from remote: %w", errdefs.ErrNotFound), resolved: true, cause: api.PullServer, detail: "it has lost a part of the image"},
		{name: "collected", err: fmt.Errorf("parent snapshot x does not exist: %w", errdefs.ErrNotFound), resolved: true, cause: api.PullOther},
		{name: "401", err: status(401), cause: api.PullDenied},
		{name: "401 with login", err: status(401), login: true, cause: api.PullLogin, detail: "the stored login (from helper) is wrong or has expired"},
		{name: "401, helper broken", err: status(401), trouble: text("credential helper x failed: y"), cause: api.PullLogin, detail: "credential helper x failed: y"},
		{name: "403", err: status(403), cause: api.PullForbidden},
		{name: "authorization", err: fmt.Errorf("x: %w", docker.ErrInvalidAuthorization), cause: api.PullDenied},
		{name: "407", err: status(407), cause: api.PullProxy, detail: "it wants a login"},
		{name: "429", err: status(429), cause: api.PullRateLimit},
		{name: "500", err: status(500), cause: api.PullServer, detail: "Internal Server Error"},
		{name: "418", err: status(418), cause: api.PullServer, detail: "it answered I'm a teapot"},
		{name: "unknown CA", err: fmt.Errorf("x: %w", x509.UnknownAuthorityError{}), cause: api.PullTLS, detail: "nobody here vouches for it"},
		{name: "expired", err: x509.CertificateInvalidError{Reason: x509.Expired}, cause: api.PullTLSExpired, detail: dates(nil)},
		{name: "plain", err: text("http: server gave HTTP response to HTTPS client"), cause: api.PullPlainHTTP},
		{name: "dns", err: &net.DNSError{Name: "r.example", IsNotFound: true}, cause: api.PullDNS, detail: "there is no host r.example"},
		{name: "dns down", err: &net.DNSError{Name: "r.example", IsTimeout: true}, cause: api.PullDNS, detail: "the name server does not answer"},
		{name: "refused", err: &net.OpError{Op: "dial", Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, Err: syscall.ECONNREFUSED}, cause: api.PullUnreachable, detail: "127.0.0.1:1 refuses the connection"},
		{name: "broken off", err: fmt.Errorf("copy: %w", io.ErrUnexpectedEOF), cause: api.PullUnreachable, detail: "the connection broke off, again and again"},
		{name: "disk", err: text("failed to extract layer: write /var/lib/x/y: no space left on device: unknown"), cause: api.PullDiskFull, detail: "/var/lib/x/y"},
		{name: "disk, no path", err: text("no space left on device"), cause: api.PullDiskFull},
		{name: "digest", err: text("unexpected commit digest sha256:a, expected sha256:b: failed precondition"), cause: api.PullCorrupt, detail: "the digest does not fit, not even when fetched again"},
		{name: "size", err: text("read past expected size 7"), cause: api.PullCorrupt, detail: "the size does not fit"},
		{name: "tar", err: text("failed to extract layer (x): archive/tar: invalid tar header"), cause: api.PullBadLayer, detail: "it is a damaged archive"},
		{name: "engine", err: fmt.Errorf("transport is closing: %w", errdefs.ErrUnavailable), cause: api.PullEngine},
		{name: "other", err: text("something"), cause: api.PullOther},
	}
	ref, err := Parse("r.example/team/app:1")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &pull{ref: ref, resolved: tt.resolved, remote: &remote{now: time.Now, logins: &logins{used: tt.login, source: "helper", trouble: tt.trouble}}}
			var pe *api.PullError
			got := p.explain(context.Background(), tt.err)
			if !errors.As(got, &pe) {
				t.Fatalf("became %v", got)
			}
			if pe.Cause != tt.cause || pe.Detail != tt.detail || pe.Ref != "r.example/team/app:1" || pe.Registry != "r.example" {
				t.Errorf("%s, %q", pe.Cause, pe.Detail)
			}
			if !errors.Is(got, tt.err) && errors.Unwrap(got) == nil {
				t.Error("the cause is lost")
			}
		})
	}
}

func TestExplainKeepsCancellation(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := (&pull{}).explain(ctx, errors.New("rpc error")); err != context.Canceled {
		t.Errorf("became %v", err)
	}
}
