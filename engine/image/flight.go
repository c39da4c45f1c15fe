package image

import (
	"context"
	"maps"
	"sync"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/pkg/namespaces"

	"gantry/engine/api"
)

type flightKey struct{ namespace, ref, platform string }

// flight is one pull for everybody who asked for it. It lives on a context of its own,
// which ends when the last of them has left.
type flight struct {
	cancel  context.CancelFunc
	callers int           // guarded by Store.mu
	done    chan struct{} // closed when img and err are final
	img     images.Image
	err     error

	mu        sync.Mutex
	listeners map[*listener]bool
	last      *api.PullProgress
}

type listener struct{ fn func(api.PullProgress) }

// Pull brings an image here, whether or not it is here already, and makes sure that it is
// unpacked. Two pulls of one image are one: each caller follows it, cancelling leaves the
// others in peace, and when the last one has gone the pull is cancelled.
//
// The image is kept by its record in the image store; when ctx carries a lease, that
// holds it too, in case somebody removes the record meanwhile.
//
// A pull that was cancelled leaves nothing: no download under way, no snapshot, no lease;
// what it had fetched is freed before Pull returns. One that failed for want of the
// registry keeps what it had for an hour under a lease of its own, and the next pull of
// the image goes on from there.
//
// Errors are *api.PullError, but for a cancellation, which is ctx's error.
func (s *Store) Pull(ctx context.Context, ref, platform string, progress func(api.PullProgress)) (containerd.Image, error) {
	r, err := Parse(ref)
	if err != nil {
		return nil, err
	}
	if r.IsID() {
		return nil, &api.PullError{Ref: r.Familiar, Cause: api.PullBadReference, Detail: "that is an image ID, which no registry knows; give a name"}
	}
	match, err := Matcher(platform)
	if err != nil {
		return nil, err
	}
	ns, err := namespaces.NamespaceRequired(ctx)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	key := flightKey{ns, r.Full, platform}
	f := s.join(key, r, func(ctx context.Context, f *flight) {
		s.run(ctx, &pull{store: s, key: key, ref: r, platform: platform, match: match}, f)
	})
	l := f.listen(progress)
	select {
	case <-f.done:
	case <-ctx.Done():
		f.ignore(l)
		if s.leave(key, f) {
			<-f.done // it is being cleared away
		}
		return nil, ctx.Err()
	}
	if f.err != nil {
		return nil, f.err
	}
	if err := s.hold(ctx, f.img, match); err != nil {
		return nil, engineError(r, err)
	}
	return containerd.NewImageWithPlatform(s.client, f.img, match), nil
}

// join finds the flight for key or starts one.
func (s *Store) join(key flightKey, r Ref, run func(context.Context, *flight)) *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.flights[key]; f != nil {
		f.callers++
		return f
	}
	ctx, cancel := context.WithCancel(namespaces.WithNamespace(context.Background(), key.namespace))
	f := &flight{cancel: cancel, callers: 1, done: make(chan struct{}), listeners: map[*listener]bool{}}
	s.flights[key] = f
	go func() {
		defer close(f.done)
		defer cancel()
		run(quiet(ctx), f)
		s.forget(key, f)
	}()
	return f
}

// leave takes one caller off; it reports whether that was the last one, in which case
// the flight is cancelled and nobody can join it any more.
func (s *Store) leave(key flightKey, f *flight) bool {
	s.mu.Lock()
	f.callers--
	last := f.callers == 0
	s.mu.Unlock()
	if last {
		s.forget(key, f)
		f.cancel()
	}
	return last
}

func (s *Store) forget(key flightKey, f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flights[key] == f {
		delete(s.flights, key)
	}
}

// listen adds a listener and tells it at once how far the pull is.
func (f *flight) listen(fn func(api.PullProgress)) *listener {
	if fn == nil {
		return nil
	}
	l := &listener{fn}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listeners[l] = true
	if f.last != nil {
		fn(clone(*f.last))
	}
	return l
}

// ignore takes a listener off; when it returns the listener is not called any more.
func (f *flight) ignore(l *listener) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.listeners, l)
}

func (f *flight) tell(p api.PullProgress) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = &p
	for l := range maps.Keys(f.listeners) {
		l.fn(clone(p))
	}
}

func clone(p api.PullProgress) api.PullProgress {
	p.Layers = append([]api.LayerProgress(nil), p.Layers...)
	return p
}
