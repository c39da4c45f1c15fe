package port

import (
	"fmt"
	"net/netip"
	"os"
	"strings"

	"gantry/engine/network/wire"
)

// The ports that are given to those who name none, where the kernel does not say which:
// nerdctl's.
const (
	firstFree = 49153
	lastFree  = 60999
)

// Range is the ports from which the host gives those that nobody named.
func Range(sysctl string) (first, last uint16) {
	b, err := os.ReadFile(sysctl)
	if err == nil {
		if n, err := fmt.Sscan(strings.TrimSpace(string(b)), &first, &last); n == 2 && err == nil && first <= last {
			return first, last
		}
	}
	return firstFree, lastFree
}

// Free finds a port of the host between first and last that can be held at the address
// and is not among taken. The logger holds it later: who comes in between wins.
func Free(hostIP netip.Addr, protocol string, first, last uint16, v6 bool, taken []wire.Port) (uint16, error) {
	for n := uint32(first); n <= uint32(last); n++ {
		p := wire.Port{HostIP: hostIP, Host: uint16(n), Protocol: protocol}
		free := true
		for _, t := range taken {
			free = free && !Overlap(p, t)
		}
		if !free {
			continue
		}
		files, err := Hold([]wire.Port{p}, v6)
		for _, f := range files {
			f.Close()
		}
		if _, used := err.(*InUseError); used {
			continue
		}
		return uint16(n), err
	}
	return 0, fmt.Errorf("no %s port from %d to %d is free", protocol, first, last)
}
