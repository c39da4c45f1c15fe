// Package warm has the kernel map at once what this program is going to touch while it starts:
// the first of its heap, before what it is made of begins to fill that one page fault after the
// other. What gantry links takes 3 MB of heap before main, some 800 faults, which on a virtual
// machine may be a third of the time of a whole command. It imports no more than it needs, so
// that it is initialised early.
package warm

import (
	"syscall"
	"unsafe"
)

const (
	// chunk is by how much the Go runtime maps its heap, and how that is aligned.
	chunk = 4 << 20
	// fresh is more than fits into a hole between what is on the heap already.
	fresh = 64 << 10
	// populateWrite is MADV_POPULATE_WRITE of Linux 5.14; older ones refuse it, and nothing is lost.
	populateWrite = 23
)

// edge keeps what was taken from the heap to see where its end is.
var edge []byte

func init() {
	edge = make([]byte, fresh)
	from := uintptr(unsafe.Pointer(unsafe.SliceData(edge)))
	_, _, _ = syscall.RawSyscall(syscall.SYS_MADVISE, from, chunk-from%chunk, populateWrite)
}
