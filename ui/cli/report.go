package cli

import (
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/ui/kit"
)

// reporter tells on stderr how an operation goes: a pull as it moves, and with --trace
// the steps at the end.
type reporter struct {
	w     io.Writer
	tty   bool
	trace bool
	quiet bool

	mu    sync.Mutex
	last  path.Trace
	phase api.PullPhase
	line  bool // an unfinished progress line stands on the terminal
}

// reporter tells of an operation; a quiet one says nothing of pulls.
func (p *program) reporter(trace, quiet bool) *reporter {
	f, ok := p.Err.(*os.File)
	return &reporter{w: p.Err, trace: trace, quiet: quiet, tty: ok && term.IsTerminal(int(f.Fd()))}
}

func (r *reporter) observer() api.Observer {
	return api.Observer{Trace: r.onTrace, Pull: r.onPull}
}

func (r *reporter) onTrace(t path.Trace) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = t
}

func (r *reporter) onPull(pr api.PullProgress) {
	if r.quiet {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	first, changed := r.phase == "", pr.Phase != r.phase
	r.phase = pr.Phase
	ref := kit.Clean(pr.Ref)
	switch {
	case pr.Phase == api.PullDone && changed:
		r.clear()
		fmt.Fprintf(r.w, "Pulled %s (%s, %d layers)\n", ref, kit.Size(pr.Total), len(pr.Layers))
	case first && !r.tty:
		fmt.Fprintf(r.w, "Pulling %s\n", ref)
	case r.tty && pr.Phase != api.PullFailed && pr.Phase != api.PullDone:
		fmt.Fprintf(r.w, "\r\x1b[KPulling %s  %s  %s  %s  %s", ref, kit.Percent(pr.Fraction()),
			kit.SizePair(pr.Downloaded, pr.Total), kit.Rate(pr.BytesPerSec), kit.Left(pr.Left))
		r.line = true
	}
}

func (r *reporter) clear() {
	if r.line {
		fmt.Fprint(r.w, "\r\x1b[K")
		r.line = false
	}
}

// end finishes the progress line, and prints the trace when it was asked for.
func (r *reporter) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clear()
	if !r.trace {
		return
	}
	t := r.last
	fmt.Fprintf(r.w, "%s %s  %s\n", t.Operation, kit.Clean(t.Name), kit.Took(t.Total(t.Ended)))
	for _, s := range t.Steps {
		took := ""
		if s.State == path.Done || s.State == path.Failed || s.State == path.Undone {
			took = kit.Took(s.Duration)
		}
		text := s.Detail
		if s.Error != "" {
			text = s.Error
		}
		fmt.Fprintf(r.w, "  %-8s %-10s %9s  %s\n", s.State, s.Name, took, kit.Clean(text))
	}
}
