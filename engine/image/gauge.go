package image

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/docker/go-units"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

const (
	// gaugeFrom is the compressed size from which a layer takes long enough to unpack
	// for its progress to be worth asking for.
	gaugeFrom = 4 << 20
	// firstGauge is when a layer is measured first; most are unpacked by then. The next
	// times come at twice the distance, up to gaugeEvery, and a question that was slow to
	// answer is asked after ten times its time, so that asking takes at most a tenth.
	firstGauge = 50 * time.Millisecond
	// maxRatio is more than gzip can shrink anything; holes in files, which a few bytes
	// can describe, shrink better, and are written out.
	maxRatio = 1100
)

// layerOf tells which layer an unpacking snapshot is for: "extract-… sha256:<chain ID>".
func (p *pull) layerOf(key string) (digest.Digest, bool) {
	_, chain, _ := strings.Cut(key, " ")
	p.mu.Lock()
	defer p.mu.Unlock()
	d, ok := p.chains[chain]
	return d, ok
}

// gauge follows a layer being unpacked until the returned function is called. containerd
// unpacks in its own process and says nothing before the end, so the size of what it has
// written is measured against the size that gzip notes at the end of a file. What stands
// in no file (headers, links) is missing from that, and the last hundredth is left to the
// end. A layer that grows beyond all measure is stopped, before it fills the disk.
func (p *pull) gauge(ctx context.Context, d ocispec.Descriptor, key string, cancel context.CancelCauseFunc) (stop func()) {
	if key == "" {
		return func() {}
	}
	ctx, done := context.WithCancel(ctx)
	var asker sync.WaitGroup
	asker.Go(func() { p.ask(ctx, d, key, cancel) })
	return func() { done(); asker.Wait() }
}

func (p *pull) ask(ctx context.Context, d ocispec.Descriptor, key string, cancel context.CancelCauseFunc) {
	sn := p.store.client.SnapshotService(p.store.cfg.Snapshotter)
	full, pause := int64(0), firstGauge
	for {
		if sleep(ctx, pause) != nil {
			return
		}
		if full == 0 && d.Size >= gaugeFrom {
			full = max(p.unpackedSize(ctx, d), -1)
		}
		asked := time.Now()
		u, err := sn.Usage(ctx, key)
		if err == nil && u.Size > p.store.cfg.Swell+maxRatio*d.Size {
			cancel(&bombError{packed: d.Size, unpacked: u.Size})
			return
		}
		if err == nil && full > 0 {
			part := min(float64(u.Size)/float64(full), 0.99)
			p.track.unpacking(d.Digest, int64(part*float64(d.Size)))
		}
		pause = min(2*pause, gaugeEvery(d))
		pause = max(pause, 10*time.Since(asked))
	}
}

// gaugeEvery is how often a layer is measured. Of a small one there is nothing to show.
func gaugeEvery(d ocispec.Descriptor) time.Duration {
	if d.Size < gaugeFrom {
		return time.Second
	}
	return 150 * time.Millisecond
}

// bombError is a layer that grows in unpacking as no compression could have shrunk it.
type bombError struct{ packed, unpacked int64 }

func (e *bombError) Error() string {
	return fmt.Sprintf("a layer of %s unpacks to %s and more", units.HumanSize(float64(e.packed)), units.HumanSize(float64(e.unpacked)))
}

// unpackedSize is how big the layer will be, 0 when that cannot be known.
func (p *pull) unpackedSize(ctx context.Context, d ocispec.Descriptor) int64 {
	if strings.HasSuffix(d.MediaType, ".tar") {
		return d.Size
	}
	if !strings.HasSuffix(d.MediaType, "gzip") {
		return 0
	}
	ra, err := p.store.client.ContentStore().ReaderAt(ctx, d)
	if err != nil {
		return 0
	}
	defer ra.Close()
	var trailer [4]byte
	if _, err := ra.ReadAt(trailer[:], d.Size-4); err != nil {
		return 0
	}
	size := int64(binary.LittleEndian.Uint32(trailer[:]))
	if size < d.Size { // 4 GiB and more wraps; several members in one file note only the last
		return 0
	}
	return size
}
