package logger

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gantry/engine/stdio/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair is a hub and a client of it, as yet silent.
func pair(t *testing.T, stall time.Duration, flags byte) (*hub, *bufio.Reader) {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	h := newHub(stall)
	served := make(chan struct{})
	go func() { defer close(served); h.serve(l) }()
	r := dial(t, l, flags)
	t.Cleanup(func() { l.Close(); <-served; h.end(wire.Frame(wire.Exit, nil)); h.cut(time.Now()); h.wait() })
	return h, r
}

func dial(t *testing.T, l net.Listener, flags byte) *bufio.Reader {
	c, err := net.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := c.Write([]byte{wire.Version, flags}); err != nil {
		t.Fatal(err)
	}
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	r := bufio.NewReader(c)
	if b, err := r.ReadByte(); err != nil || b != wire.Version {
		t.Fatalf("answer %d, %v", b, err)
	}
	return r
}

// next is the next frame.
func next(t *testing.T, r *bufio.Reader) (wire.Kind, []byte) {
	t.Helper()
	k, n, err := wire.ReadHeader(r)
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		t.Fatal(err)
	}
	return k, b
}

func TestAStoppedClientIsLeftBehindAndComesBack(t *testing.T) {
	h, r := pair(t, 50*time.Millisecond, 0)
	chunk := bytes.Repeat([]byte{'x'}, 32<<10)
	const chunks = 64 // 2 MiB: more than socket and queue hold
	for range chunks {
		h.send(wire.Stdout, chunk) // blocks until the client counts as stopped
	}
	var got, missed int64
	for missed == 0 {
		k, b := next(t, r)
		switch k {
		case wire.Stdout:
			got += int64(len(b))
		case wire.Lagged:
			missed = wire.DecodeLagged(b)
		}
	}
	if got+missed != chunks*int64(len(chunk)) {
		t.Errorf("%d bytes came, %d are said to be missing, of %d", got, missed, chunks*len(chunk))
	}
	h.send(wire.Stderr, []byte("after"))
	if k, b := next(t, r); k != wire.Stderr || string(b) != "after" {
		t.Errorf("then came %d %q", k, b)
	}
	h.end(wire.Frame(wire.Exit, wire.EncodeExit(9, true)))
	if k, b := next(t, r); k != wire.Exit || b[4] != 9 {
		t.Errorf("then came %d %q", k, b)
	}
	h.wait()
}

func TestAStoppedClientDoesNotKeepTheLoggerForEver(t *testing.T) {
	h, _ := pair(t, 50*time.Millisecond, 0)
	for range 64 {
		h.send(wire.Stdout, make([]byte, 32<<10))
	}
	h.end(wire.Frame(wire.Exit, wire.EncodeExit(0, true)))
	h.wait()
}

func TestAClientThatHangsUpHoldsNobodyUp(t *testing.T) {
	h := newHub(time.Hour)
	ours, theirs := net.Pipe()
	c := h.register(ours, false)
	theirs.Close()
	for range 64 {
		h.send(wire.Stdout, make([]byte, 32<<10))
	}
	h.remove(c)
	h.wait()
}

func TestAllWaitingEndsWhenTheContainerHasEnded(t *testing.T) {
	h, r := pair(t, time.Hour, 0)
	const size = 2 << 20
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for range size / (32 << 10) {
			h.send(wire.Stdout, make([]byte, 32<<10))
		}
	}()
	h.release()
	<-sent // although nobody has read
	got := 0
	for got < size {
		_, b := next(t, r)
		got += len(b)
	}
}

func TestReplayComesBeforeWhatIsNew(t *testing.T) {
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	h := newHub(time.Second)
	served := make(chan struct{})
	go func() { defer close(served); h.serve(l) }()
	h.send(wire.Stdout, []byte("a"))
	h.send(wire.Stdout, []byte("b"))
	h.send(wire.Stderr, []byte("c"))
	r := dial(t, l, wire.WithRing)
	h.send(wire.Stdout, []byte("d"))
	h.end(wire.Frame(wire.Exit, wire.EncodeExit(0, false)))
	var got strings.Builder
	for k, b := next(t, r); k != wire.Exit; k, b = next(t, r) {
		got.WriteByte('0' + byte(k))
		got.Write(b)
	}
	if got.String() != "1ab2c1d" {
		t.Errorf("received %s", got.String())
	}
	l.Close()
	<-served
	h.wait()
}

func TestRingKeepsTheLast(t *testing.T) {
	var r ring
	var all []byte
	for i := range 5000 {
		b := bytes.Repeat([]byte{byte(i)}, i%97)
		r.add(wire.Kind(1+i%2), b)
		all = append(all, b...)
	}
	var got []byte
	for _, f := range r.frames() {
		got = append(got, f[wire.HeaderLen:]...)
	}
	if !bytes.Equal(got, all[len(all)-ringSize:]) {
		t.Errorf("%d bytes, or not the last", len(got))
	}
	for i := range 3 * ringPieces {
		r.add(wire.Kind(1+i%2), []byte{byte(i)})
	}
	if len(r.pieces) > ringPieces {
		t.Errorf("%d pieces", len(r.pieces))
	}
	big := bytes.Repeat([]byte("0123456789"), ringSize/5)
	r.add(wire.Stdout, big)
	if f := r.frames(); len(f) != 1 || !bytes.Equal(f[0][wire.HeaderLen:], big[len(big)-ringSize:]) {
		t.Error("a piece larger than the ring is not cut to its end")
	}
}
