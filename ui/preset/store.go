package preset

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gantry/engine/option"
)

//go:embed builtin/*.toml
var builtin embed.FS

// ext is what presets' files end with.
const ext = ".toml"

// MostForms is how many of the last forms are kept.
const MostForms = 20

// Store is where presets and the last forms are.
type Store struct {
	Dir   string // of the presets; "" when there is no home
	State string // of the last forms; "" keeps none
}

// BuiltIn are the presets that gantry brings along, by name.
func BuiltIn() ([]Preset, error) { return all(builtin, "builtin", "") }

// List is the user's own presets and those that gantry brings along, by name; one of one's own
// stands for one of gantry's of that name. Files that cannot be used are left out, and the
// error tells of each.
func (s Store) List() ([]Preset, error) {
	out, berr := BuiltIn()
	if s.Dir == "" {
		return out, berr
	}
	own, err := all(os.DirFS(s.Dir), ".", s.Dir)
	for _, p := range own {
		out = slices.DeleteFunc(out, func(o Preset) bool { return o.Name == p.Name })
	}
	out = append(out, own...)
	slices.SortFunc(out, func(a, b Preset) int { return strings.Compare(a.Name, b.Name) })
	return out, errors.Join(berr, err)
}

// all reads the presets of a folder; one that is not there is empty. base is its path, for
// files of the user's.
func all(files fs.FS, dir, base string) (out []Preset, err error) {
	entries, rerr := fs.ReadDir(files, dir)
	if rerr != nil && !errors.Is(rerr, fs.ErrNotExist) {
		return nil, rerr
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ext)
		if !ok || e.IsDir() {
			continue
		}
		data, perr := fs.ReadFile(files, strings.TrimPrefix(dir+"/"+e.Name(), "./"))
		var p Preset
		if perr == nil {
			p, perr = Read(bytes.NewReader(data))
		}
		if perr != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", filepath.Join(base, e.Name()), perr))
			continue
		}
		p.Name = name
		if base != "" {
			p.Path = filepath.Join(base, e.Name())
		}
		out = append(out, p)
	}
	return out, err
}

// Save writes a preset of the user's, in place of one of that name.
func (s Store) Save(p Preset) error {
	switch {
	case s.Dir == "":
		return errors.New("there is no folder of settings to keep a preset in")
	case p.Name == "" || strings.HasPrefix(p.Name, ".") || strings.ContainsAny(p.Name, "/\x00"):
		return fmt.Errorf("%q cannot be the name of a file", p.Name)
	}
	return save(s.Dir, p.Name+ext, p)
}

// Note keeps a form that was sent off. What environment variables that look secret hold is
// left out, and of forms that say the same only the last is kept.
func (s Store) Note(d option.Draft, at time.Time) error {
	if s.State == "" {
		return nil
	}
	d = Discreet(d)
	old, err := s.Last()
	kept := 0
	for _, p := range old {
		if p.Draft.Equal(d) || kept >= MostForms-1 {
			err = errors.Join(err, os.Remove(p.Path))
			continue
		}
		kept++
	}
	return errors.Join(err, save(s.State, at.UTC().Format("20060102T150405.000000000")+ext, Preset{Draft: d}))
}

// Last are the last forms, newest first.
func (s Store) Last() ([]Preset, error) {
	if s.State == "" {
		return nil, nil
	}
	out, err := all(os.DirFS(s.State), ".", s.State)
	slices.Reverse(out) // their names are their times
	return out, err
}

// Discreet is a draft without the values of environment variables that look secret: their
// names stay, and have to be given a value again.
func Discreet(d option.Draft) option.Draft {
	for i, v := range d.All(option.KeyEnv) {
		if name, _, given := strings.Cut(v, "="); given && option.Secret(name) {
			d.SetIndex(option.KeyEnv, i, name+"=")
		}
	}
	return d
}

// save writes a file for its owner alone, whole or not at all.
func save(dir, name string, p Preset) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	err = errors.Join(Write(f, p), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
