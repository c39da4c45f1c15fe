package stdio

import (
	"context"

	"gantry/engine/api"
)

// Read reads a log.
func Read(ctx context.Context, stateDir, id string, opt api.LogOptions, each func([]api.LogLine) error) error {
	return nil
}
