package logger

import "sync"

// output is where both streams go.
type output struct {
	hub *hub

	mu  sync.Mutex // one batch of entries at a time
	log sink
}

// write has the entries that from gives out logged, and returns when they are.
func (o *output) write(stream string, from func(each func(entry []byte))) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.log.write(stream, from)
}
