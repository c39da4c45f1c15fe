package api

import (
	"errors"
	"fmt"
	"strings"
)

// ErrDetached ends a session that the user left with the detach keys.
var ErrDetached = errors.New("detached")

// FieldError is one value of a request that cannot be honoured.
type FieldError struct {
	Field  string // option key: the long flag without dashes; "image", "args" for what stands after the flags
	Index  int    // which of a repeated option's values, from 0
	Value  string
	Reason string // completes "memory: …", lower case, no full stop
	Fix    string // what to write instead; may be empty
}

// Error is Docker's way of naming a flag, followed by the reason and the fix.
func (e FieldError) Error() string {
	s := e.Field
	if e.Field != "image" && e.Field != "args" {
		s = "--" + s
	}
	s += ": " + e.Reason
	if e.Fix != "" {
		s += " (" + e.Fix + ")"
	}
	return s
}

// FieldErrors is everything that is wrong with a request, all fields at once.
type FieldErrors []FieldError

func (e FieldErrors) Error() string {
	parts := make([]string, len(e))
	for i, f := range e {
		parts[i] = f.Error()
	}
	return strings.Join(parts, "; ")
}

// NotFoundError names a thing that does not exist.
type NotFoundError struct {
	Kind string // "container", "image", "network", "volume"
	Name string
}

func (e *NotFoundError) Error() string { return fmt.Sprintf("no such %s: %s", e.Kind, e.Name) }

// AmbiguousError is a short ID that several containers begin with.
type AmbiguousError struct {
	Prefix string
	IDs    []string
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%s is the beginning of %d IDs; type more of it", e.Prefix, len(e.IDs))
}

// NameInUseError is a container name that is taken.
type NameInUseError struct {
	Name  string
	ID    string
	State State
}

func (e *NameInUseError) Error() string {
	return fmt.Sprintf("the name %q is in use by %s (%s)", e.Name, ShortID(e.ID), e.State)
}

// StateError is an action that the container's state does not allow.
type StateError struct {
	Action string // "start", "remove"
	Name   string
	State  State
	Fix    string
}

func (e *StateError) Error() string {
	s := fmt.Sprintf("cannot %s %s: it is %s", e.Action, e.Name, e.State)
	if e.Fix != "" {
		s += "; " + e.Fix
	}
	return s
}

// OwnerError is an action refused because somebody else owns the container.
type OwnerError struct {
	Action string
	Name   string
	Owner  Owner
	Reason string
}

func (e *OwnerError) Error() string {
	return fmt.Sprintf("cannot %s %s: it belongs to %s: %s", e.Action, e.Name, e.Owner, e.Reason)
}

// UnsupportedError is something that this server or host cannot do.
type UnsupportedError struct {
	What   string // "restart policy on-failure"
	Reason string // "containerd 1.6 knows only always"
}

func (e *UnsupportedError) Error() string { return e.What + " is not supported here: " + e.Reason }

// StartCause is why a container's process could not be started.
type StartCause string

// The causes of a failed start that are told apart.
const (
	CauseNotFound   StartCause = "not-found"     // 127: no such executable in the image
	CausePermission StartCause = "permission"    // 126: not executable, or a directory
	CauseNotDir     StartCause = "not-directory" // 127: a directory mounted on a file or the reverse
	CauseMount      StartCause = "mount"
	CauseCgroup     StartCause = "cgroup"
	CauseHook       StartCause = "hook"
	CausePort       StartCause = "port"
	CauseRootfs     StartCause = "rootfs" // the snapshot is gone
	CauseSkew       StartCause = "skew"   // containerd was upgraded on disk but not restarted
	CauseEnded      StartCause = "ended"  // it ran, and failed at once
	CauseOther      StartCause = "other"
)

// StartError is a start that failed at the shim or runc; the container stays.
type StartError struct {
	Name    string
	Command string // what was to be run
	Exec    bool   // it was a further process; the container runs
	Cause   StartCause
	Code    int // 125, 126, 127 or 128, as Docker maps them
	Err     error
}

func (e *StartError) Error() string {
	switch e.Cause {
	case CauseNotFound:
		return fmt.Sprintf("%s: no such program in the image", e.Command)
	case CausePermission:
		return fmt.Sprintf("%s: not executable", e.Command)
	case CauseEnded:
		return fmt.Sprintf("%s: ended with %d at once", e.Command, e.Code)
	case CauseRootfs:
		return "the root filesystem snapshot is gone; recreate the container"
	case CauseSkew:
		return "containerd was upgraded on disk but not restarted; restart it"
	}
	if e.Err == nil {
		return "start failed"
	}
	return e.Err.Error()
}

func (e *StartError) Unwrap() error { return e.Err }

// UnavailableCause is why no containerd can be talked to.
type UnavailableCause string

// The causes that are told apart.
const (
	NoSocket       UnavailableCause = "no-socket"        // nothing at the address
	Denied         UnavailableCause = "denied"           // no permission on the socket
	NotRoot        UnavailableCause = "not-root"         // the embedded engine needs root
	Refused        UnavailableCause = "refused"          // a socket nobody listens on
	NotContainerd  UnavailableCause = "not-containerd"   // something else answers
	NoPayload      UnavailableCause = "no-payload"       // gantry was built without `go generate`
	EngineFailed   UnavailableCause = "engine-failed"    // the embedded engine ended at start
	EngineDown     UnavailableCause = "engine-down"      // the remembered engine is not up
	EngineFull     UnavailableCause = "engine-full"      // no space left below the data root
	EngineReadOnly UnavailableCause = "engine-read-only" // the data root cannot be written
	EngineDamaged  UnavailableCause = "engine-damaged"   // the engine's data cannot be read
	EngineNewer    UnavailableCause = "engine-newer"     // its data was written by a newer containerd
	EngineHung     UnavailableCause = "engine-hung"      // it is there and does not answer
	EngineDying    UnavailableCause = "engine-dying"     // it ends again and again
	UnavailableAny UnavailableCause = "other"
)

// UnavailableError says why the engine cannot be used.
type UnavailableError struct {
	Address string
	Cause   UnavailableCause
	Detail  string // the last lines of the engine's log, the errno
	Err     error
}

func (e *UnavailableError) Error() string {
	var s string
	switch e.Cause {
	case NoSocket:
		s = "no containerd at " + e.Address
	case Denied:
		s = "no permission on " + e.Address
	case NotRoot:
		s = "the embedded engine needs root"
	case Refused:
		s = "nobody listens on " + e.Address
	case NotContainerd:
		s = e.Address + " is not containerd's socket"
	case NoPayload:
		s = "this gantry was built without its engine: run go generate ./... and build again"
	case EngineFailed:
		s = "the embedded engine did not start"
	case EngineDown:
		s = "the engine at " + e.Address + " is down"
	case EngineFull:
		s = "no disk space is left below gantry's data root"
	case EngineReadOnly:
		s = "gantry's data root cannot be written"
	case EngineDamaged:
		s = "the embedded engine's data is damaged"
	case EngineNewer:
		s = "the embedded engine's data was written by a newer containerd"
	case EngineHung:
		s = "containerd at " + e.Address + " does not answer"
	case EngineDying:
		s = "the embedded engine ends again and again"
	default:
		s = "containerd at " + e.Address + " is not available"
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	} else if e.Err != nil && e.Cause == UnavailableAny {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *UnavailableError) Unwrap() error { return e.Err }
