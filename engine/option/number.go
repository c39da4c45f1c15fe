package option

import (
	"strconv"
	"strings"
)

// parseNano reads a decimal number of at most nine places into billionths.
func parseNano(s string) (int64, bool) {
	whole, part, _ := strings.Cut(s, ".")
	if whole == "" && part == "" || len(part) > 9 {
		return 0, false
	}
	if !digits(whole) || !digits(part) {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+part+strings.Repeat("0", 9-len(part)), 10, 64)
	return n, err == nil
}

// nanoText writes billionths as a decimal number; "" for none.
func nanoText(n int64) string {
	if n <= 0 {
		return ""
	}
	s := strconv.FormatInt(n/nano, 10)
	if rest := n % nano; rest != 0 {
		part := strconv.FormatInt(nano+rest, 10)[1:]
		s += "." + strings.TrimRight(part, "0")
	}
	return s
}

// bytesText writes a size in the largest unit that keeps it whole; "" for none.
func bytesText(n int64) string {
	if n <= 0 {
		return ""
	}
	for _, u := range []struct {
		size int64
		name string
	}{{1 << 30, "g"}, {1 << 20, "m"}, {1 << 10, "k"}} {
		if n%u.size == 0 {
			return strconv.FormatInt(n/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
