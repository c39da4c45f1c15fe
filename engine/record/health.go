package record

import (
	"encoding/json"
	"time"

	"github.com/moby/moby/api/types/container"
)

// HealthState is nerdctl's label of how a container is.
type HealthState struct {
	Status        string
	FailingStreak int
	InStartPeriod bool
	LastProbeAt   time.Time
}

// Label is the state as its label has it.
func (h HealthState) Label() string { return marshal(h) }

// ReadHealthState reads the label; ok is false for a container without a health check.
func ReadHealthState(labels map[string]string) (h HealthState, ok bool) {
	v, ok := labels[LabelHealthState]
	return h, ok && json.Unmarshal([]byte(v), &h) == nil
}

// healthLabels are those of a container with a health check. A check that is too long for a
// label is in the request, and with the logger.
func healthLabels(m map[string]string, check *container.HealthConfig) {
	if check == nil || len(check.Test) == 0 {
		return
	}
	if v := marshal(check); fits(LabelHealthCheck, v) {
		m[LabelHealthCheck] = v
	}
	if check.Test[0] != "NONE" {
		m[LabelHealthState] = HealthState{Status: string(container.Starting), InStartPeriod: check.StartPeriod > 0}.Label()
	}
}
