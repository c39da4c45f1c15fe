package ui

import (
	"reflect"
	"sync"
	"time"
	"unsafe"

	tea "charm.land/bubbletea/v2"
)

const (
	// framesPerSecond is how often the screen is brought up to date at most, of what goes on
	// changing; a first change is shown at once.
	framesPerSecond = 70
	frame           = time.Second / framesPerSecond
	// atOnce is when what was drawn is shown at the earliest, and surely how long that is tried.
	atOnce = time.Millisecond
	surely = 3 * atOnce
	// lingers is how long the screen is kept up to date after a change, and resting how often it
	// is after that: for what is written without being drawn, such as a question to the terminal.
	lingers = 50 * time.Millisecond
	resting = 200 * time.Millisecond
)

// pace is when the program brings the screen up to date. Bubble Tea looks for something new by the
// clock: a key waits for its next look, and a screen that rests is looked at all the same, which
// would be most of what gantry costs while nothing happens. Its ticker has no name outside of it;
// where it is not found, framesPerSecond is how often.
type pace struct {
	program *tea.Program

	mu     sync.Mutex
	ticker *time.Ticker // the program's; nil: it does not run yet
	timer  *time.Timer  // to the next phase
	steady bool         // the next phase is resting
	last   time.Time    // when a change was shown at once
	ended  bool
}

// tickerField is what Bubble Tea calls it.
const tickerField = "ticker"

// tickerOf is the program's ticker; nil where there is none. It must be asked by the program's
// own goroutine.
func tickerOf(p *tea.Program) *time.Ticker {
	f := reflect.ValueOf(p).Elem().FieldByName(tickerField)
	if !f.IsValid() || f.Type() != reflect.TypeFor[*time.Ticker]() {
		return nil
	}
	return *(**time.Ticker)(unsafe.Pointer(f.UnsafeAddr()))
}

// drawn says that there is something new to show.
func (p *pace) drawn() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ticker == nil {
		p.ticker = tickerOf(p.program)
	}
	now := time.Now()
	if p.ticker == nil || p.ended || now.Sub(p.last) < frame {
		return // the next frame has it
	}
	p.last, p.steady = now, false
	p.ticker.Reset(atOnce)
	p.after(surely)
}

// after goes to the next phase when some time has passed.
func (p *pace) after(d time.Duration) {
	if p.timer == nil {
		p.timer = time.AfterFunc(d, p.next)
		return
	}
	p.timer.Reset(d)
}

func (p *pace) next() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.ended:
	case !p.steady:
		p.steady = true
		p.ticker.Reset(frame)
		p.after(lingers)
	default:
		p.ticker.Reset(resting)
	}
}

// end leaves the ticker alone, which the program has stopped.
func (p *pace) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	if p.timer != nil {
		p.timer.Stop()
	}
}
