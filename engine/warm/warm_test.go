package warm

import (
	"os"
	"syscall"
	"testing"
	"unsafe"
)

func TestWhatTheHeapGrowsIntoIsThere(t *testing.T) {
	for range 4 { // in several chunks
		spans := ahead()
		populate(spans)
		var size, there uintptr
		for _, s := range spans {
			size += s.to - s.from
			there += resident(t, s)
		}
		if size < enough || there != size {
			t.Errorf("%d KB of %d KB are mapped, at least %d KB should be", there>>10, size>>10, enough>>10)
		}
	}
}

// resident is how much of a span is there.
func resident(t *testing.T, s span) uintptr {
	t.Helper()
	page := uintptr(os.Getpagesize())
	pages := make([]byte, (s.to-s.from)/page)
	if _, _, err := syscall.Syscall(syscall.SYS_MADVISE, s.from, page, populateWrite); err == syscall.EINVAL {
		t.Skip("this kernel maps nothing at once")
	}
	if _, _, err := syscall.Syscall(syscall.SYS_MINCORE, s.from, s.to-s.from, uintptr(unsafe.Pointer(unsafe.SliceData(pages)))); err != 0 {
		t.Fatalf("mincore %x-%x: %v", s.from, s.to, err)
	}
	var n uintptr
	for _, p := range pages {
		n += uintptr(p&1) * page
	}
	return n
}
