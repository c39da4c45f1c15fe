package cli

import (
	"context"
	"os"
	"time"

	"golang.org/x/term"
)

// pause waits, or fails when ctx ends first.
func (p *program) pause(ctx context.Context, d time.Duration) error {
	if p.Pause != nil {
		return p.Pause(ctx, d)
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// onTerminal reports whether what is printed is read on a terminal.
func (p *program) onTerminal() bool {
	f, ok := p.Out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
