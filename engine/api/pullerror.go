package api

import (
	"fmt"
	"strings"
)

// PullCause is why an image could not be pulled.
type PullCause string

// The causes of a failed pull that are told apart.
const (
	PullBadReference PullCause = "bad-reference"
	PullNoTag        PullCause = "no-tag"      // the repository, tag or digest does not exist
	PullDenied       PullCause = "denied"      // private, or it does not exist: the registry does not say
	PullForbidden    PullCause = "forbidden"   // 403: known, but not allowed
	PullLogin        PullCause = "login"       // the credentials were refused
	PullRateLimit    PullCause = "rate-limit"  // 429
	PullUnreachable  PullCause = "unreachable" // refused, timed out, no route
	PullSilent       PullCause = "silent"      // connected, but nothing comes
	PullProxy        PullCause = "proxy"       // the proxy on the way there is to blame
	PullDNS          PullCause = "dns"
	PullTLS          PullCause = "tls"           // the certificate's issuer is not known
	PullTLSName      PullCause = "tls-name"      // the certificate is for another name
	PullTLSExpired   PullCause = "tls-expired"   // expired, or not valid yet
	PullTLSHandshake PullCause = "tls-handshake" // no TLS at all, or none that both can speak
	PullPlainHTTP    PullCause = "plain-http"    // HTTP answered where HTTPS was asked
	PullWantsTLS     PullCause = "wants-tls"     // HTTPS is wanted where HTTP was asked
	PullLoop         PullCause = "loop"          // redirects or tokens without end
	PullPlatform     PullCause = "platform"      // nothing for this platform; Platforms lists what there is
	PullCorrupt      PullCause = "corrupt"       // digest or size does not fit
	PullBadLayer     PullCause = "bad-layer"     // what arrived is as announced, but cannot be unpacked
	PullTooBig       PullCause = "too-big"       // more manifest, config or layers than any image has
	PullDiskFull     PullCause = "disk-full"
	PullSettings     PullCause = "settings"  // a file here that says how to reach the registry is damaged
	PullNotImage     PullCause = "not-image" // an artifact, or a format too old
	PullPolicy       PullCause = "policy"    // an image verifier of this host blocks it
	PullServer       PullCause = "server"    // the registry answered 5xx, or nonsense
	PullEngine       PullCause = "engine"    // containerd went away
	PullNotHere      PullCause = "pull-never"
	PullOther        PullCause = "other"
)

// PullError is a pull that failed.
type PullError struct {
	Ref       string
	Registry  string // host[:port] of the name
	Server    string // host[:port] that was asked, when it is another: a mirror, a token server
	Cause     PullCause
	Detail    string   // a few words: the status, the path that is full
	Platforms []string // with PullPlatform: what the image offers
	Wanted    string   // with PullPlatform: what was asked for
	Tags      []string // with PullNoTag: some tags that there are, at most 10
	NoRepo    bool     // with PullNoTag: it is known that the whole repository does not exist
	Err       error
}

// Host is who was asked: Server, or else Registry.
func (e *PullError) Host() string {
	if e.Server != "" {
		return e.Server
	}
	if e.Registry != "" {
		return e.Registry
	}
	return "the registry"
}

// Error is one line, for logs and traces; ui/kit has the words for people.
func (e *PullError) Error() string {
	if e.Cause == PullNotHere {
		return fmt.Sprintf("no such image here: %s, and --pull never was asked for", e.Ref)
	}
	s := "pull " + e.Ref + ": " + e.what()
	if e.Cause == PullPlatform && len(e.Platforms) > 0 {
		return s + "; it has " + strings.Join(e.Platforms, ", ")
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

func (e *PullError) what() string {
	switch e.Cause {
	case PullBadReference:
		return "not a valid image name"
	case PullNoTag:
		if e.NoRepo {
			return "no such repository in " + e.Registry
		}
		return "no such image in " + e.Registry
	case PullPlatform:
		return "the image has nothing for " + e.Wanted
	case PullCorrupt:
		return "what arrived is not what the registry announced"
	case PullBadLayer:
		return "a layer cannot be unpacked"
	case PullTooBig:
		return "this is more than an image can be"
	case PullDiskFull:
		return "the disk is full"
	case PullSettings:
		return "this host's settings for " + e.Registry + " are damaged"
	case PullNotImage:
		return "this is not a container image"
	case PullPolicy:
		return "an image verifier of this host blocks it"
	case PullEngine:
		return "containerd went away"
	case PullProxy:
		return "the proxy is to blame"
	}
	if s := e.byHost(); s != "" {
		return s
	}
	if e.Err != nil {
		return e.Err.Error()
	}
	return "failed"
}

// byHost says what the host that was asked is to blame for, "" if it is not.
func (e *PullError) byHost() string {
	host := e.Host()
	switch e.Cause {
	case PullDenied:
		return host + " says there is no such repository, or it wants a login"
	case PullForbidden:
		return host + " does not allow it"
	case PullLogin:
		return "the login for " + host + " was refused"
	case PullRateLimit:
		return host + " has limited the number of pulls"
	case PullUnreachable:
		return host + " is not reachable"
	case PullSilent:
		return host + " sends nothing"
	case PullDNS:
		return "the name " + host + " cannot be resolved"
	case PullTLS, PullTLSName, PullTLSExpired:
		return "the certificate of " + host + " is not trusted"
	case PullTLSHandshake:
		return host + " and gantry find no TLS in common"
	case PullPlainHTTP:
		return host + " speaks plain HTTP"
	case PullWantsTLS:
		return host + " wants HTTPS"
	case PullLoop:
		return host + " sends the pull round in circles"
	case PullServer:
		return host + " failed"
	}
	return ""
}

func (e *PullError) Unwrap() error { return e.Err }
