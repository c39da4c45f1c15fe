package logs

import (
	"bytes"
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/ui/backend"
	"gantry/ui/stream"
	"gantry/ui/widget/scroll"
)

const (
	// batch is how many lines come in one message at most.
	batch = 512
	// pace is the least time between two messages.
	pace = 20 * time.Millisecond
	// longest is how many bytes of a line that came in parts are put together; the rest
	// of it stands on lines of its own.
	longest = 1 << 20
)

// follow reads a container's log.
type follow struct {
	logger backend.Logger
	id     string
	ctx    context.Context
	cancel context.CancelFunc
	lines  chan api.LogLine
	pump   *stream.Pump[api.LogLine]
	err    error // set before lines is closed
	since  time.Time
	tail   int // lines to begin with

	parts [2]part // of lines that are not complete, by stream
}

// part is the beginning of a line.
type part struct {
	time time.Time
	text []byte
}

// linesMsg are lines that have come. With last the log has ended, err says how.
type linesMsg struct {
	of    *follow
	lines []api.LogLine
	last  bool
	err   error
}

func newFollow(l backend.Logger, id string) *follow {
	f := &follow{logger: l, id: id, lines: make(chan api.LogLine, batch), tail: scroll.MaxLines}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.pump = stream.NewPump(f.lines, pace, batch)
	return f
}

// read is the command that reads the log to its end. It waits while the screen is behind.
func (f *follow) read() tea.Msg {
	defer close(f.lines)
	f.err = f.logger.Logs(f.ctx, f.id, api.LogOptions{Follow: true, Tail: f.tail, Since: f.since}, func(lines []api.LogLine) error {
		for _, l := range lines {
			l.Text = bytes.Clone(l.Text)
			select {
			case f.lines <- l:
			case <-f.ctx.Done():
				return f.ctx.Err()
			}
		}
		return nil
	})
	return nil
}

// next is the command that brings the next lines.
func (f *follow) next() tea.Cmd {
	return f.pump.Next(f.ctx, func(lines []api.LogLine, closed bool) tea.Msg {
		m := linesMsg{of: f, lines: lines, last: closed}
		if closed {
			m.err = f.err
		}
		return m
	})
}

// whole puts lines together that came in parts. At the log's end what is incomplete is a
// line too.
func (f *follow) whole(lines []api.LogLine, last bool) []scroll.Line {
	out := make([]scroll.Line, 0, len(lines))
	for _, l := range lines {
		p := &f.parts[stderrIndex(l.Stderr)]
		if len(p.text) == 0 {
			p.time = l.Time
		}
		complete := bytes.HasSuffix(l.Text, []byte("\n"))
		switch {
		case complete && len(p.text) == 0:
			out = append(out, scroll.Line{Time: l.Time, Stderr: l.Stderr, Text: l.Text})
			continue
		default:
			p.text = append(p.text, l.Text...)
		}
		if complete || len(p.text) >= longest {
			out = append(out, p.line(l.Stderr))
		}
	}
	for i := range f.parts {
		if last && len(f.parts[i].text) > 0 {
			out = append(out, f.parts[i].line(i == stderrIndex(true)))
		}
	}
	return out
}

// line takes the part as a line.
func (p *part) line(stderr bool) scroll.Line {
	l := scroll.Line{Time: p.time, Stderr: stderr, Text: p.text}
	p.text = nil
	return l
}

func stderrIndex(stderr bool) int {
	if stderr {
		return 1
	}
	return 0
}
