// Package footprint keeps small what a program that idles for hours holds of memory.
package footprint

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
)

// Release gives back to the kernel what a program that is going to idle has needed for its
// start: garbage, and what is mapped of its own file to be read or run. What it goes on needing
// comes back with the next touch, some 16 pages at a time.
func Release() {
	debug.FreeOSMemory()
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	f, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var from, to uintptr
		var may string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &may); err != nil {
			continue
		}
		if strings.HasSuffix(lines.Text(), " "+self) && may[1] == '-' {
			// Nothing has written to these pages: they come again from the page cache.
			_, _, _ = syscall.RawSyscall(syscall.SYS_MADVISE, from, to-from, syscall.MADV_DONTNEED)
		}
	}
}
