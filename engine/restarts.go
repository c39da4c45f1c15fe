package engine

import (
	"context"
	"fmt"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/errdefs"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/engine/record"
)

// restarted is the status label that has the restart monitor keep a container running.
const restarted = string(client.Running)

// restart hands the container to containerd's restart monitor, which keeps it running while
// gantry is away. Only now: the monitor would take away a task that has not been started yet.
// The count begins anew.
func (s *starting) restart(ctx context.Context, sc *path.Scope) error {
	policy := s.info.RestartPolicy
	if policy == "" || policy == "no" {
		sc.Skip("no policy")
		return nil
	}
	sc.Detail("%s", policy)
	watch := s.undo(func(ctx context.Context, l *link) error {
		return relabel(ctx, l, s.c.ID, map[string]string{
			record.LabelRestartStatus: restarted, record.LabelRestartExplicitlyStopped: "false", record.LabelRestartCount: "",
		})
	})
	if err := watch(ctx); err != nil {
		return fmt.Errorf("have it restarted: %w", err)
	}
	return nil
}

// leaveStopped takes a container from the restart monitor before it is stopped. Monitors
// before containerd 2.4 look at nothing but the status, so that one has to go; what nerdctl
// looks at is set as well. The next start brings it back.
func leaveStopped(ctx context.Context, l *link, id string, in record.Info) error {
	if in.RestartStatus == "" && (in.RestartPolicy == "" || in.RestartPolicy == "no") {
		return nil
	}
	err := relabel(ctx, l, id, map[string]string{record.LabelRestartStatus: "", record.LabelRestartExplicitlyStopped: "true"})
	switch {
	case errdefs.IsNotFound(err):
		return &api.NotFoundError{Kind: "container", Name: id}
	case err != nil:
		return fmt.Errorf("have it not restarted: %w", err)
	}
	return nil
}

// relabel changes labels of a container; an empty value takes a label away.
func relabel(ctx context.Context, l *link, id string, labels map[string]string) error {
	box, err := l.client.LoadContainer(ctx, id)
	if err == nil {
		_, err = box.SetLabels(ctx, labels)
	}
	return err
}

// willReturn reports whether the monitor will start a container again that has ended. One that
// nerdctl has stopped keeps its status; monitors before containerd 2.4 bring it back all the
// same, and it is seen to run then.
func willReturn(in record.Info, code int) bool {
	if in.RestartStatus != restarted || in.ExplicitlyStopped {
		return false
	}
	switch name, most := record.Policy(in.RestartPolicy); name {
	case "always", "unless-stopped":
		return true
	case "on-failure":
		return code != 0 && (most == 0 || in.RestartCount < most)
	}
	return false
}
