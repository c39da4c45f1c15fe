package wire

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// FuzzFrames reads any bytes as the stream of an attach socket: it ends, nothing larger
// than allowed is asked for, and frames that are written are read as they were.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("\x01\x00\x00\x00\x02hi"), byte(2), []byte("err"))
	f.Add([]byte("\x01\xff\xff\xff\xff"), byte(0), []byte{})
	f.Add([]byte("\x03\x00\x00\x00\x05\x01\x00\x00\x00\x89"), byte(9), bytes.Repeat([]byte("x"), 5000))
	f.Fuzz(func(t *testing.T, stream []byte, kind byte, payload []byte) {
		r := bytes.NewReader(stream)
		var whole []byte
		for {
			k, n, err := ReadHeader(r)
			if err != nil {
				break
			}
			if n < 0 || n > MaxPayload {
				t.Fatalf("a frame of %d bytes is taken", n)
			}
			p := make([]byte, n)
			if _, err := io.ReadFull(r, p); err != nil {
				break
			}
			whole = append(whole, Frame(k, p)...)
			DecodeExit(p)
			DecodeLagged(p)
		}
		if !bytes.HasPrefix(stream, whole) {
			t.Fatalf("%q was read as %q", stream, whole)
		}
		if len(payload) > MaxPayload {
			return
		}
		b := bytes.NewReader(Frame(Kind(kind), payload))
		k, n, err := ReadHeader(b)
		if err != nil || k != Kind(kind) || n != len(payload) || b.Len() != n {
			t.Fatalf("kind %d with %d bytes is read as kind %d with %d, %v", kind, len(payload), k, n, err)
		}
	})
}

// FuzzExitCodes: an end is told as it was, whatever the code.
func FuzzExitCodes(f *testing.F) {
	f.Add(uint32(0), true, int64(0))
	f.Add(uint32(137), false, int64(1)<<40)
	f.Fuzz(func(t *testing.T, code uint32, known bool, missed int64) {
		got, ok := DecodeExit(EncodeExit(int(code), known))
		if ok != known || known && got != int(code) {
			t.Errorf("%d, %v is told as %d, %v", code, known, got, ok)
		}
		if got := DecodeLagged(EncodeLagged(missed)); got != missed {
			t.Errorf("%d missed bytes are told as %d", missed, got)
		}
	})
}

// FuzzLastExit takes any bytes for the record of an exit: it is damaged and said to be, or
// it is read, and written again is read as the same.
func FuzzLastExit(f *testing.F) {
	f.Add([]byte(`{"code":137,"at":"2026-11-23T12:23:33Z","pid":7,"oom":true}`))
	f.Add([]byte(`{"code":0,"at":"2026-11-23T12:23:33.5+01:00","unknown":true,"began":"2026-11-23T12:23:30Z"}`))
	f.Add([]byte(`{"code":1`))
	f.Add([]byte("\x00\x00"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, LastExitFile), b, 0o600); err != nil {
			t.Fatal(err)
		}
		e, err := ReadLastExit(dir)
		if err != nil {
			return
		}
		if err := WriteLastExit(dir, e); err != nil {
			t.Fatalf("%+v was read, and cannot be written: %v", e, err)
		}
		again, err := ReadLastExit(dir)
		if err != nil || !again.At.Equal(e.At) || !again.Began.Equal(e.Began) {
			t.Fatalf("%+v, written and read again: %+v, %v", e, again, err)
		}
		again.At, again.Began = e.At, e.Began
		if again != e {
			t.Errorf("%+v, written and read again: %+v", e, again)
		}
		left, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(left) != 1 {
			t.Errorf("files left: %q, %v", left, err)
		}
	})
}
