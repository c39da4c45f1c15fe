package image_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"
)

// listen takes connections and hands them to a function, until the test ends.
func (s *scene) listen(name string, talk func(net.Conn)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); talk(c) }()
		}
	}()
	s.Cleanup(func() { l.Close(); <-done })
	s.hide = append(s.hide, l.Addr().String(), name)
	return l.Addr().String()
}

// says answers whatever comes with the same text.
func says(text string) func(net.Conn) {
	return func(c net.Conn) {
		_, _ = c.Read(make([]byte, 4096))
		_, _ = io.WriteString(c, text)
	}
}

// names answers questions for names: with a code, or not at all.
func (s *scene) names(code byte, answer bool) {
	s.resolver(func(q []byte) []byte {
		if !answer || len(q) < 12 {
			return nil
		}
		q[2] |= 0x80 // a response
		q[3] = q[3]&0xf0 | code
		return q
	})
}

// loopback answers every question for a name with 127.0.0.1.
func (s *scene) loopback() {
	s.resolver(func(q []byte) []byte {
		end := 12
		for end < len(q) && q[end] != 0 {
			end += int(q[end]) + 1
		}
		if end += 5; end > len(q) {
			return nil
		}
		kind := q[end-3]
		a := append([]byte(nil), q[:end]...)
		a[2], a[3] = a[2]|0x80, 0x80
		copy(a[6:12], make([]byte, 6)) // nothing but the question, so far
		if kind == 1 {
			a[7] = 1
			a = append(a, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1)
		}
		return a
	})
}

// resolver answers questions for names with what a function makes of them.
func (s *scene) resolver(reply func([]byte) []byte) {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	s.must(err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 2048)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			if a := reply(buf[:n]); a != nil {
				_, _ = pc.WriteTo(a, from)
			}
		}
	}()
	usual := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", pc.LocalAddr().String())
	}}
	s.Cleanup(func() { net.DefaultResolver = usual; pc.Close(); <-done })
}

func wayFaults() []fault {
	const dns = "registry.test/app:latest could not be pulled: the name registry.test cannot be resolved: "
	const spelling = " (check the spelling and /etc/resolv.conf)"
	return []fault{
		{name: "DNS: no such host", set: func(s *scene) string { s.names(3, true); return "registry.test/app" },
			want: dns + "there is no host registry.test" + spelling},
		{name: "DNS: the name server is silent", set: func(s *scene) string {
			s.cfg.Patience = brief()
			s.names(0, false)
			return "registry.test/app"
		},
			want: dns + "the name server does not answer" + spelling},
		{name: "connection refused", set: func(s *scene) string { return "127.0.0.1:1/app" },
			want: "127.0.0.1:1/app:latest could not be pulled: 127.0.0.1:1 is not reachable: 127.0.0.1:1 refuses the connection (check the network and the proxy settings)"},
		{name: "no answer to a connection", set: func(s *scene) string { return s.full() + "/app" },
			want: "FULL/app:latest could not be pulled: FULL is not reachable: it does not answer within 500 ms (check the network and the proxy settings)"},
		{name: "not HTTP", set: func(s *scene) string {
			addr := s.listen("SSH", says("SSH-2.0-OpenSSH_9.2\r\n"))
			s.certs(addr, "hosts.toml", "server = \"http://"+addr+"\"\n")
			return addr + "/app"
		}, want: "SSH/app:latest could not be pulled: SSH failed: what it answers is not HTTP (try again later)"},
		{name: "settings that are damaged", set: func(s *scene) string {
			s.certs("registry.test", "hosts.toml", "server = https://unquoted")
			return "registry.test/app"
		}, want: "registry.test/app:latest could not be pulled: this host's settings for registry.test are damaged: CERTS.D/registry.test/hosts.toml cannot be read: toml: unexpected character U+0068 'h' at start of value (mend that file, or remove it)"},
		{name: "settings that name a CA that is not there", set: func(s *scene) string {
			s.certs("registry.test", "hosts.toml", "server = \"https://registry.test\"\nca = \"gone.crt\"\n")
			return "registry.test/app"
		}, want: `registry.test/app:latest could not be pulled: this host's settings for registry.test are damaged: the settings of registry.test: unable to read CA cert "CERTS.D/registry.test/gone.crt": open CERTS.D/registry.test/gone.crt: no such file or directory (mend that file, or remove it)`},
	}
}

