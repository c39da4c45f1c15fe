package logger

import (
	"sync"
	"time"
)

// encMax is how many bytes of entries are gathered for one write.
const encMax = 64 << 10

// output is where both streams go.
type output struct {
	hub *hub

	mu  sync.Mutex // one batch of entries at a time
	log *logFile
	enc []byte
}

// write appends the entries that from gives out to the log, and returns when they are
// in it. One read is one write and has one time, unless it is very much.
func (o *output) write(stream string, from func(each func(entry []byte))) {
	o.mu.Lock()
	defer o.mu.Unlock()
	at := stamp(time.Now())
	from(func(entry []byte) {
		o.enc = appendEntry(o.enc, entry, stream, at)
		if len(o.enc) >= encMax {
			o.log.write(o.enc)
			o.enc = o.enc[:0]
		}
	})
	o.log.write(o.enc)
	o.enc = o.enc[:0]
}
