package option

// nearest is the name that a mistyped one most likely means; "" when none is near enough.
func nearest(s string, names []string) string {
	best, far := "", 1+len(s)/3
	for _, n := range names {
		if abs(len(n)-len(s)) > far {
			continue
		}
		if d := distance(s, n); d < far || d == far && best == "" {
			best, far = n, d
		}
	}
	return best
}

// distance counts the insertions, deletions, changes and swaps of neighbours, in bytes, that
// lead from a to b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
