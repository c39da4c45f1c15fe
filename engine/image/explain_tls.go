package image

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"strings"
	"time"

	"gantry/engine/api"
)

// fromTLS tells apart what keeps two sides from a connection that both trust.
func fromTLS(err error) verdict {
	var (
		record    tls.RecordHeaderError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
		alert     tls.AlertError
		text      = err.Error()
	)
	plain := errors.Is(err, http.ErrSchemeMismatch) || strings.Contains(text, "server gave HTTP response to HTTPS client")
	switch {
	case plain, errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/":
		return verdict{cause: api.PullPlainHTTP}
	case errors.As(err, &record):
		return verdict{cause: api.PullTLSHandshake, detail: "what it answers is not TLS"}
	case errors.As(err, &authority):
		return verdict{cause: api.PullTLS, detail: "nobody here vouches for it"}
	case errors.As(err, &hostname):
		return verdict{cause: api.PullTLSName, detail: names(hostname.Certificate)}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return verdict{cause: api.PullTLSExpired, detail: dates(invalid.Cert)}
	case errors.As(err, &invalid), errors.As(err, &verify):
		return verdict{cause: api.PullTLS, detail: firstLine(afterLast(text, "x509: "))}
	case strings.Contains(text, "certificate required"):
		return verdict{cause: api.PullTLSHandshake, detail: "it wants a certificate of this host's"}
	case errors.As(err, &alert), strings.Contains(text, "remote error: tls:"), strings.Contains(text, "tls: "), strings.Contains(text, "TLS handshake"):
		return verdict{cause: api.PullTLSHandshake, detail: firstLine(afterLast(text, "tls: "))}
	}
	return verdict{}
}

// names is whom a certificate is for.
func names(c *x509.Certificate) string {
	if c == nil {
		return ""
	}
	all := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		return "it is for no name at all"
	}
	const most = 3
	s := "it is for " + strings.Join(all[:min(len(all), most)], ", ")
	if len(all) > most {
		s += " and others"
	}
	return s
}

// dates is when a certificate held or will hold, and what the clock here says.
func dates(c *x509.Certificate) string {
	const day = "2 January 2006"
	now := time.Now()
	clock := ", and the clock here says " + now.Format(day)
	switch {
	case c == nil:
		return "it has expired" + clock
	case now.Before(c.NotBefore):
		return "it is good only from " + c.NotBefore.Format(day) + " on" + clock
	}
	return "it expired on " + c.NotAfter.Format(day) + clock
}

func afterLast(s, mark string) string {
	if i := strings.LastIndex(s, mark); i >= 0 {
		return s[i+len(mark):]
	}
	return s
}
