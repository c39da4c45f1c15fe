package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// moment reads a point in time as Docker does: a date with or without time and zone, seconds
// since 1970 with or without a fraction, or a duration, which means so long ago.
func (p *program) moment(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(s); err == nil {
		return p.Now().Add(-d), nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02", "2006-01-02Z07:00"} {
		if t, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			return t, nil
		}
	}
	whole, part, _ := strings.Cut(s, ".")
	const digits = 9
	if len(part) < digits {
		part += strings.Repeat("0", digits-len(part))
	}
	sec, err := strconv.ParseInt(whole, 10, 64)
	nano, nerr := strconv.ParseInt(part, 10, 64)
	if err != nil || nerr != nil || len(part) > digits || nano < 0 {
		return time.Time{}, fmt.Errorf("--%s %q: must be a date (2026-03-01T12:00:00Z), seconds since 1970, or how long ago (10m)", flag, s)
	}
	return time.Unix(sec, nano), nil
}
