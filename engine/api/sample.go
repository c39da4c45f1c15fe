package api

import "time"

// Sample is what a running container had used at a moment. Counters only grow while it runs,
// and begin anew with its next start.
type Sample struct {
	At  time.Time     // when it was taken; differences are of the monotonic clock
	CPU time.Duration // processor time used, of all cores together

	Memory      uint64 // bytes, without the file cache that the kernel would give up first
	MemoryLimit uint64 // bytes; the host's memory when there is no lower limit
	Pids        uint64
	PidsLimit   uint64 // 0: none

	Net        bool // it has a network of its own, so that its traffic can be told
	NetRx      uint64
	NetTx      uint64
	BlockRead  uint64
	BlockWrite uint64

	OOMKills  uint64        // processes that the kernel killed for want of memory
	Throttled time.Duration // time it was held back by its CPU limit
}

// MemoryPercent is the part of the limit that is used, in percent.
func (s Sample) MemoryPercent() float64 {
	if s.MemoryLimit == 0 {
		return 0
	}
	return 100 * float64(s.Memory) / float64(s.MemoryLimit)
}

// Rate is what a container used between two samples.
type Rate struct {
	CPU                                 float64 // percent; 100 is one core, all of it
	NetRx, NetTx, BlockRead, BlockWrite float64 // bytes a second
	Throttled                           float64 // percent of the time that its CPU limit held it back
}

// Since is the use since an earlier sample. It is not ok when none can be told: there was no
// earlier sample, or the container was started anew in between.
func (s Sample) Since(earlier Sample) (r Rate, ok bool) {
	took := s.At.Sub(earlier.At)
	if earlier.At.IsZero() || took <= 0 || s.CPU < earlier.CPU || s.BlockRead < earlier.BlockRead || s.BlockWrite < earlier.BlockWrite {
		return Rate{}, false
	}
	seconds := took.Seconds()
	r.CPU = 100 * float64(s.CPU-earlier.CPU) / float64(took)
	r.BlockRead = float64(s.BlockRead-earlier.BlockRead) / seconds
	r.BlockWrite = float64(s.BlockWrite-earlier.BlockWrite) / seconds
	if s.Throttled >= earlier.Throttled {
		r.Throttled = 100 * float64(s.Throttled-earlier.Throttled) / float64(took)
	}
	if s.Net && earlier.Net && s.NetRx >= earlier.NetRx && s.NetTx >= earlier.NetTx {
		r.NetRx = float64(s.NetRx-earlier.NetRx) / seconds
		r.NetTx = float64(s.NetTx-earlier.NetTx) / seconds
	}
	return r, true
}
