package create_test

import (
	"context"
	"errors"
	"testing"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/host"
	"gantry/engine/option"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/screen/create"
	"gantry/ui/uitest"
)

// root is a program whose only pane is the form.
type root struct {
	form *create.Screen
	got  []tea.Msg // what the form has sent to its parent
}

func (r *root) Init() tea.Cmd { return r.form.Init() }

func (r *root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		r.form.SetSize(msg.Width, msg.Height)
		return r, nil
	case create.SubmitMsg, create.CloseMsg, create.AskMsg, kit.NoticeMsg:
		r.got = append(r.got, msg)
		return r, nil
	}
	if do, ok := msg.(doMsg); ok {
		return r, do.then()
	}
	return r, r.form.Update(msg)
}

func (r *root) View() tea.View {
	v := tea.NewView(r.form.View())
	v.Cursor = r.form.Cursor()
	return v
}

// submitted is the only SubmitMsg that was sent.
func (r *root) submitted(t *testing.T) create.SubmitMsg {
	t.Helper()
	var out []create.SubmitMsg
	for _, m := range r.got {
		if m, ok := m.(create.SubmitMsg); ok {
			out = append(out, m)
		}
	}
	if len(out) != 1 {
		t.Fatalf("%d forms were sent off, want one: %v", len(out), r.got)
	}
	return out[0]
}

// agree answers the question that was asked last.
func (r *root) agree(t *testing.T, s *uitest.Stepper, title string) {
	t.Helper()
	if len(r.got) == 0 {
		t.Fatal("nothing was asked")
	}
	m, ok := r.got[len(r.got)-1].(create.AskMsg)
	if !ok || m.Title != title {
		t.Fatalf("want the question %q, got %+v", title, r.got[len(r.got)-1])
	}
	s.Send(doMsg{m.Then})
}

// doMsg has the form go on after a question.
type doMsg struct{ then func() tea.Cmd }

func env() *kit.Env { return &kit.Env{Keys: keymap.Default(), Styles: themes.Default(true)} }

func facts() option.Facts {
	return option.Facts{Host: host.Facts{
		OS: "linux", Arch: "amd64", NumCPU: 4, MemoryTotal: 8 << 30, SwapLimit: true,
		Controllers: map[string]bool{"memory": true, "cpu": true, "pids": true},
	}}
}

// world is a host with nginx:1.27 and a running container web.
func world() create.Deps {
	return create.Deps{
		Facts: facts,
		NameInUse: func(name string) (api.Container, bool) {
			return api.Container{ID: "3f2a91c04b7d0000", Name: "web", State: api.StateRunning}, name == "web"
		},
		ImageConfig: func(ctx context.Context, ref, _ string) (api.ImageConfig, error) {
			switch ref {
			case "nginx:1.27":
				return api.ImageConfig{
					Name: "docker.io/library/nginx:1.27", Entrypoint: []string{"/docker-entrypoint.sh"}, Cmd: []string{"nginx", "-g", "daemon off;"},
					WorkingDir: "/srv", User: "101", StopSignal: "SIGQUIT",
				}, nil
			case "haunted:1":
				return api.ImageConfig{
					Name: "docker.io/library/haunted:1", Entrypoint: []string{"/entry.sh"}, Cmd: []string{"serve", "--all"}, WorkingDir: "/srv", User: "app:app", StopSignal: "SIGQUIT",
					Env: []string{"PATH=/bin", "LANG=C.UTF-8", "APP_TOKEN=x"}, ExposedPorts: []string{"443/tcp", "80/tcp"}, Volumes: []string{"/var/cache", "/var/lib/data"},
					Labels: map[string]string{"maintainer": "nobody"}, Healthcheck: []string{"CMD", "curl", "-f", "localhost"},
				}, nil
			case "broken":
				return api.ImageConfig{}, errors.New("the store is broken")
			}
			return api.ImageConfig{}, &api.NotFoundError{Kind: "image", Name: ref}
		},
	}
}

// open runs a test on a form in a world, on a screen of w × h.
func open(t *testing.T, d option.Draft, w, h int, body func(t *testing.T, s *uitest.Stepper, r *root)) {
	t.Helper()
	uitest.Run(t, func(t *testing.T) {
		r := &root{form: create.New(env(), d, world())}
		defer r.form.Close()
		s := uitest.New(t, r, w, h)
		s.Advance(time1)
		body(t, s, r)
	})
}
