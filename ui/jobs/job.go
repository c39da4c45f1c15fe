package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gantry/engine/api"
	"gantry/engine/path"
)

// ID names a job for as long as the program runs.
type ID int

// String is a name that no container has: "job 3".
func (id ID) String() string { return fmt.Sprintf("job %d", int(id)) }

// Kind says what a job does.
type Kind string

// The kinds.
const (
	Create Kind = "create"
	Run    Kind = "run"
	Start  Kind = "start"
	Stop   Kind = "stop"
	Kill   Kind = "kill"
	Remove Kind = "remove"
	Pull   Kind = "pull"

	Restart  Kind = "restart"
	Recreate Kind = "recreate"
	Pause    Kind = "pause"
	Unpause  Kind = "unpause"
	Commit   Kind = "commit"
	Export   Kind = "export"
)

// Makes reports whether the job makes a container.
func (k Kind) Makes() bool { return k == Create || k == Run }

// Job is one operation as it stands: a copy.
type Job struct {
	ID        ID
	Kind      Kind
	Name      string // of the container, or the image's for a pull
	Container string // ID; "" until a created one exists
	Image     string
	Started   time.Time
	Ended     time.Time // zero while it runs
	Asked     bool      // it was asked to cancel
	Err       error     // why it failed; nil while it runs or when it went well
	Snap
}

// Snap is how far a job has come.
type Snap struct {
	Trace   path.Trace
	Pull    *api.PullProgress // nil when nothing is pulled
	Created *api.Created      // set once the container exists
}

// Running reports whether the job has not ended.
func (j Job) Running() bool { return j.Ended.IsZero() }

// Failed reports whether the job ended with an error that is not its cancelling.
func (j Job) Failed() bool { return j.Err != nil && !j.Cancelled() }

// Cancelled reports whether the job ended because it was asked to.
func (j Job) Cancelled() bool { return j.Asked && errors.Is(j.Err, context.Canceled) }

// FailedStep is the step that the job failed at; "" when it did not fail at one.
func (j Job) FailedStep() string {
	for _, s := range j.Trace.Steps {
		if s.State == path.Failed {
			return s.Name
		}
	}
	return ""
}

// CurrentStep is the step that runs; "" when none does.
func (j Job) CurrentStep() string {
	for _, s := range j.Trace.Steps {
		if s.State == path.Running {
			return s.Name
		}
	}
	return ""
}

// Pulling reports whether bytes of an image are on their way.
func (j Job) Pulling() bool {
	return j.Running() && j.Pull != nil && j.Pull.Phase != api.PullDone && (j.Kind == Pull || j.CurrentStep() == "pull")
}
