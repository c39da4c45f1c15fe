package kit

import (
	"strconv"
	"time"
)

// Bytes is a number of bytes in few cells, in powers of 1024 as memory is counted:
// "512B", "12.4M", "64M", "1.5G". At most six cells.
func Bytes(n int64) string {
	if n < 1024 {
		return strconv.FormatInt(n, 10) + "B"
	}
	v, unit := scale(float64(n), 1024)
	return short(v) + [...]string{"", "K", "M", "G", "T", "P", "E"}[unit]
}

// Size is a number of bytes in powers of 1000, as sizes of images are told:
// "512 B", "66.0 MB".
func Size(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	v, unit := scale(float64(n), 1000)
	return fixed(v) + " " + sizeUnit(unit)
}

// SizePair is how much of a whole is there, in the whole's unit: "41.2 / 66.0 MB".
func SizePair(part, whole int64) string {
	if whole < 1000 {
		return strconv.FormatInt(part, 10) + " / " + Size(whole)
	}
	v, unit := scale(float64(whole), 1000)
	div := float64(whole) / v
	return fixed(float64(part)/div) + " / " + fixed(v) + " " + sizeUnit(unit)
}

// Rate is bytes a second: "18.3 MB/s".
func Rate(bytesPerSec float64) string { return Size(int64(bytesPerSec)) + "/s" }

// Percent is a fraction of one in whole percent: "62%". All but the whole is at most 99 %.
func Percent(fraction float64) string {
	p := int(fraction*100 + 0.5)
	if fraction < 1 && p > 99 {
		p = 99
	}
	return strconv.Itoa(max(0, min(100, p))) + "%"
}

// CPU is a share of one CPU, where 1 is a whole one: "0.3%", "12.5%", "250%".
func CPU(share float64) string {
	p := max(0, share*100)
	if p >= 99.95 {
		return strconv.FormatFloat(p, 'f', 0, 64) + "%"
	}
	return strconv.FormatFloat(p, 'f', 1, 64) + "%"
}

// Age is how long ago something was, in its largest unit: "now", "12s", "3m", "2h", "5d", "3y".
func Age(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Second:
		return "now"
	case d < time.Minute:
		return count(d, time.Second, "s")
	case d < time.Hour:
		return count(d, time.Minute, "m")
	case d < 2*day:
		return count(d, time.Hour, "h")
	case d < 2*365*day:
		return count(d, day, "d")
	}
	return count(d, 365*day, "y")
}

// Took is how long something took: "<0.1 ms", "0.4 ms", "84 ms", "1.2 s", "12 s", "1m 05s".
func Took(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	switch {
	case d <= 0:
		return ""
	case ms < 0.05:
		return "<0.1 ms"
	case ms < 9.95:
		return short(ms) + " ms"
	case ms < 999.5:
		return strconv.FormatFloat(ms, 'f', 0, 64) + " ms"
	case d < 9950*time.Millisecond:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < 59500*time.Millisecond:
		return strconv.FormatFloat(d.Seconds(), 'f', 0, 64) + " s"
	}
	d = d.Round(time.Second)
	if d < time.Hour {
		return count(d, time.Minute, "m ") + two(d%time.Minute, time.Second) + "s"
	}
	return count(d, time.Hour, "h ") + two(d%time.Hour, time.Minute) + "m"
}

// Left is the time that something will still take: "1 s left", "2 min left"; "" when it is not known.
func Left(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < time.Minute:
		return strconv.Itoa(max(1, int(d.Round(time.Second)/time.Second))) + " s left"
	case d < time.Hour:
		return strconv.Itoa(int((d+30*time.Second)/time.Minute)) + " min left"
	}
	return count(d, time.Hour, " h left")
}

// scale divides v by base until it is below base as it will be printed.
func scale(v, base float64) (float64, int) {
	unit := 0
	for v >= base-0.05*base/1000 && unit < 6 {
		v /= base
		unit++
	}
	return v, unit
}

func sizeUnit(unit int) string { return [...]string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}[unit] }

// short has one decimal unless it is zero or the number has three digits.
func short(v float64) string {
	if v >= 99.95 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	s := strconv.FormatFloat(v, 'f', 1, 64)
	if s[len(s)-1] == '0' {
		return s[:len(s)-2]
	}
	return s
}

// fixed always has one decimal, so that a running number keeps its width, until it has three digits.
func fixed(v float64) string {
	if v >= 99.95 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

func count(d, unit time.Duration, suffix string) string {
	return strconv.FormatInt(int64(d/unit), 10) + suffix
}

func two(d, unit time.Duration) string {
	s := strconv.FormatInt(int64(d/unit), 10)
	if len(s) < 2 {
		return "0" + s
	}
	return s
}