// full is an address whose queue of connections is full, so that nothing answers.
func (s *scene) full() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	s.Cleanup(func() { l.Close() })
	s.stuff(l)
	s.hide = append(s.hide, l.Addr().String(), "FULL")
	return l.Addr().String()
}

// cert makes a certificate that is its own CA.
func cert(t testing.TB, from, to time.Time, ips []net.IP, names ...string) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: from, NotAfter: to, IPAddresses: ips, DNSNames: names,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
}

// tls puts TLS before the registry and gives the address.
func (s *scene) tls(config *tls.Config) string {
	to, err := url.Parse("http://" + s.reg.Addr)
	s.must(err)
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.Transport = &http.Transport{DisableKeepAlives: true}
	srv := httptest.NewUnstartedServer(proxy)
	srv.TLS = config
	srv.Config.ErrorLog = nil
	srv.Config.ErrorLog = quietLog()
	srv.StartTLS()
	s.Cleanup(srv.Close)
	addr := srv.Listener.Addr().String()
	s.hide = append(s.hide, addr, "REG")
	// Named outright, it is not taken for a registry on loopback, which may do anything.
	s.certs(addr, "hosts.toml", "server = \"https://"+addr+"\"\n")
	return addr
}

func tlsFaults() []fault {
	here := []net.IP{net.IPv4(127, 0, 0, 1)}
	day, now := 24*time.Hour, time.Now()
	const date = "2 January 2006"
	today := now.Format(date)
	row := func(name, want string, ca bool, from, to time.Time, ips []net.IP, names ...string) fault {
		return fault{name: name, want: "REG/app:latest could not be pulled: " + want, set: func(s *scene) string {
			c, pem := cert(s, from, to, ips, names...)
			addr := s.tls(&tls.Config{Certificates: []tls.Certificate{c}})
			if ca {
				s.certs(addr, "ca.crt", string(pem))
				s.certs(addr, "hosts.toml", "server = \"https://"+addr+"\"\nca = \"ca.crt\"\n")
			}
			return addr + "/app"
		}}
	}
	raw := func(name, want, scheme string, serve func(s *scene) string) fault {
		return fault{name: name, want: "REG/app:latest could not be pulled: " + want, set: func(s *scene) string {
			addr := serve(s)
			s.certs(addr, "hosts.toml", fmt.Sprintf("server = \"%s://%s\"\n", scheme, addr))
			return addr + "/app"
		}}
	}
	return []fault{
		row("TLS: unknown CA", "the certificate of REG is not trusted: nobody here vouches for it (put its CA into /etc/containerd/certs.d/REG/ca.crt)", false, now.Add(-day), now.Add(day), here),
		row("TLS: wrong name", "the certificate of REG is for another name: it is for one.test, two.test (use a name that it is for, or get it a certificate for this one)", true, now.Add(-day), now.Add(day), nil, "one.test", "two.test"),
		row("TLS: expired", "the certificate of REG is not valid now: it expired on "+now.Add(-day).UTC().Format(date)+", and the clock here says "+today+" (have it renewed; if the date is wrong here, set the clock)", true, now.Add(-2*day), now.Add(-day), here),
		row("TLS: not valid yet", "the certificate of REG is not valid now: it is good only from "+now.Add(day).UTC().Format(date)+" on, and the clock here says "+today+" (have it renewed; if the date is wrong here, set the clock)", true, now.Add(day), now.Add(2*day), here),
		raw("TLS: not TLS at all", "REG and gantry find no TLS that both speak: what it answers is not TLS (check the port; a registry that wants a client's certificate finds it in /etc/containerd/certs.d/REG)", "https",
			func(s *scene) string { return s.listen("REG", says("SSH-2.0-OpenSSH_9.2\r\n")) }),
		raw("TLS: too old a version", "REG and gantry find no TLS that both speak: protocol version not supported (check the port; a registry that wants a client's certificate finds it in /etc/containerd/certs.d/REG)", "https",
			func(s *scene) string {
				c, _ := cert(s, now.Add(-day), now.Add(day), here)
				return s.tls(&tls.Config{Certificates: []tls.Certificate{c}, MaxVersion: tls.VersionTLS10, MinVersion: tls.VersionTLS10})
			}),
		{name: "TLS: wants a client certificate", set: func(s *scene) string {
			c, pem := cert(s, now.Add(-day), now.Add(day), here)
			addr := s.tls(&tls.Config{Certificates: []tls.Certificate{c}, ClientAuth: tls.RequireAnyClientCert})
			s.certs(addr, "ca.crt", string(pem))
			s.certs(addr, "hosts.toml", "server = \"https://"+addr+"\"\nca = \"ca.crt\"\n")
			return addr + "/app"
		}, want: "REG/app:latest could not be pulled: REG and gantry find no TLS that both speak: it wants a certificate of this host's (check the port; a registry that wants a client's certificate finds it in /etc/containerd/certs.d/REG)"},
		raw("TLS: silent", "REG sends nothing: it takes the connection and does not answer in TLS within 500 ms (try again: what has come is kept; if it goes on, check the network and the proxy settings)", "https",
			func(s *scene) string { return s.listen("REG", func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }) }),
		raw("HTTP on an HTTPS port", "REG speaks plain HTTP, which is allowed on this host only (allow it in /etc/containerd/certs.d/REG/hosts.toml, or give the registry a certificate)", "https",
			func(s *scene) string { return s.reg.Addr }),
		raw("HTTPS on an HTTP port", "REG wants HTTPS and was asked in plain HTTP (write https:// in /etc/containerd/certs.d/REG/hosts.toml)", "http",
			func(s *scene) string {
				c, _ := cert(s, now.Add(-day), now.Add(day), here)
				return s.tls(&tls.Config{Certificates: []tls.Certificate{c}})
			}),
	}
}

