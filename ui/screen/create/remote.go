package create

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/kit"
)

const (
	remoteRest  = 400 * time.Millisecond // the keys rest before a registry is asked: it may count
	remoteLimit = 15 * time.Second
)

// answer is what a registry has said of an image.
type answer struct {
	info api.RemoteImage
	err  error
}

// remoteMsg is the answer to one question.
type remoteMsg struct {
	of     *Screen
	serial int
	about  string
	answer
}

// askRemote asks the registry about the image that is not here, once for each name.
func (s *Screen) askRemote() tea.Cmd {
	l := &s.image
	about := l.ref + "\x00" + l.platform
	if a, ok := s.answers[about]; ok {
		l.remote = &a
		return nil
	}
	if s.deps.Remote == nil || s.draft.Get(option.KeyPull) == api.PullNever {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), remoteLimit)
	l.cancel = cancel
	serial, ask, ref, platform := l.serial, s.deps.Remote, l.ref, l.platform
	return func() tea.Msg {
		defer cancel()
		if !wait(ctx, remoteRest) {
			return nil
		}
		info, err := ask(ctx, ref, platform)
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil
		}
		return remoteMsg{s, serial, about, answer{info, err}}
	}
}

// heard takes a registry's answer.
func (s *Screen) heard(m remoteMsg) {
	if m.of != s {
		return
	}
	if s.answers == nil {
		s.answers = map[string]answer{}
	}
	if final(m.err) {
		s.answers[m.about] = m.answer
	}
	if m.serial == s.image.serial {
		s.image.remote = &m.answer
		s.check()
	}
}

// final reports whether asking again would bring the same.
func final(err error) bool { return err == nil || hopeless(err) }

// hopeless reports whether a pull would fail whatever the weather is like.
func hopeless(err error) bool {
	var e *api.PullError
	if !errors.As(err, &e) {
		return false
	}
	switch e.Cause {
	case api.PullNoTag, api.PullPlatform, api.PullNotImage, api.PullTooBig, api.PullBadReference:
		return true
	}
	return false
}

// unpullable is the problem of an image that is not here and cannot be pulled.
func (s *Screen) unpullable() (api.FieldError, bool) {
	l := s.image
	if l.state != absent || l.remote == nil || !hopeless(l.remote.err) || s.draft.Get(option.KeyPull) == api.PullNever {
		return api.FieldError{}, false
	}
	reason, fix := short(l.remote.err)
	e := api.FieldError{Field: string(option.KeyImage), Value: l.ref, Reason: reason, Fix: fix}
	var p *api.PullError
	if errors.As(l.remote.err, &p) && p.Cause == api.PullPlatform && l.platform != "" {
		e.Field, e.Value = string(option.KeyPlatform), l.platform
	}
	return e, true
}

// short is an error in few words: under the row it is clear what could not be done.
func short(err error) (reason, fix string) {
	x := kit.Explain(err)
	reason = x.Title
	if first, _, _ := strings.Cut(x.Detail, "\n"); first != "" && strings.HasSuffix(x.Title, "could not be pulled") {
		reason = first
	}
	return reason, x.Fix
}

// remoteNote is what the registry has said of an image that is not here.
func (s *Screen) remoteNote() remark {
	r := s.image.remote
	switch {
	case r == nil:
		return remark{aside, "not here yet: will be pulled"}
	case r.err != nil:
		reason, _ := short(r.err)
		return remark{warning, "not here yet, and " + reason}
	}
	return remark{aside, "not here yet: will be pulled (" + kit.Size(r.info.Size) + ", " + kit.Clean(r.info.Platform) + ")"}
}
