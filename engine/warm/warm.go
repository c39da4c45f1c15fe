// Package warm has the kernel map the first pages of this program's heap at once, before what
// it is made of begins to fill them one page fault after the other. What gantry links takes 3 MB
// of heap before main: some 800 faults, which on a virtual machine may take a third of the time
// of a whole command. It has no more to import than it needs, so that it is initialised first.
package warm

import (
	"syscall"
	"unsafe"
)

const (
	// chunk is how much of its heap the Go runtime maps first, and how that is aligned.
	chunk = 4 << 20
	// populateWrite is MADV_POPULATE_WRITE of Linux 5.14; older ones refuse it, and nothing is lost.
	populateWrite = 23
)

// onHeap is where the heap is.
var onHeap = new([64]byte)

func init() {
	at := uintptr(unsafe.Pointer(onHeap)) &^ (chunk - 1)
	_, _, _ = syscall.RawSyscall(syscall.SYS_MADVISE, at, chunk, populateWrite)
}
