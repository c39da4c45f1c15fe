package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/containerd/containerd/v2/pkg/namespaces"
	"github.com/containerd/errdefs"

	"gantry/engine/api"
	"gantry/engine/daemon"
	"gantry/engine/record"
)

// leftovers counts what crashes left in the records. Only a running engine knows what
// belongs to a container and what does not.
func (e *examination) leftovers(ctx context.Context) []api.Finding {
	const what = "leftovers"
	ep := e.status.Endpoint
	if ep.RecordStore == "" {
		return nil
	}
	// Reading a folder takes no for an answer where a missing one does not.
	if _, err := os.ReadDir(ep.RecordStore); errors.Is(err, fs.ErrNotExist) {
		return one(ok(what, "no records yet in "+ep.RecordStore))
	} else if err != nil {
		return one(note(what, "not looked for: "+err.Error(), ""))
	}
	if !e.status.Running {
		return one(note(what, "not looked for: the engine cannot be asked for its containers", ""))
	}
	left, err := e.left(ctx, ep)
	if err != nil {
		return one(warn(what, "not looked for: "+err.Error(), ""))
	}
	n := len(left.IDs) + len(left.Dirs)
	if n == 0 && len(left.Names) == 0 {
		return one(ok(what, "none in "+ep.RecordStore))
	}
	return one(note(what, fmt.Sprintf("of containers half made or half removed: state dirs %d, names %d", n, len(left.Names)), "gantry clears them whenever it connects"))
}

func (e *examination) left(ctx context.Context, ep daemon.Endpoint) (left record.Leftovers, err error) {
	c, err := daemon.Dial(ctx, ep)
	if err != nil {
		return left, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	in := namespaces.WithNamespace(ctx, e.Namespace)
	return record.Open(ep.RecordStore, e.Namespace).Leftovers(func(id string) bool {
		_, err := c.ContainerService().Get(in, id)
		return !errdefs.IsNotFound(err) // when in doubt it is there
	})
}
