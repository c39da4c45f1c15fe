package image

import (
	"errors"
	"testing"
	"time"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"gantry/engine/api"
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time       { return c.t }
func (c *clock) pass(d time.Duration) { c.t = c.t.Add(d) }

func threeLayers() (*tracker, *clock, [3]digest.Digest) {
	c := &clock{time.Unix(1000, 0)}
	t := newTracker(Ref{Familiar: "app:1"}, "linux/amd64", c.now)
	d := [3]digest.Digest{digest.FromString("a"), digest.FromString("b"), digest.FromString("c")}
	t.manifest([]ocispec.Descriptor{{Digest: d[0], Size: 1000}, {Digest: d[1], Size: 3000}, {Digest: d[2], Size: 6000}})
	return t, c, d
}

func TestTrackerAddsUpBothHalves(t *testing.T) {
	tr, _, d := threeLayers()
	if p := tr.snapshot(); p.Phase != api.PullDownloading || p.Total != 10000 || p.Fraction() != 0 {
		t.Fatalf("at first: %+v", p)
	}
	tr.exists(d[0])
	tr.received(d[1], 1500, 1500)
	p := tr.snapshot()
	if p.Downloaded != 2500 || p.Unpacked != 1000 || p.Layers[0].State != api.LayerExists || p.Layers[1].State != api.LayerDownloading || p.Layers[2].State != api.LayerWaiting {
		t.Fatalf("one here, one coming: %+v", p)
	}
	tr.downloaded(d[1])
	tr.unpacking(d[1], 2000)
	if l := tr.snapshot().Layers[1]; l.State != api.LayerUnpacking || l.Offset != 3000 || l.Unpacked != 2000 {
		t.Errorf("unpacking: %+v", l)
	}
	tr.unpacking(d[1], 1000)
	if l := tr.snapshot().Layers[1]; l.Unpacked != 2000 {
		t.Errorf("progress went back: %+v", l)
	}
	tr.downloaded(d[2])
	if p := tr.snapshot(); p.Phase != api.PullUnpacking {
		t.Errorf("nothing left to download, and the phase is %s", p.Phase)
	}
	tr.unpacked(d[1])
	tr.unpacked(d[2])
	tr.finish(nil)
	if p := tr.snapshot(); p.Phase != api.PullDone || p.Downloaded != p.Total || p.Unpacked != p.Total || p.Fraction() != 1 {
		t.Errorf("at the end: %+v", p)
	}
}

func TestTrackerKeepsTheFurthestOfALayerFetchedAgain(t *testing.T) {
	tr, _, d := threeLayers()
	tr.received(d[2], 4000, 4000)
	tr.received(d[2], 100, 100)
	if p := tr.snapshot(); p.Downloaded != 4000 {
		t.Errorf("went back to %d", p.Downloaded)
	}
}

func TestTrackerFails(t *testing.T) {
	tr, _, _ := threeLayers()
	tr.finish(errors.New("no"))
	if p := tr.snapshot(); p.Phase != api.PullFailed {
		t.Errorf("phase %s", p.Phase)
	}
}

func TestRateAndTimeLeft(t *testing.T) {
	tr, c, d := threeLayers()
	if p := tr.snapshot(); p.BytesPerSec != 0 || p.Left != 0 {
		t.Fatalf("before the first byte: %+v", p)
	}
	tr.exists(d[0]) // its 1000 bytes are not speed
	at := int64(0)
	for range 10 { // 1000 bytes a second
		c.pass(100 * time.Millisecond)
		at += 100
		tr.received(d[2], at, 100)
		tr.snapshot()
	}
	p := tr.snapshot()
	if p.BytesPerSec < 900 || p.BytesPerSec > 1100 {
		t.Errorf("rate %.0f after a second of 1000 B/s", p.BytesPerSec)
	}
	if p.Left != 0 {
		t.Errorf("an estimate of %s after 1 s of data", p.Left)
	}
	for range 10 {
		c.pass(100 * time.Millisecond)
		at += 100
		tr.received(d[2], at, 100)
		tr.snapshot()
	}
	if p = tr.snapshot(); p.Left < 6500*time.Millisecond || p.Left > 7500*time.Millisecond {
		t.Errorf("%s left of 7000 bytes at 1000 B/s", p.Left)
	}
	last := p.LastByte
	c.pass(10 * time.Second)
	if p = tr.snapshot(); p.BytesPerSec > 100 || !p.LastByte.Equal(last) {
		t.Errorf("after 10 s of silence: %.0f B/s, last byte %s", p.BytesPerSec, p.LastByte)
	}
}

func TestSeekIsNotSpeed(t *testing.T) {
	tr, c, d := threeLayers()
	tr.received(d[2], 5000, 0)
	c.pass(time.Second)
	if p := tr.snapshot(); p.BytesPerSec != 0 || p.Downloaded != 5000 || !p.LastByte.IsZero() {
		t.Errorf("resumed: %+v", p)
	}
}
