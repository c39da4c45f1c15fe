package footprint

import (
	"runtime/debug"
	"syscall"
	"unsafe"
)

// roomSize is the heap that a start takes beside what the program had at main, with a thousand
// containers; nothing of it is collected meanwhile.
const roomSize = 16 << 20

// Room is heap for a start.
type Room struct{ from uintptr }

// Ahead has the heap grow by what a start is going to take, and asks the kernel for huge pages
// there: a fault then brings 2 MB rather than 4 KB, of which there would be a thousand.
//
// The runtime has no call for it. But the stack of a goroutine is heap as soon as the goroutine
// has ended, and one that is never touched costs nothing.
func Ahead() Room {
	top := make(chan uintptr)
	go func() { top <- deep(false) }()
	r := Room{<-top - roomSize}
	_, _, _ = syscall.RawSyscall(syscall.SYS_MADVISE, page(r.from), roomSize, syscall.MADV_HUGEPAGE) // else there are more faults
	return r
}

// Release is the end of a start: the heap has pages of the common size again, percent of garbage
// from now on, and nothing that is not in use.
func (r Room) Release(percent int) {
	debug.SetGCPercent(percent)
	_, _, _ = syscall.RawSyscall(syscall.SYS_MADVISE, page(r.from), roomSize, syscall.MADV_NOHUGEPAGE)
	Release()
}

func page(at uintptr) uintptr { return at &^ (4<<10 - 1) }

// deep needs more than half of roomSize of stack, so that its goroutine gets all of it, for a call
// that it does not make. It gives an address at its top.
//
//go:noinline
func deep(call bool) uintptr {
	var here byte
	if call {
		fill([roomSize/2 + 1]byte{})
	}
	return uintptr(unsafe.Pointer(&here))
}

//go:noinline
func fill([roomSize/2 + 1]byte) {}