func proxyFaults() []fault {
	const start, fix = "registry.test/app:latest could not be pulled: the proxy ", " (check HTTPS_PROXY, HTTP_PROXY and NO_PROXY)"
	by := func(name, want string, proxy func(*scene) string) fault {
		return fault{name: name, want: start + want + fix, set: func(s *scene) string {
			u := &url.URL{Scheme: "http", Host: proxy(s)}
			s.cfg.Proxy = func(*http.Request) (*url.URL, error) { return u, nil }
			return "registry.test/app"
		}}
	}
	answer := func(status string) func(*scene) string {
		return func(s *scene) string {
			return s.listen("PROXY", says("HTTP/1.1 "+status+"\r\nContent-Length: 0\r\n\r\n"))
		}
	}
	return []fault{
		by("proxy refuses the connection", "127.0.0.1:1 is in the way: it refuses the connection", func(*scene) string { return "127.0.0.1:1" }),
		by("proxy wants a login (407)", "PROXY is in the way: it wants a login", answer("407 Proxy Authentication Required")),
		by("proxy does not connect (403)", "PROXY is in the way: it does not connect: 403 Forbidden", answer("403 Forbidden")),
		by("proxy host unknown", "proxy.test:3128 is in the way: its name cannot be resolved", func(s *scene) string {
			s.names(3, true)
			return "proxy.test:3128"
		}),
		by("proxy is silent", "PROXY is in the way: it sends nothing for 500 ms", func(s *scene) string {
			return s.listen("PROXY", func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
		}),
		{name: "proxy wants a login (407), for plain HTTP", want: start + "PROXY is in the way: it wants a login" + fix, set: func(s *scene) string {
			u := &url.URL{Scheme: "http", Host: answer("407 Proxy Authentication Required")(s)}
			s.cfg.Proxy = func(*http.Request) (*url.URL, error) { return u, nil }
			s.certs("registry.test", "hosts.toml", "server = \"http://registry.test\"\n")
			return "registry.test/app"
		}},
	}
}
