package kit

import (
	"testing"
	"time"
)

func TestFormats(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct{ got, want string }{
		{Bytes(0), "0B"}, {Bytes(512), "512B"}, {Bytes(1024), "1K"}, {Bytes(64 << 20), "64M"}, {Bytes(13_002_342), "12.4M"},
		{Bytes(1023), "1023B"}, {Bytes(1<<20 - 1), "1M"}, {Bytes(1536 << 20), "1.5G"}, {Bytes(230 << 20), "230M"}, {Bytes(1<<63 - 1), "8E"},
		{Size(0), "0 B"}, {Size(999), "999 B"}, {Size(66_000_000), "66.0 MB"}, {Size(156_400_000), "156 MB"}, {Size(999_960), "1.0 MB"},
		{SizePair(41_200_000, 66_000_000), "41.2 / 66.0 MB"}, {SizePair(0, 66_000_000), "0.0 / 66.0 MB"}, {SizePair(5, 300), "5 / 300 B"},
		{SizePair(900_000, 2_500_000_000), "0.0 / 2.5 GB"},
		{Rate(18_300_000), "18.3 MB/s"}, {Rate(0), "0 B/s"},
		{Percent(0.62), "62%"}, {Percent(0.999), "99%"}, {Percent(1), "100%"}, {Percent(-1), "0%"}, {Percent(2), "100%"},
		{CPU(0.003), "0.3%"}, {CPU(0), "0.0%"}, {CPU(2.5), "250%"},
		{Age(0), "now"}, {Age(-time.Hour), "now"}, {Age(12 * time.Second), "12s"}, {Age(3*time.Minute + 59*time.Second), "3m"},
		{Age(2 * time.Hour), "2h"}, {Age(47 * time.Hour), "47h"}, {Age(5 * day), "5d"}, {Age(800 * day), "2y"},
		{Took(0), ""}, {Took(20 * time.Microsecond), "<0.1 ms"}, {Took(400 * time.Microsecond), "0.4 ms"}, {Took(2 * time.Millisecond), "2 ms"},
		{Took(2300 * time.Microsecond), "2.3 ms"}, {Took(84 * time.Millisecond), "84 ms"}, {Took(412 * time.Millisecond), "412 ms"},
		{Took(9970 * time.Microsecond), "10 ms"}, {Took(999_600 * time.Microsecond), "1.0 s"}, {Took(1200 * time.Millisecond), "1.2 s"},
		{Took(12 * time.Second), "12 s"}, {Took(59_700 * time.Millisecond), "1m 00s"}, {Took(65 * time.Second), "1m 05s"}, {Took(3*time.Hour + 4*time.Minute), "3h 04m"},
		{Left(0), ""}, {Left(300 * time.Millisecond), "1 s left"}, {Left(42 * time.Second), "42 s left"}, {Left(90 * time.Second), "2 min left"}, {Left(2 * time.Hour), "2 h left"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
