package app

import (
	tea "charm.land/bubbletea/v2"

	"gantry/ui/jobs"
	"gantry/ui/kit"
	"gantry/ui/pane/pull"
	"gantry/ui/store"
)

// job takes a job's message in and brings its row up to date.
func (m *Model) job(msg tea.Msg) tea.Cmd {
	j, cmd, ok := m.jobs.Apply(msg)
	if !ok {
		return nil
	}
	m.adopt()
	var done tea.Cmd
	if j.Running() {
		m.sync(j)
	} else {
		done = m.ended(j)
	}
	m.list.Refresh()
	m.showJobs()
	return tea.Batch(cmd, done, m.leave())
}

// sync brings the row of a container on its way up to date.
func (m *Model) sync(j jobs.Job) {
	p, ok := m.store.Pending(j.ID.String())
	if !ok {
		return
	}
	p.Status, p.Pulled = j.CurrentStep(), -1
	if j.Name != "" {
		p.Name = j.Name
	}
	if j.Pulling() {
		p.Pulled = j.Pull.Fraction()
	}
	m.store.PutPending(p)
}

// adopt lets containers take over the rows that stood for them, as soon as they are in
// the list. A container comes there by the engine's own news, which may be before or
// after the job tells of it.
func (m *Model) adopt() {
	for _, j := range m.jobs.Jobs() {
		row := j.ID.String()
		if _, waits := m.store.Pending(row); !waits || !j.Kind.Makes() || j.Failed() && j.Container == "" {
			continue
		}
		id := m.jobs.Made(j.ID)
		if _, here := m.store.Get(id); id == "" || !here {
			continue
		}
		m.store.DropPending(row)
		m.list.Became(row, id)
		m.detail.Rename(row, id)
		if j.Running() {
			m.store.SetDoing(id, store.Making)
		}
		if j.Kind == jobs.Run {
			m.fresh[id] = true
		}
	}
}

// ended says how a job has ended, where its row does not.
func (m *Model) ended(j jobs.Job) tea.Cmd {
	if j.Container != "" {
		m.store.SetDoing(j.Container, "")
	}
	row := j.ID.String()
	p, pending := m.store.Pending(row)
	switch {
	case j.Failed() && pending && j.Created == nil:
		p.Failed, p.Err, p.Pulled = j.FailedStep(), j.Err, -1
		if p.Failed == "" {
			p.Failed = string(j.Kind)
		}
		p.Reason = pull.Reason(j.Err)
		m.store.PutPending(p)
		return m.failOn(j.Name, pull.Subject(j)+": "+p.Reason, j.Err)
	case j.Failed():
		return m.failOn(j.Name, failure(j), j.Err)
	case j.Cancelled():
		m.store.DropPending(row)
		if m.quitting.on {
			return nil // the farewell says it of each
		}
		return m.tell(kit.Info, j.Name+": cancelled, all that was done was taken back")
	case j.Kind == jobs.Pull:
		return tea.Batch(m.tell(kit.Good, j.Name+" was pulled"), m.thingsSoon())
	case j.Kind == jobs.Recreate && j.Created != nil:
		m.list.Select(j.Created.ID)
		if w := warnings(j); len(w) > 0 {
			return m.tell(kit.Warn, w[0])
		}
		return m.tell(kit.Good, j.Name+" was made anew")
	case j.Kind == jobs.Commit:
		return tea.Batch(m.tell(kit.Good, j.Name+" is the image "+j.Image+" now"), m.thingsSoon())
	case j.Kind == jobs.Export:
		return m.tell(kit.Good, "the files of "+j.Name+" were written to "+j.Image)
	case j.Kind == jobs.Remove:
		return m.tell(kit.Good, j.Name+" was removed")
	case len(warnings(j)) > 0:
		return m.tell(kit.Warn, warnings(j)[0])
	}
	return nil
}

func warnings(j jobs.Job) []string {
	if j.Created == nil {
		return nil
	}
	return j.Created.Warnings
}

// failure is a job's error in a line that names the container.
func failure(j jobs.Job) string {
	line := pull.Reason(j.Err)
	if j.Kind == jobs.Run && j.Created != nil {
		return j.Name + " was created but did not start: " + line
	}
	if j.Kind == jobs.Recreate {
		return j.Name + " could not be made anew, and is as it was: " + line
	}
	if j.Name != "" {
		return j.Name + ": " + line
	}
	return line
}

// showJobs gives the jobs to the pane that shows them. Its place on a narrow screen goes
// back to the list when there is nothing to show any more.
func (m *Model) showJobs() {
	all := m.jobs.Jobs()
	m.pulls.SetJobs(all)
	if len(all) == 0 && m.focus == focusPulls && m.layout.Mode == Narrow {
		m.setFocus(focusList)
	}
}

// dismiss forgets a job that has ended, and its row.
func (m *Model) dismiss(id jobs.ID) {
	m.jobs.Dismiss(id)
	m.store.DropPending(id.String())
	m.list.Refresh()
	m.showJobs()
}

// jobOf is the job behind a row: the one it stands for, or the one that works on its container.
func (m *Model) jobOf(row string) (jobs.Job, bool) {
	all := m.jobs.Jobs()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].ID.String() == row || all[i].Container == row {
			return all[i], true
		}
	}
	return jobs.Job{}, false
}
