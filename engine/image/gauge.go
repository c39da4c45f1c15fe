package image

import (
	"context"
	"encoding/binary"
	"strings"
	"sync"
	"time"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

const (
	// gaugeFrom is the compressed size from which a layer takes long enough to unpack
	// for its progress to be worth asking for.
	gaugeFrom = 4 << 20
	// gaugeEvery is the shortest time between two questions; one that was slow to answer
	// is asked after ten times its time, so that asking takes at most a tenth.
	gaugeEvery = 150 * time.Millisecond
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
// end.
func (p *pull) gauge(ctx context.Context, d ocispec.Descriptor, key string) (stop func()) {
	if d.Size < gaugeFrom || key == "" {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var asker sync.WaitGroup
	asker.Go(func() { p.ask(ctx, d, key) })
	return func() { cancel(); asker.Wait() }
}

func (p *pull) ask(ctx context.Context, d ocispec.Descriptor, key string) {
	full := p.unpackedSize(ctx, d)
	if full <= 0 {
		return
	}
	sn := p.store.client.SnapshotService(p.store.cfg.Snapshotter)
	pause := gaugeEvery
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		asked := time.Now()
		if u, err := sn.Usage(ctx, key); err == nil {
			part := min(float64(u.Size)/float64(full), 0.99)
			p.track.unpacking(d.Digest, int64(part*float64(d.Size)))
		}
		pause = max(gaugeEvery, 10*time.Since(asked))
	}
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
