package app

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/ui/jobs"
	"gantry/ui/kit"
	"gantry/ui/pane/detail"
	"gantry/ui/screen/containers"
	"gantry/ui/screen/create"
	"gantry/ui/store"
	"gantry/ui/widget/dialog"
)

// do carries out what the list was asked for; key is the one that asked.
func (m *Model) do(w containers.Want, key string) tea.Cmd {
	c := w.Row.Container
	if w.Warn != "" && !w.Verb.Asks() {
		m.warn(w, key)
		return nil
	}
	switch w.Verb {
	case containers.VerbNew:
		return m.openForm(create.Task{}, m.draft, nil)
	case containers.VerbMend:
		return m.mend(w.Row.ID)
	case containers.VerbDetail:
		m.setFocus(focusDetail)
	case containers.VerbLogs:
		return m.openLog(c)
	case containers.VerbUsage:
		m.detail.SetTab(detail.TabUsage)
		m.setFocus(focusDetail)
	case containers.VerbInspect:
		m.detail.SetTab(detail.TabInspect)
		m.setFocus(focusDetail)
	case containers.VerbCopy:
		return m.copyMenu(w.Row, key)
	case containers.VerbRename:
		m.askName(w.Row, key)
	case containers.VerbCommit:
		m.askCommit(w.Row, key)
	case containers.VerbExport:
		m.askExport(w.Row, key)
	case containers.VerbStop:
		return m.stop(w.Row, key)
	case containers.VerbKill:
		m.askSignal([]containers.Row{w.Row}, key)
	case containers.VerbExec:
		m.askExec(w.Row, key)
	case containers.VerbShell:
		return m.shell(c)
	case containers.VerbAttach:
		return m.attach(c)
	case containers.VerbStart, containers.VerbPause, containers.VerbUnpause, containers.VerbRestart:
		return m.simply(w)
	case containers.VerbCopyAs:
		return m.recall(c, false)
	case containers.VerbEdit:
		return m.recall(c, true)
	case containers.VerbRemove:
		m.askRemove(w, key)
	case containers.VerbDismiss, containers.VerbCancel:
		if j, ok := m.jobOf(w.Row.ID); ok {
			return m.cancelOrDismiss(j)
		}
		m.store.DropPending(w.Row.ID)
		m.list.Refresh()
	}
	return nil
}

// warn says what whoever a container belongs to makes of what is wanted, and asks.
func (m *Model) warn(w containers.Want, key string) {
	verb := strings.ToUpper(string(w.Verb[:1])) + string(w.Verb[1:])
	body := []string{"It belongs to " + containers.OwnerTitle(w.Row.Container.Owner) + ": " + w.Warn + "."}
	m.confirm(w.Row, verb+" "+w.Row.Name()+"?", body, verb, key, func() tea.Cmd {
		w.Warn = ""
		return m.do(w, key)
	})
}

// simply does what needs no question.
func (m *Model) simply(w containers.Want) tea.Cmd {
	c := w.Row.Container
	switch w.Verb {
	case containers.VerbStart:
		m.fresh[c.ID] = true
		return m.startJob(jobs.Start, c, func(ctx context.Context, o api.Observer) error {
			_, err := m.engine.Start(ctx, c.ID, api.StartOptions{}, o)
			return err
		})
	case containers.VerbStop:
		opt := api.StopOptions{Timeout: m.opt.StopTimeout}
		return m.startJob(jobs.Stop, c, func(ctx context.Context, o api.Observer) error { return m.engine.Stop(ctx, c.ID, opt, o) })
	case containers.VerbPause:
		return m.startJob(jobs.Pause, c, func(ctx context.Context, _ api.Observer) error { return m.engine.Pause(ctx, c.ID) })
	case containers.VerbUnpause:
		return m.startJob(jobs.Unpause, c, func(ctx context.Context, _ api.Observer) error { return m.engine.Unpause(ctx, c.ID) })
	case containers.VerbRestart:
		return m.startJob(jobs.Restart, c, func(ctx context.Context, o api.Observer) error {
			return m.engine.Restart(ctx, c.ID, api.StopOptions{Timeout: m.opt.StopTimeout}, o)
		})
	}
	return nil
}

// stop stops a container, and asks before if that is set so.
func (m *Model) stop(r containers.Row, key string) tea.Cmd {
	do := func() tea.Cmd { return m.simply(containers.Want{Verb: containers.VerbStop, Row: r}) }
	if !m.opt.AskStop {
		return do()
	}
	m.confirm(r, "Stop "+r.Name()+"?", []string{"It is asked to end, and killed when it does not in time."}, "Stop", key, do)
	return nil
}

// askRemove asks before a container is removed, in other words when it runs.
func (m *Model) askRemove(w containers.Want, key string) {
	r := w.Row
	c := r.Container
	title := fmt.Sprintf("Remove container %s (%s)?", r.Name(), kit.Clean(c.ShortID()))
	body := []string{"Its files and its log go with it; the image and its volumes stay."}
	verb, force := "Remove", c.State.Alive()
	if force {
		body = []string{"It is " + string(c.State) + ": it is killed first, without a chance to tidy up.", body[0]}
		verb = "Kill and remove"
	}
	if w.Warn != "" {
		body = append(body, "It belongs to "+containers.OwnerTitle(c.Owner)+": "+w.Warn+".")
	}
	m.confirm(r, title, body, verb, key, func() tea.Cmd { return m.remove(c, force) })
}

func (m *Model) remove(c api.Container, force bool) tea.Cmd {
	return m.startJob(jobs.Remove, c, func(ctx context.Context, o api.Observer) error {
		return m.engine.Remove(ctx, c.ID, api.RemoveOptions{Force: force}, o)
	})
}

// confirm asks, and does it only if the container is still as it was when it was asked.
func (m *Model) confirm(r containers.Row, title string, body []string, verb, key string, do func() tea.Cmd) {
	m.ask(dialog.Confirm(m.env, title, body, verb, key), func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		if changed := m.changedSince(r); changed != "" {
			return m.tell(kit.Warn, changed)
		}
		return do()
	})
}

// changedSince says how a container is not any more what it was when something was asked
// about it; "" when it is.
func (m *Model) changedSince(r containers.Row) string {
	now, ok := m.store.Get(r.ID)
	switch {
	case !ok:
		return r.Name() + " is gone already: nothing was done"
	case now.State.Alive() != r.Container.State.Alive():
		return r.Name() + " is " + string(now.State) + " now: nothing was done"
	}
	return ""
}

// doing is the word for a container while a job works on it.
func doing(k jobs.Kind) string {
	switch k {
	case jobs.Start:
		return "starting"
	case jobs.Stop:
		return "stopping"
	case jobs.Kill:
		return "killing"
	case jobs.Restart:
		return "restarting"
	case jobs.Recreate:
		return "recreating"
	case jobs.Commit:
		return "committing"
	case jobs.Pause:
		return "pausing"
	case jobs.Unpause:
		return "unpausing"
	case jobs.Remove:
		return "removing"
	}
	return store.Making
}

// startJob begins an operation on a container that exists.
func (m *Model) startJob(k jobs.Kind, c api.Container, w jobs.Work) tea.Cmd {
	m.store.SetDoing(c.ID, doing(k))
	_, cmd := m.jobs.Start(jobs.Job{Kind: k, Name: c.DisplayName(), Container: c.ID, Image: c.Image}, w)
	m.list.Refresh()
	m.showJobs()
	return cmd
}
