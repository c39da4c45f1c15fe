// Package warm has the kernel map at once what this program is going to touch while it starts:
// the first of its heap, before what it is made of begins to fill that one page fault after the
// other. What gantry links takes 3 MB of heap before main, and a command twice as much: 1,500
// faults, which on a virtual machine may be a fifth of the time of a whole command. The program's
// file is not worth it: that is mapped 16 pages at a time anyway. It imports no more than it
// needs, so that it is initialised early.
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
	// enough of a chunk left, and the next one need not be begun.
	enough = 2 << 20
	// populateWrite is MADV_POPULATE_WRITE of Linux 5.14; older ones refuse it, and nothing is lost.
	populateWrite = 23
)

// What was taken from the heap: edge to see where its end is, and filler, which nobody writes to,
// to have it go on in the next chunk.
var edge, filler []byte

func init() { Heap() }

// Heap maps the next 2 to 4 MB of the heap.
func Heap() { populate(ahead()) }

// span is where memory lies.
type span struct{ from, to uintptr }

func populate(spans []span) {
	for _, s := range spans {
		// What of it fits comes 2 MB at a time, at a tenth of the cost.
		_, _, _ = syscall.RawSyscall(syscall.SYS_MADVISE, s.from, s.to-s.from, syscall.MADV_HUGEPAGE)
		_, _, _ = syscall.RawSyscall(syscall.SYS_MADVISE, s.from, s.to-s.from, populateWrite)
	}
}

// ahead is where the heap is going to grow. It begins anywhere in its first chunk, by chance, so
// that little of that may be left.
func ahead() []span {
	edge = make([]byte, fresh)
	at := address(edge)
	end := at - at%chunk + chunk
	if end-at >= enough {
		return []span{{at, end}}
	}
	filler = make([]byte, end-at) // does not fit into what is left
	from := address(filler)
	to := from + end - at
	next := span{to, to - to%chunk + chunk}
	if from < at { // it lies somewhere else altogether
		return []span{{at, end}, next}
	}
	return []span{{at, from}, next}
}

func address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }
