package image

import (
	"math"
	"time"
)

const (
	// rateWindow is the time over which a rate is smoothed.
	rateWindow = 3 * time.Second
	// settled is how much data a rate needs before an estimate of the rest is shown.
	settled = 1500 * time.Millisecond
)

// rate is a moving average of bytes per second in which what was seen counts for less
// the longer ago it was, without the slow climb from zero of a plain one.
type rate struct {
	began   time.Time // of the first byte
	last    time.Time
	pending int64
	sum     float64 // average so far, still to be divided by weight
	weight  float64 // 0…1: how much of the window has been seen
}

// add counts bytes that arrived.
func (r *rate) add(n int64, now time.Time) {
	if r.began.IsZero() {
		r.began, r.last = now, now
	}
	r.pending += n
}

// value brings the average up to now.
func (r *rate) value(now time.Time) float64 {
	if r.began.IsZero() {
		return 0
	}
	if dt := now.Sub(r.last); dt > 0 {
		fresh := 1 - math.Exp(-dt.Seconds()/rateWindow.Seconds())
		r.sum += (float64(r.pending)/dt.Seconds() - r.sum) * fresh
		r.weight += (1 - r.weight) * fresh
		r.pending, r.last = 0, now
	}
	if r.weight == 0 || r.sum < 1 {
		return 0
	}
	return r.sum / r.weight
}

// left estimates the time for n more bytes; 0 while it cannot be known.
func (r *rate) left(n int64, now time.Time) time.Duration {
	v := r.value(now)
	if n <= 0 || v <= 0 || now.Sub(r.began) < settled {
		return 0
	}
	return time.Duration(float64(n) / v * float64(time.Second)).Round(100 * time.Millisecond)
}
