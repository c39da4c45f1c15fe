package fake

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/distribution/reference"

	"gantry/engine/api"
)

// automaticSteps is how many snapshots a pull reports that the test does not drive.
const automaticSteps = 4

// Pull is the script of one image's pull. Without Manual it runs through by itself.
type Pull struct {
	clock  *Clock
	mu     sync.Mutex
	p      api.PullProgress
	cfg    api.ImageConfig
	err    error
	manual bool
	end    chan struct{}
	ended  bool
	obs    map[*api.Observer]bool
}

// OnPull begins the script for an image: one layer of 30 MB unless Layers says otherwise.
func (e *Engine) OnPull(ref string) *Pull {
	p := &Pull{clock: e.clock, end: make(chan struct{}), obs: map[*api.Observer]bool{}}
	p.p = api.PullProgress{Ref: familiar(ref), Platform: "linux/amd64", Phase: api.PullResolving}
	p.Layers(30_000_000)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pulls[familiar(ref)] = p
	return p
}

// Layers sets the layers by their compressed sizes.
func (p *Pull) Layers(sizes ...int64) *Pull {
	p.p.Layers, p.p.Total = nil, 0
	for i, n := range sizes {
		p.p.Layers = append(p.p.Layers, api.LayerProgress{Digest: "sha256:" + digits(0xa1b2c3d4+i*0x33333), Size: n, State: api.LayerWaiting})
		p.p.Total += n
	}
	return p
}

// Here says that the first n layers are on the host already.
func (p *Pull) Here(n int) *Pull {
	for i := range p.p.Layers[:n] {
		l := &p.p.Layers[i]
		l.State, l.Offset, l.Unpacked = api.LayerExists, l.Size, l.Size
	}
	return p
}

// Config is what the image brings to containers.
func (p *Pull) Config(cfg api.ImageConfig) *Pull { p.cfg = cfg; return p }

// Manual leaves the progress to the test: Download, Unpack, then Finish.
func (p *Pull) Manual() *Pull { p.manual = true; return p }

// Then makes the pull end with the error.
func (p *Pull) Then(err error) *Pull { p.err = err; return p }

// Rate sets the speed and time left that are shown.
func (p *Pull) Rate(bytesPerSec float64, left time.Duration) *Pull {
	p.change(func() { p.p.BytesPerSec, p.p.Left = bytesPerSec, left })
	return p
}

// Download says how much of layer i has arrived.
func (p *Pull) Download(i int, bytes int64) {
	p.change(func() {
		p.p.Phase, p.p.LastByte = api.PullDownloading, p.clock.Now()
		l := &p.p.Layers[i]
		l.Offset, l.State = bytes, api.LayerDownloading
		if bytes >= l.Size {
			l.Offset, l.State = l.Size, api.LayerDownloaded
		}
	})
}

// Unpack says how much of layer i was unpacked.
func (p *Pull) Unpack(i int, bytes int64) {
	p.change(func() {
		l := &p.p.Layers[i]
		l.Unpacked, l.State = bytes, api.LayerUnpacking
		if bytes >= l.Size {
			l.Unpacked, l.State = l.Size, api.LayerDone
		}
	})
}

// Finish ends a manual pull.
func (p *Pull) Finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.ended = true
		close(p.end)
	}
}

// change edits the progress and reports it to whoever pulls.
func (p *Pull) change(fn func()) {
	p.mu.Lock()
	fn()
	p.p.Downloaded, p.p.Unpacked = 0, 0
	for _, l := range p.p.Layers {
		p.p.Downloaded += l.Offset
		p.p.Unpacked += l.Unpacked
	}
	snap := p.p
	snap.Layers = slices.Clone(p.p.Layers)
	var obs []*api.Observer
	for o := range p.obs {
		obs = append(obs, o)
	}
	p.mu.Unlock()
	for _, o := range obs {
		if o.Pull != nil {
			o.Pull(snap)
		}
	}
}

// automatic runs through the layers in a few snapshots.
func (p *Pull) automatic() {
	for n := 1; n <= automaticSteps; n++ {
		for i := range p.p.Layers {
			if l := p.p.Layers[i]; l.State != api.LayerExists && l.State != api.LayerDone {
				p.Download(i, l.Size*int64(n)/automaticSteps)
			}
		}
		p.clock.Advance(100 * time.Millisecond)
	}
	for i := range p.p.Layers {
		if l := p.p.Layers[i]; l.State != api.LayerExists {
			p.Unpack(i, l.Size)
		}
	}
}

// pull carries out the script for ref and puts the image on the host.
func (e *Engine) pull(ctx context.Context, ref string, o api.Observer) (api.Image, error) {
	e.mu.Lock()
	p := e.pulls[familiar(ref)]
	e.mu.Unlock()
	if p == nil {
		return api.Image{}, &api.PullError{Ref: familiar(ref), Registry: registry(ref), Cause: api.PullNoTag}
	}
	p.mu.Lock()
	p.obs[&o] = true
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.obs, &o)
		p.mu.Unlock()
	}()
	p.change(func() { p.p.Started = e.clock.Now() })
	if p.manual {
		select {
		case <-p.end:
		case <-ctx.Done():
			return api.Image{}, ctx.Err()
		}
	} else if p.err == nil {
		p.automatic()
	}
	if p.err != nil {
		p.change(func() { p.p.Phase = api.PullFailed })
		return api.Image{}, p.err
	}
	p.change(func() { p.p.Phase = api.PullDone })
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.addImage(ref, p.cfg, p.p.Total).Image, nil
}

// registry is the host part of a reference.
func registry(ref string) string {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return ""
	}
	return reference.Domain(named)
}

// digits makes 64 hex digits that begin with n.
func digits(n int) string {
	s := fmt.Sprintf("%08x", n)
	return s + strings.Repeat("0", 64-len(s))
}
