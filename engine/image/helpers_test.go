package image_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"log"
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/enginetest/real"
)

func quietLog() *log.Logger { return log.New(io.Discard, "", 0) }

// repacked is a layer of a tar as it is given, whole or not.
func repacked(t testing.TB, raw []byte) real.Layer {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return real.Layer{Gzip: out.Bytes(), Raw: raw}
}

// stuff fills a listener's queue of connections, so that the kernel takes no more.
func (s *scene) stuff(l net.Listener) {
	s.Helper()
	raw, err := l.(*net.TCPListener).SyscallConn()
	s.must(err)
	s.must(raw.Control(func(fd uintptr) { err = unix.Listen(int(fd), 0) }))
	s.must(err)
	for range 3 {
		c, err := net.DialTimeout("tcp", l.Addr().String(), 50*time.Millisecond)
		if err == nil {
			s.Cleanup(func() { c.Close() })
		}
	}
}
