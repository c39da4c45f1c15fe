package image

import (
	"errors"
	"net/http"
	"strings"

	"github.com/containerd/containerd/v2/core/remotes/docker"
	remoteerrors "github.com/containerd/containerd/v2/core/remotes/errors"
	"github.com/containerd/errdefs"

	"gantry/engine/api"
)

// addressOf is the address that an HTTP status came from, "" without one.
func addressOf(err error) string {
	var s remoteerrors.ErrUnexpectedStatus
	if errors.As(err, &s) {
		return s.RequestURL
	}
	return ""
}

// fromStatus reads a registry's refusal.
func (p *pull) fromStatus(err error) verdict {
	var s remoteerrors.ErrUnexpectedStatus
	if !errors.As(err, &s) {
		return verdict{}
	}
	said := message(err)
	switch s.StatusCode {
	case http.StatusUnauthorized:
		return p.unauthorized(p.remote.notes.isRealm(s.RequestURL), said)
	case http.StatusForbidden:
		return p.forbidden(said)
	case http.StatusProxyAuthRequired:
		return verdict{cause: api.PullProxy, detail: "it wants a login", server: proxyOf(err)}
	case http.StatusNotFound:
		if p.remote.notes.isRealm(s.RequestURL) {
			return verdict{cause: api.PullServer, detail: "its token server is not where it says"}
		}
		return p.fromNotFound(errdefs.ErrNotFound)
	case http.StatusTooManyRequests:
		if limits := p.remote.notes.limits(p.remote.now()); limits != "" {
			return verdict{cause: api.PullRateLimit, detail: limits}
		}
		return verdict{cause: api.PullRateLimit, detail: said}
	case http.StatusBadRequest:
		if strings.Contains(string(s.Body), "HTTP request to an HTTPS server") || strings.HasPrefix(s.RequestURL, "http://") && len(s.Body) == 0 {
			return verdict{cause: api.PullWantsTLS}
		}
	}
	if s.StatusCode >= 500 {
		return verdict{cause: api.PullServer, detail: joinWords(s.Status, said)}
	}
	return verdict{cause: api.PullServer, detail: joinWords("it answered "+s.Status, said)}
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

func (p *pull) fromAuth(err error) verdict {
	text := err.Error()
	switch {
	case errors.Is(err, docker.ErrInvalidAuthorization), strings.Contains(text, "missing username or secret"):
		return p.unauthorized(false, "")
	case strings.Contains(text, "decode token response"), strings.Contains(text, "did not include a token"), strings.Contains(text, "token auth challenge"):
		return verdict{cause: api.PullServer, detail: "its token server gives no token that could be read"}
	}
	return verdict{}
}

// unauthorized tells a login that was not accepted from a repository that is private or
// does not exist, which registries do not tell apart.
func (p *pull) unauthorized(byTokenServer bool, said string) verdict {
	l := p.remote.logins
	l.mu.Lock()
	defer l.mu.Unlock()
	given := p.remote.notes.tokensGiven() > 0
	switch {
	case l.used && given && !byTokenServer:
		return verdict{cause: api.PullForbidden, detail: "the login from " + l.source + " is accepted, but not for this repository"}
	case l.used:
		return verdict{cause: api.PullLogin, detail: "the stored login (from " + l.source + ") is wrong or has expired"}
	case l.trouble != nil:
		return verdict{cause: api.PullLogin, detail: l.trouble.Error()}
	case given && !byTokenServer:
		return verdict{cause: api.PullDenied, detail: "the token that it gave, it did not accept"}
	}
	return verdict{cause: api.PullDenied, detail: said}
}

// forbidden is for 403: the registry knows who asks, and says no.
func (p *pull) forbidden(said string) verdict {
	l := p.remote.logins
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.used:
		return verdict{cause: api.PullForbidden, detail: joinWords("not with the login from "+l.source, said)}
	case l.trouble != nil:
		return verdict{cause: api.PullLogin, detail: l.trouble.Error()}
	}
	return verdict{cause: api.PullForbidden, detail: said}
}

// fromLoop recognises answers that lead nowhere but on.
func fromLoop(err error) verdict {
	if strings.Contains(err.Error(), "stopped after 10 redirects") {
		return verdict{cause: api.PullLoop, detail: "one redirect leads to the next, ten times over"}
	}
	return verdict{}
}
