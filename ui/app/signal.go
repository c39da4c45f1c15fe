package app

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/ui/jobs"
	"gantry/ui/screen/containers"
	"gantry/ui/widget/dialog"
)

// signals are those that are sent to containers by hand, the usual one first.
func signals() []dialog.Item {
	return []dialog.Item{
		{ID: dialog.Cancel, Label: "Cancel", Note: "nothing is sent"},
		{ID: "SIGKILL", Label: "SIGKILL", Note: "ends at once, without a chance to tidy up"},
		{ID: "SIGTERM", Label: "SIGTERM", Note: "asks it to end"},
		{ID: "SIGINT", Label: "SIGINT", Note: "as ctrl+c does"},
		{ID: "SIGQUIT", Label: "SIGQUIT", Note: "ends, often with a dump of its state"},
		{ID: "SIGHUP", Label: "SIGHUP", Note: "many read their settings again"},
		{ID: "SIGUSR1", Label: "SIGUSR1", Note: "what it means is the program's own"},
		{ID: "SIGUSR2", Label: "SIGUSR2", Note: "what it means is the program's own"},
		{ID: "SIGWINCH", Label: "SIGWINCH", Note: "its terminal's size has changed; httpd ends gracefully"},
		{ID: "SIGSTOP", Label: "SIGSTOP", Note: "halts its process"},
		{ID: "SIGCONT", Label: "SIGCONT", Note: "has it go on"},
	}
}

// askSignal asks which signal is to be sent. Nothing is marked at first that sends one.
func (m *Model) askSignal(rows []containers.Row, key string) {
	items := signals()
	for _, r := range rows {
		if rule := r.Container.May(api.ActKill); rule.Verdict == api.Warn {
			items[0].Note += "; otherwise " + rule.Reason
			break
		}
	}
	menu := dialog.NewMenu(m.env, dialog.MenuSpec{Title: "Kill " + several(rows) + "?", Items: items, Opener: key})
	m.ask(menu, func(signal string) tea.Cmd {
		if signal == dialog.Cancel {
			return nil
		}
		return m.each(rows, func(r containers.Row) tea.Cmd {
			id := r.ID
			return m.startJob(jobs.Kill, r.Container, func(ctx context.Context, _ api.Observer) error { return m.engine.Kill(ctx, id, signal) })
		})
	})
}
