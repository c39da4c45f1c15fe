package image

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Patience says how long a pull bears with a registry. Zero values are the defaults.
type Patience struct {
	Silence time.Duration // without a byte before a connection is given up: 30 s
	Tries   int           // connections in a row that bring nothing before the pull fails: 4
	Pause   time.Duration // before trying again, doubled from try to try: 500 ms
	Wait    time.Duration // the longest Retry-After that is waited for: 20 s
	Helper  time.Duration // for a credential helper to answer: 10 s
}

func (p Patience) withDefaults() Patience {
	if p.Silence <= 0 {
		p.Silence = 30 * time.Second
	}
	if p.Tries <= 0 {
		p.Tries = 4
	}
	if p.Pause <= 0 {
		p.Pause = 500 * time.Millisecond
	}
	if p.Wait <= 0 {
		p.Wait = 20 * time.Second
	}
	if p.Helper <= 0 {
		p.Helper = 10 * time.Second
	}
	return p
}

// before is the pause before the next try, after so many that came to nothing.
func (p Patience) before(failed int) time.Duration {
	return p.Pause << min(max(failed-1, 0), 6)
}

// askedFor is the pause that a registry asks for with Retry-After; ok is false when it
// asks for none that can be read.
func askedFor(h http.Header, now time.Time) (pause time.Duration, ok bool) {
	after := strings.TrimSpace(h.Get("Retry-After"))
	if after == "" {
		return 0, false
	}
	if n, err := strconv.Atoi(after); err == nil && n >= 0 && n < 1<<30 {
		return time.Duration(n) * time.Second, true
	}
	at, err := http.ParseTime(after)
	if err != nil {
		return 0, false
	}
	return max(0, at.Sub(now)), true
}

// sleep waits for d or for ctx's end.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
