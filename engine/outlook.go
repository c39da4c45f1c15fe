package engine

import (
	"context"

	"github.com/containerd/containerd/v2/core/events"

	"gantry/engine/api"
)

// outlook is what a live list begins with: the events from now on, and the list after that.
type outlook struct {
	cancel context.CancelFunc // of both
	events <-chan *events.Envelope
	errs   <-chan error
	listed chan struct{} // closed when all or err is there
	all    []api.Container
	err    error
}

// lookAhead asks for an outlook and does not wait for the list. Where a connection begins it is
// asked for along with all else that there is to know of a containerd.
func (e *Engine) lookAhead(ctx context.Context, l *link) *outlook {
	ctx, cancel := context.WithCancel(e.in(ctx))
	o := &outlook{cancel: cancel, listed: make(chan struct{})}
	o.events, o.errs = l.client.EventService().Subscribe(ctx,
		`namespace==`+e.cfg.Namespace+`,topic~="^/(tasks|containers|images)/"`)
	e.done.Go(func() {
		defer close(o.listed)
		o.all, o.err = e.list(ctx, l)
	})
	return o
}

// list waits for the list, and hands it over.
func (o *outlook) list() ([]api.Container, error) {
	<-o.listed
	all := o.all
	o.all = nil
	return all, o.err
}

// end is for an outlook that nobody follows any more; nil has none.
func (o *outlook) end() {
	if o != nil {
		o.cancel()
		<-o.listed
	}
}
