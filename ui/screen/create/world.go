package create

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
)

const (
	worldRest  = 300 * time.Millisecond // the keys rest before the world is asked
	worldAgain = 3 * time.Second        // what is in the way may go
	worldLimit = 10 * time.Second
)

// worldly are the options whose values meet something outside the form.
var worldly = [...]option.Key{
	option.KeyName, option.KeyPublish, option.KeyPublishAll, option.KeyNetwork, option.KeyIP, option.KeyIP6,
	option.KeyVolume, option.KeyMount, option.KeyTmpfs, option.KeyVolumesFrom, option.KeyDevice, option.KeyGPUs,
}

// world is what the engine has said of what the draft would meet.
type world struct {
	about  string // the values that were asked about
	found  api.Checked
	known  bool // found is about what was asked about last
	serial int
	cancel context.CancelFunc
}

// worldMsg is its answer.
type worldMsg struct {
	of     *Screen
	serial int
	found  api.Checked
	err    error
}

// matter is the part of the draft that the world is asked about; "" when there is nothing to ask.
func (s *Screen) matter() string {
	var b strings.Builder
	for _, k := range worldly {
		for _, v := range s.draft.All(k) {
			b.WriteString(string(k) + "\x00" + v + "\x00")
		}
	}
	return b.String()
}

// ask has the engine look at the world after a pause, unless it was asked about the same.
func (s *Screen) ask(pause time.Duration, again bool) tea.Cmd {
	w := &s.world
	about := s.matter()
	if about == w.about && !again {
		return nil
	}
	w.stop()
	w.known = w.known && about == w.about
	w.about = about
	if s.deps.Check == nil || about == "" {
		w.found = api.Checked{}
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	serial, check, req := w.serial, s.deps.Check, s.parsed.Request
	return func() tea.Msg {
		defer cancel()
		if !wait(ctx, pause) {
			return nil
		}
		ctx, done := context.WithTimeout(ctx, worldLimit)
		defer done()
		found, err := check(ctx, req)
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil
		}
		return worldMsg{s, serial, found, err}
	}
}

func (w *world) stop() {
	if w.cancel != nil {
		w.cancel()
		w.cancel = nil
	}
	w.serial++
}

// told takes an answer. While something is in the way the world is asked again and again.
func (s *Screen) told(m worldMsg) tea.Cmd {
	if m.of != s || m.serial != s.world.serial {
		return nil
	}
	if m.err == nil {
		s.world.found, s.world.known = m.found, true
		s.check()
	}
	var again tea.Cmd
	if len(s.world.found.Problems) > 0 {
		again = s.ask(worldAgain, true)
	}
	return tea.Batch(s.goOn(), again)
}

// outside are the problems that only the world has with the draft, at their values. Of a
// name that the list knows as taken the engine need not tell once more.
func (s *Screen) outside(nameTaken bool) (out api.FieldErrors) {
	for _, e := range s.world.found.Problems {
		if e.Field == string(option.KeyName) && nameTaken || !s.draft.Has(option.Key(e.Field)) && e.Field != string(option.KeyNetwork) {
			continue
		}
		e.Index = s.draft.At(e)
		out = append(out, e)
	}
	return out
}

// notes are what will happen beside what was asked for.
func (s *Screen) notes() {
	for _, e := range s.world.found.Notes {
		sec, i, ok := s.find(option.Key(e.Field))
		if !ok || !s.draft.Has(option.Key(e.Field)) {
			continue
		}
		s.sections[sec].rows[i].say(s.draft.At(e), remark{aside, words(e)})
	}
}

// forget drops what was said of an option whose values have changed.
func (w *world) forget(k option.Key) {
	without := func(all api.FieldErrors) (kept api.FieldErrors) {
		for _, e := range all {
			if e.Field != string(k) {
				kept = append(kept, e)
			}
		}
		return kept
	}
	w.found = api.Checked{Problems: without(w.found.Problems), Notes: without(w.found.Notes)}
}
