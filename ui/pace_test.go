package ui

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

// ticks are when a ticker ticks, until a time has passed.
func ticks(t *time.Ticker, until time.Duration) (at []time.Duration) {
	begin, end := time.Now(), time.After(until)
	for {
		select {
		case <-t.C:
			at = append(at, time.Since(begin))
		case <-end:
			return at
		}
	}
}

func TestAChangeIsShownAtOnceAndAScreenThatRestsIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace{ticker: time.NewTicker(frame)}
		p.drawn()
		if at := ticks(p.ticker, time.Minute); at[0] != atOnce || len(at) > 310 {
			t.Errorf("%d looks in a minute with one change, the first after %v", len(at), at[0])
		}
		p.drawn()
		if at := ticks(p.ticker, 10*time.Millisecond); len(at) == 0 || at[0] > atOnce {
			t.Errorf("a change after a rest is looked for at %v", at)
		}
		// What goes on changing is shown as often as a display can show it.
		time.Sleep(time.Second)
		n, longest := 0, time.Duration(0)
		for begin, last := time.Now(), time.Now(); time.Since(begin) < time.Second; {
			select {
			case <-p.ticker.C:
				n++
				longest = max(longest, time.Since(last))
				last = time.Now()
			case <-time.After(time.Millisecond / 2):
				p.drawn()
			}
		}
		if n > 5*framesPerSecond || longest > frame+surely {
			t.Errorf("%d looks in a second of changes, the longest pause %v", n, longest)
		}
		p.end()
		p.ticker.Stop()
	})
}

// Should Bubble Tea call its ticker otherwise, a screen that rests costs three times as much.
func TestTheTickerOfBubbleTeaIsFound(t *testing.T) {
	m := &looker{}
	m.program = tea.NewProgram(m, tea.WithInput(nil), tea.WithOutput(&bytes.Buffer{}))
	if _, err := m.program.Run(); err != nil {
		t.Fatal(err)
	}
	if !m.found {
		t.Errorf("a tea.Program has no %s, or another one", tickerField)
	}
}

// looker looks for the ticker of its program.
type looker struct {
	program *tea.Program
	found   bool
}

func (*looker) Init() tea.Cmd { return tea.Quit }

func (m *looker) Update(tea.Msg) (tea.Model, tea.Cmd) { return m, nil }

func (m *looker) View() tea.View {
	m.found = tickerOf(m.program) != nil
	return tea.NewView("")
}
