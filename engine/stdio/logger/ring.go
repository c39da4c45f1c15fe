package logger

import "gantry/engine/stdio/wire"

// ringSize is how much of the last output is kept for clients that come late;
// ringPieces bounds how often it may change between the streams.
const (
	ringSize   = 64 << 10
	ringPieces = 2048
)

// ring holds the last output of both streams in the order it was read.
type ring struct {
	buf    []byte
	start  int // of the oldest byte
	size   int
	pieces []piece
}

// piece is a run of bytes of one stream.
type piece struct {
	kind wire.Kind
	n    int
}

// add appends output and lets go of the oldest.
func (r *ring) add(k wire.Kind, b []byte) {
	if len(b) > ringSize {
		b = b[len(b)-ringSize:]
	}
	if len(b) == 0 {
		return
	}
	if r.buf == nil {
		r.buf = make([]byte, ringSize)
	}
	r.drop(r.size + len(b) - ringSize)
	at := (r.start + r.size) % ringSize
	n := copy(r.buf[at:], b)
	copy(r.buf, b[n:])
	r.size += len(b)
	if last := len(r.pieces) - 1; last >= 0 && r.pieces[last].kind == k {
		r.pieces[last].n += len(b)
		return
	}
	if len(r.pieces) == ringPieces {
		r.drop(r.pieces[0].n)
	}
	r.pieces = append(r.pieces, piece{k, len(b)})
}

// drop forgets the n oldest bytes.
func (r *ring) drop(n int) {
	if n <= 0 {
		return
	}
	r.start = (r.start + n) % ringSize
	r.size -= n
	gone := 0
	for n > 0 && n >= r.pieces[gone].n {
		n -= r.pieces[gone].n
		gone++
	}
	r.pieces = append(r.pieces[:0], r.pieces[gone:]...)
	if n > 0 {
		r.pieces[0].n -= n
	}
}

// frames is a copy of what is kept.
func (r *ring) frames() [][]byte {
	var all [][]byte
	at := r.start
	for _, p := range r.pieces {
		b := make([]byte, 0, p.n)
		b = append(b, r.buf[at:min(at+p.n, ringSize)]...)
		b = append(b, r.buf[:p.n-len(b)]...)
		all = append(all, wire.Frame(p.kind, b))
		at = (at + p.n) % ringSize
	}
	return all
}
