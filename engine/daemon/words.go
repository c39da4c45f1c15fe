package daemon

import (
	"fmt"
	"time"

	"gantry/engine/api"
	"gantry/engine/daemon/keeper"
)

// Kept says in a few words who keeps the embedded engine up, and how that goes; "" where
// there is nothing to say.
func (s Status) Kept() string {
	switch {
	case s.Endpoint.Kind != api.EngineEmbedded:
		return ""
	case s.Keeping.Phase == keeper.Failed:
		return "none: it ended with the engine: " + s.Keeping.Why
	case s.Keeper == 0 && s.Running:
		return "none: an engine that is killed stays down until the next gantry"
	case s.Keeper == 0:
		return ""
	}
	words := fmt.Sprintf("pid %d", s.Keeper)
	if s.Keeping.Phase == keeper.Waiting {
		return fmt.Sprintf("%s, starts the engine again at %s after %d failures: %s", words, s.Keeping.Next.Format(time.TimeOnly), s.Keeping.Failures, s.Keeping.Why)
	}
	if !s.Keeping.Ended.IsZero() {
		words += fmt.Sprintf(", last had to start the engine again at %s: %s", s.Keeping.Ended.Format(time.DateTime), s.Keeping.Why)
	}
	return words
}

// AtBoot says what starts the embedded engine at boot; "" where that cannot be told.
func (s Status) AtBoot() string {
	switch s.Boot {
	case BootEnabled:
		return "started by " + unitName(s.Endpoint)
	case BootDisabled:
		return "not started: gantry engine enable"
	}
	return ""
}
