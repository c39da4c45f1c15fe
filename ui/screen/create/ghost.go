package create

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/keymap"
	"gantry/ui/kit"
)

// fromImage stands beside the image's defaults.
const fromImage = "from the image"

// brought is what the image in the form brings along; nothing while it is not here.
func (s *Screen) brought() api.ImageConfig {
	if s.image.state == present {
		return s.image.config
	}
	return api.ImageConfig{}
}

// ghosts shows what the image brings along in the rows that would replace it or add to it.
func (s *Screen) ghosts() {
	c := s.brought()
	command := c.Cmd
	if s.draft.Has(option.KeyEntrypoint) {
		command = nil // another entrypoint drops it
	}
	exposed := fromImage
	if len(c.ExposedPorts) > 0 {
		exposed = "exposed; " + s.keyOf(keymap.FormExposed) + " publishes"
	}
	for _, g := range []struct {
		key        option.Key
		text, from string
	}{
		{option.KeyEntrypoint, option.QuoteWords(c.Entrypoint), fromImage},
		{option.KeyArgs, option.QuoteWords(command), fromImage},
		{option.KeyWorkdir, c.WorkingDir, fromImage},
		{option.KeyUser, c.User, fromImage},
		{option.KeyStopSignal, c.StopSignal, fromImage},
		{option.KeyEnv, names(c.Env), fromImage},
		{option.KeyPublish, strings.Join(c.ExposedPorts, " "), exposed},
		{option.KeyExpose, strings.Join(c.ExposedPorts, " "), fromImage},
		{option.KeyVolume, strings.Join(c.Volumes, " "), "volumes of the image"},
		{option.KeyNetwork, defaultOf(option.KeyNetwork), "the default"},
		{"health-cmd", option.QuoteWords(health(c)), fromImage},
	} {
		sec, i, ok := s.find(g.key)
		if !ok {
			continue
		}
		if g.text == "" {
			g.from = ""
		}
		r := s.sections[sec].rows[i]
		r.ghost = g.text
		r.field.SetGhost(g.text, g.from)
	}
}

// names are the variables without their values, PATH left out: it is there in every image.
func names(env []string) string {
	var out []string
	for _, e := range env {
		if name, _, _ := strings.Cut(e, "="); name != "PATH" {
			out = append(out, name)
		}
	}
	return strings.Join(out, " ")
}

// inherited is what the image brings to a row, in full, for the help beside it.
func (s *Screen) inherited(r *row) []string {
	c := s.brought()
	switch r.opt.Key {
	case option.KeyEnv:
		out := slices.Clone(c.Env)
		if !s.reveal {
			for i, e := range out {
				out[i] = mask(e)
			}
		}
		return out
	case option.KeyLabel:
		var out []string
		for k, v := range c.Labels {
			out = append(out, k+"="+v)
		}
		slices.Sort(out)
		return out
	case option.KeyPublish, option.KeyExpose, option.KeyPublishAll:
		return c.ExposedPorts
	case option.KeyVolume, option.KeyMount, option.KeyTmpfs:
		return c.Volumes
	}
	if r.ghost != "" {
		return []string{r.ghost}
	}
	return nil
}

// publishExposed adds a row for every port that the image exposes and none is published for:
// on the same port of this host.
func (s *Screen) publishExposed() tea.Cmd {
	sec, i, ok := s.find(option.KeyPublish)
	if !ok {
		return nil
	}
	exposed := s.brought().ExposedPorts
	if len(exposed) == 0 {
		if s.image.state == present {
			return kit.Notify(kit.Info, "the image exposes no ports")
		}
		return kit.Notify(kit.Info, "what the image exposes is known when it is here; Publish all does it at the start")
	}
	values := s.draft.All(option.KeyPublish)
	added := 0
	for _, p := range exposed {
		number, protocol, _ := strings.Cut(p, "/")
		if s.publishes(number, protocol) {
			continue
		}
		v := number + ":" + number
		if protocol != "" && protocol != "tcp" {
			v += "/" + protocol
		}
		values = append(values, v)
		added++
	}
	if added == 0 {
		return kit.Notify(kit.Info, "every port that the image exposes is published already")
	}
	r := s.sections[sec].rows[i]
	r.field.Set(values...)
	r.touched = true
	s.goTo(sec, i, true)
	return tea.Batch(s.took(r), kit.Notify(kit.Good, fmt.Sprintf("%d %s of the image published", added, plural(added, "port", "ports"))))
}

// publishes reports whether a port of the container is published in the form.
func (s *Screen) publishes(number, protocol string) bool {
	h := s.parsed.Request.HostConfig
	if h == nil {
		return false
	}
	for p, binds := range h.PortBindings {
		if len(binds) > 0 && fmt.Sprint(p.Num()) == number && (protocol == "" && p.Proto() == "tcp" || string(p.Proto()) == protocol) {
			return true
		}
	}
	return false
}

// health is what checks the image's health, in words of a command.
func health(c api.ImageConfig) []string { return c.Healthcheck }

// defaultOf is what holds when an option is not given.
func defaultOf(k option.Key) string {
	o, _ := option.Find(k)
	return o.Default
}
