// Package images is the screen of images: what is here, how big, who uses it, pulling, removing.
package images

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/backend"
	"gantry/ui/kit"
	"gantry/ui/widget/facts"
	"gantry/ui/widget/grid"
	"gantry/ui/widget/shelf"
)

// Screen is the list of images.
type Screen struct {
	*shelf.Model
	env    *kit.Env
	engine backend.Imager
	desk   shelf.Desk
}

// New makes the screen; nothing is read before Refresh.
func New(ctx context.Context, env *kit.Env, engine backend.Imager, desk shelf.Desk) *Screen {
	s := &Screen{env: env, engine: engine, desk: desk}
	e, _ := env.Keys.In(keymap.Images, keymap.ImagePull)
	s.Model = shelf.New(ctx, env, shelf.Spec{
		Title: "Images", Scope: keymap.Images, Load: s.load, Look: s.look,
		Empty: []string{"No images yet.", "", "Press " + e.Key() + " to pull one; a new container pulls its own."},
		Columns: []grid.Column{
			{ID: "name", Title: "NAME", Min: 20, Max: 48, Weight: 100},
			{ID: "digest", Title: "DIGEST", Min: 12, Drop: 1},
			{ID: "size", Title: "SIZE", Min: 8, Right: true, Drop: 3},
			{ID: "age", Title: "HERE", Min: 4, Right: true, Drop: 2},
			{ID: "by", Title: "USED BY", Min: 10, Weight: 1},
		},
		Orders: []shelf.Order{
			{Name: "name", Compare: func(a, b shelf.Thing) int { return strings.Compare(a.Name, b.Name) }},
			{Name: "size", Compare: func(a, b shelf.Thing) int { return cmp.Compare(of(b).Size, of(a).Size) }},
			{Name: "age", Compare: func(a, b shelf.Thing) int { return of(b).UpdatedAt.Compare(of(a).UpdatedAt) }},
			{Name: "use", Compare: func(a, b shelf.Thing) int { return cmp.Compare(len(of(a).users), len(of(b).users)) }},
		},
	})
	return s
}

// used is an image and the containers that were made of it.
type used struct {
	api.Image
	users []string
}

func of(t shelf.Thing) used { u, _ := t.Value.(used); return u }

func (s *Screen) load(ctx context.Context) ([]shelf.Thing, error) {
	all, err := s.engine.Images(ctx)
	users := map[string][]string{}
	for _, c := range s.desk.Containers() {
		users[c.Image] = append(users[c.Image], c.DisplayName())
	}
	out := make([]shelf.Thing, len(all))
	for i, im := range all {
		u := used{im, users[im.Name]}
		slices.Sort(u.users)
		out[i] = shelf.Thing{ID: im.Name, Name: kit.ShortImage(im.Name), Value: u, Text: im.Name + " " + im.Digest + " " + strings.Join(u.users, " "), Cells: u.cells}
	}
	return out, err
}

// digest is a digest as Docker shows it.
func digest(d string) string { return api.ShortID(strings.TrimPrefix(d, "sha256:")) }

func (u used) cells(st *themes.Styles, now time.Time) []grid.Cell {
	age := ""
	if !u.UpdatedAt.IsZero() {
		age = kit.Age(now.Sub(u.UpdatedAt))
	}
	by := grid.Text(strings.Join(u.users, " "), st.Muted)
	if len(u.users) == 0 {
		by = grid.Text("nobody", st.Faint)
	}
	return []grid.Cell{grid.Text(kit.ShortImage(u.Name), st.Text), grid.Text(digest(u.Digest), st.Muted), grid.Text(kit.Size(u.Size), st.Text), grid.Text(age, st.Muted), by}
}

// look is what an image brings along.
func (s *Screen) look(ctx context.Context, t shelf.Thing) (shelf.Details, error) {
	u := of(t)
	rows := []facts.Row{facts.Of("name", u.Name), facts.Of("digest", u.Digest), facts.Of("size", kit.Size(u.Size)+" compressed"), facts.Of("platforms", strings.Join(u.Platforms, " "))}
	d := shelf.Details{Sections: []facts.Section{{Rows: rows}, {Title: "Used by", None: "nobody"}}}
	for _, c := range u.users {
		d.Sections[1].Rows = append(d.Sections[1].Rows, facts.Of(c, ""))
	}
	cfg, err := s.engine.ImageConfig(ctx, u.Name, "")
	if err != nil {
		return d, err
	}
	d.Sections = append(d.Sections, brings(cfg)...)
	text, err := json.MarshalIndent(u.Image, "", "  ")
	d.JSON = string(text)
	return d, err
}

// brings is what an image has set for its containers.
func brings(c api.ImageConfig) []facts.Section {
	run := facts.Section{Title: "Runs"}
	add := func(name, value string) {
		if value != "" {
			run.Rows = append(run.Rows, facts.Of(name, value))
		}
	}
	add("entrypoint", strings.Join(c.Entrypoint, " "))
	add("command", strings.Join(c.Cmd, " "))
	add("in", c.WorkingDir)
	add("as", c.User)
	add("stopped by", c.StopSignal)
	add("ports", strings.Join(c.ExposedPorts, " "))
	add("volumes", strings.Join(c.Volumes, " "))
	env := facts.Section{Title: fmt.Sprintf("Environment (%d)", len(c.Env))}
	for _, e := range c.Env {
		k, v, _ := strings.Cut(e, "=")
		env.Rows = append(env.Rows, facts.Of(k, v))
	}
	return []facts.Section{run, env}
}
