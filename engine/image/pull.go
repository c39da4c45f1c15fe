package image

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/containerd/containerd/v2/core/unpack"
	"github.com/containerd/errdefs"
	"github.com/containerd/platforms"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"gantry/engine/api"
)

// pull is the work of one flight.
type pull struct {
	store    *Store
	key      flightKey
	ref      Ref
	platform string // as asked for; "" is the host's
	match    platforms.MatchComparer
	track    *tracker
	remote   *remote
	resolved bool // the registry knows the name; what is not found after that is something else

	mu        sync.Mutex
	opened    map[digest.Digest]ocispec.Descriptor // what this pull began to download
	inherited []string                             // layers that an earlier one began to download
	chains    map[string]digest.Digest             // chain ID → layer
	depth     map[digest.Digest]int                // of an index in others
}

// run carries a flight out, from its first report to the last.
func (s *Store) run(ctx context.Context, p *pull, f *flight) {
	p.track = newTracker(p.ref, p.wanted(), s.cfg.Now)
	stop := make(chan struct{})
	var reporter sync.WaitGroup
	reporter.Go(func() { p.track.report(f.tell, stop) })
	p.remote = s.remote(ctx, p.track)
	f.img, f.err = p.leased(ctx)
	if f.err != nil {
		f.err = p.explain(ctx, f.err)
		p.lookAround(ctx, f.err)
	}
	p.remote.close()
	p.track.finish(f.err)
	close(stop)
	reporter.Wait()
}

// wanted is the platform in words, the host's when none was named.
func (p *pull) wanted() string {
	if p.platform != "" {
		return p.platform
	}
	return platforms.Format(platforms.Normalize(platforms.DefaultSpec()))
}

// bring resolves, fetches, unpacks and stores. Two things are worth another try: a blob
// that came damaged, fetched anew from its first byte, and a layer whose parent
// containerd has collected between two pulls (a race of its garbage collector).
func (p *pull) bring(ctx context.Context) (images.Image, error) {
	name, root, err := p.remote.resolver.Resolve(ctx, p.ref.Full)
	if err != nil {
		return images.Image{}, err
	}
	p.resolved = true
	if err := p.acceptable(root); err != nil {
		return images.Image{}, err
	}
	fetcher, err := p.remote.resolver.Fetcher(ctx, name)
	if err != nil {
		return images.Image{}, err
	}
	err = p.fetch(ctx, fetcher, root)
	switch {
	case err == nil || ctx.Err() != nil:
	case damaged(err):
		p.abort(ctx, time.Second) // what is left of the first try may take a moment to end
		p.track.say("a part arrived damaged, fetching it again")
		err = p.fetch(ctx, fetcher, root)
	case strings.Contains(err.Error(), "parent snapshot") && errdefs.IsNotFound(err):
		err = p.fetch(ctx, fetcher, root)
	}
	if err != nil {
		return images.Image{}, err
	}
	return p.store.put(ctx, images.Image{Name: p.ref.Full, Target: root})
}

// fetch downloads what the platform needs and unpacks each layer as soon as it is here,
// while others still arrive.
func (p *pull) fetch(ctx context.Context, fetcher remotes.Fetcher, root ocispec.Descriptor) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cs := p.store.client.ContentStore()
	sources, err := docker.AppendDistributionSourceLabel(cs, p.ref.Full)
	if err != nil {
		return err
	}
	children := images.SetChildrenLabels(cs, images.ChildrenHandler(cs))
	children = images.FilterPlatforms(children, p.match)
	children = images.LimitManifests(children, p.match, 1)
	unpacker, err := p.unpacker(ctx)
	if err != nil {
		return err
	}
	fetch := remotes.FetchHandler(ingester{cs}, steadyFetcher{fetcher, p})
	handler := unpacker.Unpack(p.follow(images.Handlers(fetch, children, sources)))
	err = images.Dispatch(ctx, handler, nil, root)
	if err != nil {
		cancel()
	}
	_, unpackErr := unpacker.Wait()
	if err == nil || errors.Is(err, context.Canceled) && unpackErr != nil {
		err = unpackErr
	}
	return err
}

// unpacker is containerd's own, between a snapshotter and an applier that tell the
// tracker. Where the snapshotter can put a parent under a layer afterwards (containerd
// 2.2 and later) layers are unpacked beside each other, else one after the other.
func (p *pull) unpacker(ctx context.Context) (*unpack.Unpacker, error) {
	s := p.store
	caps, err := s.client.GetSnapshotterCapabilities(ctx, s.cfg.Snapshotter)
	if err != nil {
		return nil, err
	}
	w := &watchedUnpack{pull: p, keys: map[string]string{}}
	opts := []unpack.UnpackerOpt{
		unpack.WithUnpackPlatform(unpack.Platform{
			Platform:                platforms.All,
			SnapshotterKey:          s.cfg.Snapshotter,
			Snapshotter:             watchedSnapshotter{s.client.SnapshotService(s.cfg.Snapshotter), w},
			SnapshotterCapabilities: caps,
			Applier:                 watchedApplier{s.client.DiffService(), w},
		}),
		unpack.WithDuplicationSuppressor(s.locks),
	}
	if canRebase(caps) {
		opts = append(opts, unpack.WithUnpackLimiter(unlimited{}))
	}
	return unpack.NewUnpacker(ctx, s.client.ContentStore(), opts...)
}

// unlimited lets containerd prepare all layers at once: what is scarce is the unpacking
// itself, and the applier waits for a turn only when its layer is here.
type unlimited struct{}

func (unlimited) Acquire(context.Context, int64) error { return nil }
func (unlimited) Release(int64)                        {}

// began remembers a download, so that it can be taken back.
func (p *pull) began(d ocispec.Descriptor) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.opened == nil {
		p.opened = map[digest.Digest]ocispec.Descriptor{}
	}
	p.opened[d.Digest] = d
}

// put stores the image under its name, over what the name meant before.
func (s *Store) put(ctx context.Context, img images.Image) (images.Image, error) {
	is := s.client.ImageService()
	for {
		made, err := is.Create(ctx, img)
		if !errdefs.IsAlreadyExists(err) {
			return made, err
		}
		made, err = is.Update(ctx, img, "target")
		if !errdefs.IsNotFound(err) { // not removed in between
			return made, err
		}
	}
}

// notImage refuses what is not a container image.
func (p *pull) notImage(detail string) error {
	return &api.PullError{Ref: p.ref.Familiar, Registry: p.ref.Host, Cause: api.PullNotImage, Detail: detail}
}
