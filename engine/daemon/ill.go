package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"gantry/engine/api"
	"gantry/engine/daemon/keeper"
)

// LastWords is what the embedded daemon of a data root said last, as a person would say
// it: the error it ended with, else the last errors in its log; "" if none.
func LastWords(dataRoot string) string { return keeper.LastWords(dataRoot, 0) }

// explain gives an error of Up the type and the words of what is wrong.
func (u *ascent) explain(ctx context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) && errors.Is(context.Cause(ctx), errSlow) {
		if pid := keeper.Daemon(u.ep.DataRoot); pid > 0 && u.child.logAt < 0 {
			return u.mute(pid)
		}
		return u.failed(errSlow.Error())
	}
	return u.trouble(err)
}

// mute is a daemon that holds the lock and serves nobody.
func (u *ascent) mute(pid int) error {
	return &api.UnavailableError{Address: u.ep.Address, Cause: api.EngineHung,
		Detail: fmt.Sprintf("the engine (pid %d) holds the lock of %s and does not listen%s", pid, u.ep.DataRoot, stoppedNote(pid))}
}

func stoppedNote(pid int) string {
	if keeper.Stopped(pid) {
		return "; it was stopped by a signal"
	}
	return ""
}

// trouble types an error of the system that says what is wrong below the data root.
func (u *ascent) trouble(err error) error {
	var known *api.UnavailableError
	t := keeper.DiagnoseError(err)
	if errors.As(err, &known) || t != keeper.Full && t != keeper.ReadOnly {
		return err
	}
	return &api.UnavailableError{Address: u.ep.Address, Cause: causeOf(t), Detail: inWords(t, u.ep.DataRoot, err.Error()), Err: err}
}

// failed is the start that this call made, and that came to nothing.
func (u *ascent) failed(how string) error {
	words := ""
	if u.child.logAt >= 0 {
		words = keeper.LastWords(u.ep.DataRoot, u.child.logAt)
	}
	t := keeper.Diagnose(words)
	if st, ok := keeper.ReadStatus(u.ep.StateDir); ok && st.Phase == keeper.Failed {
		words, t = st.Why, st.Trouble
	}
	if words == "" {
		words = how
	}
	return u.ep.failure(t, words)
}

func (u *ascent) dying(st keeper.Status) error { return dying(u.ep, st) }

// dying is a daemon that its keeper cannot keep up.
func dying(ep Endpoint, st keeper.Status) error {
	if causeOf(st.Trouble) != api.EngineFailed || st.Failures <= 1 {
		return ep.failure(st.Trouble, st.Why)
	}
	return &api.UnavailableError{Address: ep.Address, Cause: api.EngineDying,
		Detail: fmt.Sprintf("%d times in a row, last: %s (log: %s)", st.Failures, st.Why, keeper.LogFile(ep.DataRoot))}
}

func (ep Endpoint) failure(t keeper.Trouble, words string) error {
	return &api.UnavailableError{Address: ep.Address, Cause: causeOf(t),
		Detail: inWords(t, ep.DataRoot, words) + " (log: " + keeper.LogFile(ep.DataRoot) + ")"}
}

func causeOf(t keeper.Trouble) api.UnavailableCause {
	switch t {
	case keeper.Full:
		return api.EngineFull
	case keeper.ReadOnly:
		return api.EngineReadOnly
	case keeper.Damaged:
		return api.EngineDamaged
	case keeper.Newer:
		return api.EngineNewer
	}
	return api.EngineFailed
}

// inWords adds the place to what was said, where that tells more than the words.
func inWords(t keeper.Trouble, dataRoot, words string) string {
	switch t {
	case keeper.Full:
		if free, known := keeper.Free(dataRoot); known {
			return fmt.Sprintf("%d bytes are free below %s: %s", free, dataRoot, words)
		}
	case keeper.ReadOnly, keeper.Damaged:
		if !strings.Contains(words, dataRoot) {
			return "below " + dataRoot + ": " + words
		}
	case keeper.Program:
		return words + " (is " + dataRoot + " mounted noexec?)"
	}
	return words
}

// hung says of a containerd that took the connection and did not answer which process
// that is.
func hung(ctx context.Context, ep Endpoint, as, err error) error {
	late := errors.Is(err, context.DeadlineExceeded) || status.Code(err) == codes.DeadlineExceeded
	if !late || ctx.Err() != nil {
		return as
	}
	u := &api.UnavailableError{Address: ep.Address, Cause: api.EngineHung, Detail: "no answer within 3 s", Err: err}
	if pid := keeper.Peer(ep.Address); pid > 0 && pid != os.Getpid() {
		u.Detail = fmt.Sprintf("pid %d, no answer within 3 s%s", pid, stoppedNote(pid))
	}
	return u
}
