package api

import "time"

// PullPhase says what a pull is doing as a whole.
type PullPhase string

// The phases of a pull, in order.
const (
	PullResolving   PullPhase = "resolving"
	PullDownloading PullPhase = "downloading"
	PullUnpacking   PullPhase = "unpacking"
	PullDone        PullPhase = "done"
	PullFailed      PullPhase = "failed"
)

// LayerState says what happens to one layer.
type LayerState string

// The states of a layer, in order; LayerExists was here before the pull began.
const (
	LayerWaiting     LayerState = "waiting"
	LayerDownloading LayerState = "downloading"
	LayerDownloaded  LayerState = "downloaded"
	LayerUnpacking   LayerState = "unpacking"
	LayerDone        LayerState = "done"
	LayerExists      LayerState = "exists"
)

// LayerProgress is one layer of an image being pulled.
type LayerProgress struct {
	Digest   string // "sha256:…"
	Size     int64  // compressed bytes
	Offset   int64  // compressed bytes received
	Unpacked int64  // compressed bytes consumed by unpacking
	State    LayerState
}

// PullProgress is a full snapshot of a pull. Sizes are compressed bytes.
type PullProgress struct {
	Ref         string // as shown to a person: "nginx:1.27"
	Platform    string
	Phase       PullPhase
	Layers      []LayerProgress
	Total       int64 // bytes of all layers, those already here included; 0 while resolving
	Downloaded  int64 // bytes received or already here
	Unpacked    int64
	BytesPerSec float64       // smoothed over about 3 s; 0 while unknown
	Left        time.Duration // estimate; 0 while unknown
	Started     time.Time
	LastByte    time.Time // when the last byte arrived; zero before the first
	Source      string    // host[:port] that serves it, when it is not the one in the name: a mirror
	Note        string    // what holds the pull up: "registry.example asks to wait 5 s"; "" while nothing does
}

// Fraction is (downloaded + unpacked) / (2 × total), from 0 to 1.
func (p PullProgress) Fraction() float64 {
	if p.Phase == PullDone {
		return 1
	}
	if p.Total <= 0 {
		return 0
	}
	return min(1, float64(p.Downloaded+p.Unpacked)/float64(2*p.Total))
}
