package stream

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
)

// After delivers msg when d has passed since the Cmd began to run, and nothing when ctx
// ends first: unlike tea.Tick it leaves no goroutine behind at the end of the program.
func After(ctx context.Context, d time.Duration, msg tea.Msg) tea.Cmd {
	return func() tea.Msg {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
			return msg
		case <-ctx.Done():
			return nil
		}
	}
}
