package create

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
)

const (
	// typingRest is how long the keys must rest before an image is looked up.
	typingRest = 150 * time.Millisecond
	// lookupLimit is how long a look-up may take.
	lookupLimit = 10 * time.Second
)

// lookup is what is known of the image in the form.
type lookup struct {
	ref, platform string
	state         found
	config        api.ImageConfig
	remote        *answer // of the registry about one that is not here; nil: it was not asked, or says nothing yet

	serial int // of the present look-up; answers of older ones are dropped
	cancel context.CancelFunc
}

// found says whether an image is here.
type found int

const (
	unasked found = iota // or the answer is on its way
	present
	absent
	unknown // it could not be found out
)

// imageMsg is the answer of a look-up.
type imageMsg struct {
	of     *Screen
	serial int
	config api.ImageConfig
	err    error
}

// stop ends a look-up that is under way. It will be made again when the form goes on.
func (l *lookup) stop() {
	if l.cancel == nil {
		return
	}
	l.cancel()
	l.cancel = nil
	if l.state == unasked {
		l.ref = ""
	}
}

// seek looks the draft's image up after a pause, unless that is what is known already.
// What was asked before is cancelled.
func (s *Screen) seek(pause time.Duration) tea.Cmd {
	ref, platform := s.draft.Get(option.KeyImage), s.draft.Get(option.KeyPlatform)
	l := &s.image
	if ref == l.ref && platform == l.platform {
		return nil
	}
	l.stop()
	*l = lookup{ref: ref, platform: platform, serial: l.serial + 1}
	defer s.check()
	if s.deps.ImageConfig == nil || ref == "" || option.Check(s.facts(), option.KeyImage, 0, ref) != nil ||
		option.Check(s.facts(), option.KeyPlatform, 0, platform) != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookupLimit)
	l.cancel = cancel
	serial, ask := l.serial, s.deps.ImageConfig
	return func() tea.Msg {
		defer cancel()
		if !wait(ctx, pause) {
			return nil
		}
		cfg, err := ask(ctx, ref, platform)
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil
		}
		return imageMsg{s, serial, cfg, err}
	}
}

// wait lets time pass; false when ctx ended before.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// learn takes the answer of a look-up.
func (s *Screen) learn(m imageMsg) tea.Cmd {
	if m.of != s || m.serial != s.image.serial {
		return nil
	}
	var cmd tea.Cmd
	var missing *api.NotFoundError
	switch {
	case m.err == nil:
		s.image.state, s.image.config = present, m.config
	case errors.As(m.err, &missing):
		s.image.state = absent
		cmd = s.askRemote()
	default:
		s.image.state = unknown
	}
	s.check()
	return cmd
}

// imageRemark says under Image what will be done about it.
func (s *Screen) imageRemark() {
	sec, i, ok := s.find(option.KeyImage)
	if !ok {
		return
	}
	r := s.sections[sec].rows[i]
	if r.bad() {
		return
	}
	r.say(0, s.imageNote())
}

// imageNote may be empty: the line is kept free for it all the same, so that nothing
// moves when the answer comes.
func (s *Screen) imageNote() remark {
	pull := s.draft.Get(option.KeyPull)
	switch {
	case s.image.state == present && pull == api.PullAlways:
		return remark{aside, "here; the registry is asked for a newer one"}
	case s.image.state == present:
		return remark{aside, "here"}
	case s.image.state == absent && pull == api.PullNever:
		return remark{warning, "not here, and Pull says never: create will fail"}
	case s.image.state == absent:
		return s.remoteNote()
	case s.image.state == unknown:
		return remark{aside, "whether it is here could not be found out"}
	}
	return remark{}
}
