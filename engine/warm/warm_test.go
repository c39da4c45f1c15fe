package warm

import (
	"os"
	"reflect"
	"slices"
	"syscall"
	"testing"
	"unsafe"
)

func TestWhatTheHeapGrowsIntoIsThere(t *testing.T) {
	for range 4 { // in several chunks
		spans := ahead()
		populate(spans, populateWrite)
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

func TestTheProgramsOwnFileIsFound(t *testing.T) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	here := reflect.ValueOf(code).Pointer()
	if !slices.ContainsFunc(code(maps[:min(few, len(maps))]), func(s span) bool { return s.from <= here && here < s.to }) {
		t.Errorf("the program's code at %x is not among what is found in\n%s", here, maps)
	}
}

func TestOnlyCodeIsMapped(t *testing.T) {
	for name, tc := range map[string]struct {
		maps string
		want []span
	}{
		"a program": {`00400000-01435000 r-xp 00000000 fe:00 1234     /usr/bin/gantry
01435000-02b64000 r--p 01035000 fe:00 1234     /usr/bin/gantry
02b64000-02c7c000 rw-p 02764000 fe:00 1234     /usr/bin/gantry
02c7c000-04ef0000 rw-p 00000000 00:00 0
7f0000000000-7f0000001000 r--p 00000000 fe:00 99   /usr/lib/libc.so.6
`, []span{{0x400000, 0x1435000}}},
		"a line that is cut off": {"00400000-01435000 r-xp 00000000 fe:00 1234  /a\n01435000-02b64000 r--p 0", []span{{0x400000, 0x1435000}}},
		"nothing":                {"", nil},
		"something else":         {"/usr/bin/gantry\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := code([]byte(tc.maps)); !slices.Equal(got, tc.want) {
				t.Errorf("found %x, want %x", got, tc.want)
			}
		})
	}
}
