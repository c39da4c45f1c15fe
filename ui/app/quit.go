package app

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/path"
	"gantry/ui/jobs"
	"gantry/ui/pane/pull"
	"gantry/ui/stream"
	"gantry/ui/widget/dialog"
)

// Grace is how long undos may take before the program leaves all the same.
const Grace = 15 * time.Second

const answerCancel = "cancel-jobs"

// quitting is the end of the program under way.
type quitting struct {
	asked bool      // the question is open
	on    bool      // jobs were cancelled, their undos run
	since time.Time // of on
	left  bool      // left without waiting
}

type graceMsg struct{}

// quit leaves, or asks first when something is under way. Stay is the default.
func (m *Model) quit(key string) tea.Cmd {
	if m.jobs.Running() == 0 {
		return tea.Quit
	}
	m.quitting.asked = true
	m.ask(dialog.New(m.env, dialog.Spec{
		Title: "Quit?", Opener: key, Default: dialog.Cancel,
		Body: append([]string{"Still under way:"}, m.underWay()...),
		Buttons: []dialog.Button{
			{ID: dialog.Cancel, Label: "Stay"},
			{ID: answerCancel, Label: "Cancel them and quit", Danger: true},
		},
	}), func(answer string) tea.Cmd {
		m.quitting.asked = false
		if answer != answerCancel {
			return nil
		}
		return m.cancelAndQuit()
	})
	return nil
}

// interrupt is ctrl+c: it asks like quit, and the second one leaves at once.
func (m *Model) interrupt() tea.Cmd {
	if m.quitting.asked || m.quitting.on {
		m.quitting.left = true
		return tea.Quit
	}
	return m.quit("")
}

// cancelAndQuit cancels all jobs, shows their undos, and leaves when they are done.
func (m *Model) cancelAndQuit() tea.Cmd {
	m.quitting.on, m.quitting.since = true, m.env.Now()
	m.dialogs = nil
	m.jobs.CancelAll()
	m.showJobs()
	if cmd := m.leave(); cmd != nil {
		return cmd
	}
	return stream.After(m.ctx, Grace, graceMsg{})
}

// leave ends the program when nothing is left to be taken back.
func (m *Model) leave() tea.Cmd {
	if m.quitting.on && m.jobs.Running() == 0 {
		return tea.Quit
	}
	return nil
}

func (m *Model) graceOver() tea.Cmd {
	if !m.quitting.on {
		return nil
	}
	m.quitting.left = true
	return tea.Quit
}

// underWay names the jobs that run.
func (m *Model) underWay() []string {
	var out []string
	for _, j := range m.jobs.Jobs() {
		if j.Running() {
			out = append(out, "  "+describe(j))
		}
	}
	return out
}

// Left says what was left behind when the program was left without waiting for undos;
// "" when nothing was.
func (m *Model) Left() string {
	if !m.quitting.left || m.jobs.Running() == 0 {
		return ""
	}
	lines := []string{"gantry left before this was finished or taken back:"}
	for _, j := range m.jobs.Jobs() {
		if j.Running() {
			lines = append(lines, "  "+left(j))
		}
	}
	return strings.Join(append(lines, "The next start of gantry sweeps what they left."), "\n")
}

// left is what a job leaves behind that is not waited for.
func left(j jobs.Job) string {
	s := name(j) + ": " + pull.Operation(j.Kind)
	var made []string
	for _, step := range j.Trace.Steps {
		if step.State == path.Done && leaves(step.Name) != "" {
			made = append(made, leaves(step.Name))
		}
	}
	if j.Kind.Makes() && len(made) > 0 {
		s += "; of it there may be left: " + strings.Join(made, ", ")
	}
	return s
}

// leaves names what a step of making a container leaves on the host; "" is nothing that
// would have to be swept.
func leaves(step string) string {
	switch step {
	case "identity":
		return "its name and state dir"
	case "rootfs":
		return "its root filesystem"
	case "volumes":
		return "its volumes"
	case "register":
		return "its record in containerd"
	case "task":
		return "its process"
	}
	return ""
}
