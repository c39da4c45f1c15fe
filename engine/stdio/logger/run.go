package logger

import (
	"context"
	"sync"
	"time"

	"gantry/engine/stdio/shim"
	"gantry/engine/stdio/wire"
)

// How long the logger waits for the exit once there is nothing more to read.
const (
	// unmadeMax: the streams ended and the task was never there, so its creation failed.
	unmadeMax = 2 * time.Second
	// toldMax: told to leave, usually by a shim that deletes the task and so knows the exit.
	toldMax = 500 * time.Millisecond
	// toldUnmadeMax: told to leave and the task was never there. The shim waits for the
	// logger, and somebody for the failed start.
	toldUnmadeMax = 50 * time.Millisecond
	// cutMax is what clients are given to take the rest when the logger was told to leave.
	// The shim kills it after 12 s.
	cutMax = 2 * time.Second
)

// run reads until the end and brings everything to its close. It reports whether the
// container has ended, and not only its logger.
func (l *logger) run(ctx context.Context) (ended bool) {
	go l.hub.serve(l.socket)
	uncut := context.AfterFunc(ctx, func() { l.hub.cut(time.Now().Add(cutMax)) })
	defer uncut()

	wctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	w := watch{made: make(chan shim.Init, 1), bundle: make(chan string, 1), ending: make(chan ending, 1)}
	var watching, reading sync.WaitGroup
	watching.Go(func() { w.run(wctx, l.cfg, l.began) })
	watching.Go(func() { l.endInput(wctx, w.bundle) })
	for _, s := range l.streams {
		reading.Go(s.run)
	}
	read := make(chan struct{})
	go func() { reading.Wait(); close(read) }()
	hctx, unhealth := context.WithCancel(wctx)
	defer unhealth()
	l.begun = func() { watching.Go(func() { l.health.run(hctx, time.Now()) }) }
	l.ended = unhealth

	exit := l.await(ctx, w, read)
	cancel()
	watching.Wait()
	l.cfg.Guest.Ended()
	l.close(exit)
	frame := wire.EncodeExit(0, false)
	if exit != nil && !exit.Unknown {
		frame = wire.EncodeExit(exit.Code, true)
	}
	l.hub.end(wire.Frame(wire.Exit, frame))
	l.hub.wait()
	return exit != nil
}

// progress is how far a container is towards its end.
type progress struct {
	made  bool // its task was seen
	known bool // the exit is known, or will not be
	read  bool // both streams were read to their end
	told  bool // the logger is to leave
}

// patience is how long to wait for the exit when all else is done; false is for ever: a
// process may close its output and live on.
func (p progress) patience() (time.Duration, bool) {
	switch {
	case !p.read || p.known:
		return 0, false
	case p.told && p.made:
		return toldMax, true
	case p.told:
		return toldUnmadeMax, true
	case !p.made:
		return unmadeMax, true
	}
	return 0, false
}

// await returns when everything was read and the exit is known, or will not be: nil.
func (l *logger) await(ctx context.Context, w watch, read <-chan struct{}) (exit *wire.LastExit) {
	var p progress
	terminal, told := false, ctx.Done()
	for !p.known || !p.read {
		var giveUp <-chan time.Time
		if d, ok := p.patience(); ok {
			giveUp = time.After(d)
		}
		select {
		case i := <-w.made:
			p.made, terminal = true, i.Terminal
			l.letGo()
			l.cfg.Guest.Made(i.Pid)
			l.begun()
		case e := <-w.ending:
			p.known = true
			l.letGo()
			l.ended()
			if exit = e.exit; exit != nil {
				l.drain(e.terminal)
			}
		case <-read:
			read, p.read = nil, true
		case <-told:
			told, p.told = nil, true
			l.letGo()
			l.drain(terminal)
		case <-giveUp:
			p.known = true
		}
	}
	return exit
}

// drain has the streams end when they are empty: nobody writes any more.
func (l *logger) drain(terminal bool) {
	l.hub.release()
	for _, s := range l.streams {
		quiet := quietPipe
		if l.cfg.Locate != nil || terminal && s.kind == wire.Stdout {
			quiet = quietTerminal
		}
		s.interrupt(quiet)
	}
}

// letGo closes what stood in for the shim's ends of the pipes.
func (l *logger) letGo() {
	for _, f := range l.cfg.Held {
		f.Close() // a second time does no harm
	}
}

// endInput has the container's input end when the client whose it is has gone: what it has
// written is read first. The shim has an end of its own, which it is told to close.
func (l *logger) endInput(ctx context.Context, bundle <-chan string) {
	if l.cfg.Locate == nil {
		return // a terminal's input has no end
	}
	select {
	case <-l.input:
	case <-ctx.Done():
		return
	}
	select {
	case dir := <-bundle:
		l.stdin.Close()
		_ = shim.CloseInput(ctx, dir, l.cfg.ID) // a task that has ended needs no end of its input
	case <-ctx.Done():
	}
}
