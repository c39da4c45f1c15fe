package app

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/kit"
	"gantry/ui/screen/create"
	"gantry/ui/screen/doctor"
	"gantry/ui/screen/logs"
)

// openForm opens the form with a draft for a task; ed is the container being edited, if it is
// for that.
func (m *Model) openForm(task create.Task, d option.Draft, ed *editing) tea.Cmd {
	m.closeForm()
	m.help, m.editing = nil, ed
	m.form = create.For(task, m.env, d, create.Deps{
		Facts:     func() option.Facts { return m.facts },
		NameInUse: m.nameInUse,
		ImageConfig: func(ctx context.Context, ref, platform string) (api.ImageConfig, error) {
			return m.engine.ImageConfig(ctx, ref, platform)
		},
		Remote:  m.engine.Remote,
		Check:   m.check(ed),
		Suggest: m.suggest,
		Presets: m.opt.Presets,
	})
	m.enroll()
	m.form.SetSize(m.layout.Page.W, m.layout.Page.H)
	m.form.SetFocus(true)
	return m.form.Init()
}

func (m *Model) closeForm() {
	m.editing = nil
	if m.form != nil {
		m.form.Close()
		m.form = nil
	}
}

// openLog opens the log of a container.
func (m *Model) openLog(c api.Container) tea.Cmd {
	m.closeLog()
	m.log = logs.New(m.env, logs.Deps{Logger: m.engine}, c)
	m.log.SetSize(m.layout.Page.W, m.layout.Page.H)
	m.log.SetFocus(true)
	return m.log.Init()
}

func (m *Model) closeLog() {
	if m.log != nil {
		m.log.Close()
		m.log = nil
	}
}

// openTail reads the end of a container's log into the detail.
func (m *Model) openTail(c api.Container) tea.Cmd {
	if m.tail != nil && m.tail.ID() == c.ID {
		return nil
	}
	m.closeTail()
	m.tail = logs.Tail(m.env, logs.Deps{Logger: m.engine}, c)
	m.detail.SetLog(m.tail)
	return m.tail.Init()
}

func (m *Model) closeTail() {
	if m.tail != nil {
		m.tail.Close()
		m.tail = nil
		m.detail.SetLog(nil)
	}
}

// openDoctor opens the page of what the doctor finds on this host.
func (m *Model) openDoctor() tea.Cmd {
	if m.opt.Doctor == nil {
		return m.tell(kit.Warn, "this gantry has no doctor")
	}
	m.closeDoctor()
	m.help = nil
	m.doctor = doctor.New(m.env, m.opt.Doctor)
	m.doctor.SetSize(m.layout.Page.W, m.layout.Page.H)
	m.doctor.SetFocus(true)
	return m.doctor.Init()
}

func (m *Model) closeDoctor() {
	if m.doctor != nil {
		m.doctor.Close()
		m.doctor = nil
	}
}
