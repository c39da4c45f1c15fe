package image

import (
	"slices"
	"sync"
	"time"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"gantry/engine/api"
)

// tracker is the progress of one pull. What happens to the layers is told to it from
// many goroutines; snapshot adds up what a person is shown. Nothing ever goes back: a
// layer that must be fetched again keeps the furthest it had come.
type tracker struct {
	now  func() time.Time
	host string // registry of the name

	mu       sync.Mutex
	p        api.PullProgress
	network  rate
	applying rate
	urgent   chan struct{} // a token: the phase has changed
}

func newTracker(ref Ref, platform string, now func() time.Time) *tracker {
	return &tracker{
		now:    now,
		host:   ref.Host,
		p:      api.PullProgress{Ref: ref.Familiar, Platform: platform, Phase: api.PullResolving, Started: now()},
		urgent: make(chan struct{}, 1),
	}
}

// manifest tells which layers the image has. Of a second try it tells nothing new.
func (t *tracker) manifest(layers []ocispec.Descriptor) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if slices.EqualFunc(t.p.Layers, layers, func(l api.LayerProgress, d ocispec.Descriptor) bool { return l.Digest == d.Digest.String() }) {
		return
	}
	t.p.Layers, t.p.Total = nil, 0
	for _, l := range layers {
		t.p.Layers = append(t.p.Layers, api.LayerProgress{Digest: l.Digest.String(), Size: l.Size, State: api.LayerWaiting})
		t.p.Total += l.Size
	}
	t.phase(api.PullDownloading)
}

// edit changes every layer with the digest; an image may have one twice.
func (t *tracker) edit(d digest.Digest, fn func(*api.LayerProgress)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.p.Layers {
		if l := &t.p.Layers[i]; l.Digest == d.String() {
			fn(l)
		}
	}
	if t.p.Phase == api.PullDownloading && !slices.ContainsFunc(t.p.Layers, arriving) {
		t.phase(api.PullUnpacking)
	}
}

func arriving(l api.LayerProgress) bool {
	return l.State == api.LayerWaiting || l.State == api.LayerDownloading
}

// received counts n bytes that came over the network and how far the layer is now.
func (t *tracker) received(d digest.Digest, offset, n int64) {
	now := t.now()
	t.edit(d, func(l *api.LayerProgress) {
		if l.State == api.LayerWaiting {
			l.State = api.LayerDownloading
		}
		l.Offset = max(l.Offset, min(offset, l.Size))
	})
	if n <= 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.network.add(n, now)
	t.p.LastByte, t.p.Note = now, ""
}

// downloaded says that the layer is whole in the content store.
func (t *tracker) downloaded(d digest.Digest) {
	t.edit(d, func(l *api.LayerProgress) {
		l.Offset = l.Size
		if arriving(*l) {
			l.State = api.LayerDownloaded
		}
	})
}

// unpacking says how many of the layer's compressed bytes have been unpacked.
func (t *tracker) unpacking(d digest.Digest, consumed int64) {
	now := t.now()
	var grown int64
	t.edit(d, func(l *api.LayerProgress) {
		if l.State == api.LayerDone || l.State == api.LayerExists {
			return
		}
		l.State, l.Offset = api.LayerUnpacking, l.Size
		grown = max(0, min(consumed, l.Size)-l.Unpacked)
		l.Unpacked += grown
	})
	t.mu.Lock()
	defer t.mu.Unlock()
	t.applying.add(grown, now)
}

// unpacked says that the layer is a snapshot now.
func (t *tracker) unpacked(d digest.Digest) {
	now := t.now()
	var grown int64
	t.edit(d, func(l *api.LayerProgress) {
		grown = l.Size - l.Unpacked
		l.State, l.Offset, l.Unpacked = api.LayerDone, l.Size, l.Size
	})
	t.mu.Lock()
	defer t.mu.Unlock()
	t.applying.add(grown, now)
}

// exists says that the layer was a snapshot before and needs nothing.
func (t *tracker) exists(d digest.Digest) {
	t.edit(d, func(l *api.LayerProgress) {
		if arriving(*l) {
			l.State, l.Offset, l.Unpacked = api.LayerExists, l.Size, l.Size
		}
	})
}

// say tells what holds the pull up, until the next byte comes.
func (t *tracker) say(note string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.p.Note = note
}

// source tells which host serves the image; the one in its name is nothing new.
func (t *tracker) source(host string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.p.Source = host; sameHost(t.host, host) {
		t.p.Source = ""
	}
}

// finish ends the pull. After a success every layer is whole, whatever was not needed
// was here before.
func (t *tracker) finish(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.p.Note = ""
	if err != nil {
		t.phase(api.PullFailed)
		return
	}
	for i := range t.p.Layers {
		l := &t.p.Layers[i]
		switch l.State {
		case api.LayerWaiting:
			l.State = api.LayerExists
		case api.LayerExists:
		default:
			l.State = api.LayerDone
		}
		l.Offset, l.Unpacked = l.Size, l.Size
	}
	t.phase(api.PullDone)
}

// phase goes on to another phase and wakes whoever reports. The caller holds mu.
func (t *tracker) phase(p api.PullPhase) {
	t.p.Phase = p
	select {
	case t.urgent <- struct{}{}:
	default:
	}
}

// snapshot is the progress as it stands, sharing nothing with the tracker.
func (t *tracker) snapshot() api.PullProgress {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	p := t.p
	p.Layers = slices.Clone(p.Layers)
	var arriving int64 // bytes still to come
	for _, l := range p.Layers {
		p.Downloaded += l.Offset
		p.Unpacked += l.Unpacked
		arriving += l.Size - l.Offset
	}
	switch p.Phase {
	case api.PullDownloading:
		p.BytesPerSec = t.network.value(now)
		if p.Left = t.network.left(arriving, now); p.Left > 0 {
			p.Left = max(p.Left, t.applying.left(p.Total-p.Unpacked, now))
		}
	case api.PullUnpacking:
		p.Left = t.applying.left(p.Total-p.Unpacked, now)
	}
	return p
}
