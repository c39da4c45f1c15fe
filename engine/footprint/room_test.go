package footprint

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
)

// The heap that a start takes comes with few page faults, where the kernel has huge pages, and is
// not kept in them.
func TestTheHeapOfAStartComesInHugePages(t *testing.T) {
	if raw, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled"); err != nil || strings.Contains(string(raw), "[never]") {
		t.Skip("this kernel has no huge pages")
	}
	r := Ahead()
	var all [][]byte
	for range 2 * roomSize >> 12 { // as small objects take it
		all = append(all, make([]byte, 4<<10))
		all[len(all)-1][0] = 1
	}
	if n := huge(t); n < 2<<10 {
		t.Errorf("%d KB are in huge pages", n)
	}
	clear(all)
	r.Release(100)
	if n := huge(t); n > 2<<10 {
		t.Errorf("%d KB are in huge pages after the start", n)
	}
}

// huge is how much of this process is in huge pages, in KB.
func huge(t *testing.T) (n int) {
	t.Helper()
	raw, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(raw, []byte("AnonHugePages:"))
	if _, err := fmt.Sscan(string(rest), &n); err != nil {
		t.Fatal(err)
	}
	return n
}
