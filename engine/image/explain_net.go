package image

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"gantry/engine/api"
)

// fromProxy finds what is the fault of a proxy. Behind one nothing can be known of the
// registry itself.
func fromProxy(err error) verdict {
	var (
		answer *proxyError
		op     *net.OpError
		dns    *net.DNSError
		silent *silentError
		proxy  = proxyOf(err)
		v      = verdict{cause: api.PullProxy, server: proxy}
	)
	if proxy == "" {
		return verdict{}
	}
	switch {
	case errors.As(err, &answer) && answer.code == http.StatusProxyAuthRequired:
		v.detail = "it wants a login"
	case errors.As(err, &answer):
		v.detail = "it does not connect: " + answer.status
	case errors.As(err, &dns):
		v.detail = "its name cannot be resolved"
	case errors.As(err, &op) && errors.Is(err, syscall.ECONNREFUSED):
		v.detail = "it refuses the connection"
	case errors.As(err, &silent):
		v.detail = "it sends nothing for " + inWords(silent.after)
	case errors.As(err, &op) && (op.Op == "proxyconnect" || op.Op == "dial"):
		v.detail = "it cannot be reached: " + op.Err.Error()
	default:
		return verdict{}
	}
	return v
}

// proxyOf is the proxy that was on an error's way.
func proxyOf(err error) string {
	var way *wayError
	if errors.As(err, &way) {
		return way.Proxy
	}
	return ""
}

// fromNet reads what the network says.
func fromNet(err error) verdict {
	var (
		dns    *net.DNSError
		op     *net.OpError
		any    net.Error
		silent *silentError
		short  *shortError
		at     string
	)
	if errors.As(err, &op) && op.Addr != nil {
		at = op.Addr.String() + " "
	}
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return verdict{cause: api.PullDNS, detail: "there is no host " + dns.Name}
	case errors.As(err, &dns):
		return verdict{cause: api.PullDNS, detail: "the name server does not answer"}
	case errors.As(err, &silent):
		return fromSilence(err, silent)
	case errors.As(err, &short):
		return verdict{cause: api.PullCorrupt, detail: "a part of the image ends too soon, after " + bytesOf(short.got, short.size)}
	case errors.Is(err, syscall.ECONNREFUSED):
		return verdict{cause: api.PullUnreachable, detail: at + "refuses the connection"}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return verdict{cause: api.PullUnreachable, detail: "there is no route to " + strings.TrimSpace(at)}
	case errors.As(err, &any) && any.Timeout():
		return verdict{cause: api.PullUnreachable, detail: at + "does not answer"}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF),
		strings.Contains(err.Error(), "malformed chunked encoding"), strings.Contains(err.Error(), "invalid byte in chunk length"):
		return verdict{cause: api.PullUnreachable, detail: "the connection broke off, again and again"}
	case strings.Contains(err.Error(), "malformed HTTP"):
		return verdict{cause: api.PullServer, detail: "what it answers is not HTTP"}
	}
	return verdict{}
}

// fromSilence goes by how far a request had come when nothing more happened.
func fromSilence(err error, silent *silentError) verdict {
	var way *wayError
	errors.As(err, &way)
	if way == nil {
		return verdict{cause: api.PullSilent, detail: "it stopped in the middle, and nothing came for " + inWords(silent.after)}
	}
	switch way.Stage {
	case "resolve":
		return verdict{cause: api.PullDNS, detail: "the name server does not answer"}
	case "connect":
		return verdict{cause: api.PullUnreachable, detail: "it does not answer within " + inWords(silent.after)}
	case "handshake":
		return verdict{cause: api.PullSilent, detail: "it takes the connection and does not answer in TLS within " + inWords(silent.after)}
	}
	return verdict{cause: api.PullSilent, detail: "it takes the question and does not answer within " + inWords(silent.after)}
}
