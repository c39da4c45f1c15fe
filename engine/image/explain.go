package image

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"syscall"

	"github.com/containerd/containerd/v2/core/remotes/docker"
	remoteerrors "github.com/containerd/containerd/v2/core/remotes/errors"
	"github.com/containerd/errdefs"

	"gantry/engine/api"
)

// engineError says which image a failed look-up was about.
func engineError(r Ref, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("image %s: %w", r.Familiar, err)
}

// explain finds out why a pull failed. The order matters: a refusal may look like
// something that was not found, and what containerd reports comes as text.
func (p *pull) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var known *api.PullError
	if errors.As(err, &known) {
		return known
	}
	e := &api.PullError{Ref: p.ref.Familiar, Registry: p.ref.Host, Err: err}
	for _, find := range []func(error) (api.PullCause, string){
		p.fromStatus, p.fromAuth, fromTLS, fromNet, fromContent, fromEngine, p.fromNotFound,
	} {
		if e.Cause, e.Detail = find(err); e.Cause != "" {
			return e
		}
	}
	e.Cause = api.PullOther
	return e
}

// fromStatus reads a registry's refusal.
func (p *pull) fromStatus(err error) (api.PullCause, string) {
	var s remoteerrors.ErrUnexpectedStatus
	if !errors.As(err, &s) {
		return "", ""
	}
	said := message(err)
	switch {
	case s.StatusCode == http.StatusUnauthorized, s.StatusCode == http.StatusForbidden:
		return p.refused(said)
	case s.StatusCode == http.StatusProxyAuthRequired:
		return api.PullUnreachable, "the proxy wants a login"
	case s.StatusCode == http.StatusNotFound:
		return p.fromNotFound(errdefs.ErrNotFound)
	case s.StatusCode == http.StatusTooManyRequests:
		if after := p.remote.limits.retryAfter(); after != "" {
			return api.PullRateLimit, "it says to try again after " + seconds(after)
		}
		return api.PullRateLimit, said
	case s.StatusCode >= 500:
		return api.PullServer, joinWords(s.Status, said)
	}
	return api.PullServer, joinWords("it answered "+s.Status, said)
}

// seconds words a Retry-After header, which is a number of seconds or a date.
func seconds(after string) string {
	if strings.Trim(after, "0123456789") == "" {
		return after + " s"
	}
	return after
}

func joinWords(a, b string) string {
	if b == "" {
		return a
	}
	return a + ", " + b
}

// message is what the registry itself says is wrong, if it does.
func message(err error) string {
	var many docker.Errors
	if !errors.As(err, &many) || len(many) == 0 {
		return ""
	}
	var one docker.Error
	if !errors.As(many[0], &one) {
		return ""
	}
	return firstLine(one.Message)
}

func (p *pull) fromAuth(err error) (api.PullCause, string) {
	if errors.Is(err, docker.ErrInvalidAuthorization) || strings.Contains(err.Error(), "missing username or secret") {
		return p.refused("")
	}
	return "", ""
}

// refused tells a login that was not accepted from a repository that is private or does
// not exist, which registries do not tell apart.
func (p *pull) refused(said string) (api.PullCause, string) {
	l := p.remote.logins
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.used:
		return api.PullLogin, "the stored login (from " + l.source + ") is wrong or has expired"
	case l.trouble != nil:
		return api.PullLogin, l.trouble.Error()
	}
	return api.PullDenied, said
}

func fromTLS(err error) (api.PullCause, string) {
	var (
		record    tls.RecordHeaderError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
	)
	switch {
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return api.PullPlainHTTP, ""
	case errors.As(err, &authority):
		return api.PullTLS, "nobody here vouches for it; its CA belongs in a certs.d folder"
	case errors.As(err, &hostname):
		return api.PullTLS, "it is for another name: " + firstLine(strings.TrimPrefix(hostname.Error(), "x509: "))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return api.PullTLS, "it has expired, or the clock here is wrong"
	case errors.As(err, &invalid), errors.As(err, &verify):
		return api.PullTLS, firstLine(strings.TrimPrefix(err.Error()[strings.LastIndex(err.Error(), "x509: ")+1:], "509: "))
	case strings.Contains(err.Error(), "remote error: tls:"), strings.Contains(err.Error(), "TLS handshake"):
		return api.PullTLS, "the handshake failed"
	}
	return "", ""
}

func fromNet(err error) (api.PullCause, string) {
	var (
		dns *net.DNSError
		op  *net.OpError
		any net.Error
		at  string
	)
	if errors.As(err, &dns) {
		if dns.IsNotFound {
			return api.PullDNS, "there is no host " + dns.Name
		}
		return api.PullDNS, "the name server does not answer"
	}
	if errors.As(err, &op) && op.Addr != nil {
		at = op.Addr.String() + " "
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return api.PullUnreachable, at + "refuses the connection"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return api.PullUnreachable, "there is no route to " + strings.TrimSpace(at)
	case errors.As(err, &any) && any.Timeout():
		return api.PullUnreachable, at + "does not answer"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return api.PullUnreachable, "the connection broke off"
	}
	return "", ""
}

var fullPath = regexp.MustCompile(`(/\S+): (no space left on device|disk quota exceeded)`)

// fromContent reads what containerd says when it writes content and unpacks it.
func fromContent(err error) (api.PullCause, string) {
	text := err.Error()
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), has("no space left on device", "disk quota exceeded"):
		if m := fullPath.FindStringSubmatch(text); m != nil {
			return api.PullDiskFull, m[1]
		}
		return api.PullDiskFull, ""
	case has("unexpected commit digest", "unexpected digest", "wrong diff id", "size validation", "unexpected commit size"):
		return api.PullCorrupt, "the digest does not fit"
	case has("expected size", "short read"):
		return api.PullCorrupt, "the size does not fit"
	case has("failed to extract layer") && has("unexpected EOF", "invalid header", "archive/tar", "flate", "gzip", "zstd"):
		return api.PullCorrupt, "a layer cannot be unpacked"
	case has("blocked by image verifier"):
		return api.PullDenied, "an image verifier of this host blocks it"
	}
	return "", ""
}

func fromEngine(err error) (api.PullCause, string) {
	if errdefs.IsUnavailable(err) || errdefs.IsCanceled(err) || strings.Contains(err.Error(), "client connection is closing") {
		return api.PullEngine, ""
	}
	return "", ""
}

func (p *pull) fromNotFound(err error) (api.PullCause, string) {
	switch {
	case !errdefs.IsNotFound(err):
		return "", ""
	case p.resolved && strings.Contains(err.Error(), "from remote"):
		return api.PullServer, "it has lost a part of the image"
	case p.resolved:
		return "", ""
	case p.ref.Digest != "":
		return api.PullNoTag, "nothing with that digest in " + p.ref.Repo
	}
	return api.PullNoTag, "no tag " + p.ref.Tag + " in " + p.ref.Repo
}
