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
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	"gantry/engine/option"
)

//go:embed builtin/*.toml
var builtin embed.FS

// ext is what presets' files end with.
const ext = ".toml"

// stamp is the name of one of the last forms.
const stamp = "20060102T150405.000000000"

// longestName is how many bytes a preset's name has at most: its file's may have 255.
const longestName = 200

// MostForms is how many of the last forms are kept.
const MostForms = 20

// Store is where presets and the last forms are.
type Store struct {
	Dir   string // of the presets; "" when there is no home
	State string // of the last forms; "" keeps none
	// Home is somebody else's, when the folders lie in it: what is written there is theirs,
	// and goes nowhere else. Else "".
	Home string
	// Whose is said of them then: "alice's, who called sudo"; "" when there is nothing to say.
	Whose string
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

// CheckName says what is wrong with a preset's name; "" is nothing.
func CheckName(name string) string {
	switch {
	case name == "":
		return "a name is needed"
	case strings.HasPrefix(name, ".") || strings.ContainsFunc(name, func(r rune) bool { return r == '/' || unicode.IsControl(r) }) || !utf8.ValidString(name) || len(name) > longestName:
		return "cannot be the name of a file"
	}
	return ""
}

// File is where a preset of that name is kept; "" when there is no folder for it.
func (s Store) File(name string) string {
	if s.Dir == "" {
		return ""
	}
	return filepath.Join(s.Dir, name+ext)
}

// Has reports whether the user has a preset of that name.
func (s Store) Has(name string) bool {
	if s.Dir == "" {
		return false
	}
	_, err := os.Lstat(s.File(name))
	return err == nil
}

// Save writes a preset of the user's, in place of one of that name.
func (s Store) Save(p Preset) error {
	if s.Dir == "" {
		return errors.New("there is no folder of settings to keep a preset in")
	}
	if wrong := CheckName(p.Name); wrong != "" {
		return fmt.Errorf("%q %s", p.Name, wrong)
	}
	return s.save(s.Dir, p.Name+ext, p)
}

// Remove takes a preset of the user's away, or one of the last forms. Those that gantry brings
// along have no file, and stay.
func (s Store) Remove(p Preset) error {
	dir, name := filepath.Split(p.Path)
	dir = filepath.Clean(dir)
	if p.Path == "" || dir != s.Dir && dir != s.State {
		return errors.New("this preset comes with gantry, and cannot be removed")
	}
	root, err := s.open(dir)
	if err != nil {
		return err
	}
	return errors.Join(root.Remove(name), root.Close())
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
			err = errors.Join(err, s.Remove(p))
			continue
		}
		kept++
	}
	return errors.Join(err, s.save(s.State, at.UTC().Format(stamp)+ext, Preset{Draft: d}))
}

// Last are the last forms, newest first.
func (s Store) Last() ([]Preset, error) {
	if s.State == "" {
		return nil, nil
	}
	out, err := all(os.DirFS(s.State), ".", s.State)
	for i := range out {
		out[i].At, _ = time.Parse(stamp, out[i].Name) // a file that people put there has no time
	}
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

// Withheld are the names of the environment variables whose values Discreet leaves out.
func Withheld(d option.Draft) (names []string) {
	for _, v := range d.All(option.KeyEnv) {
		if name, value, _ := strings.Cut(v, "="); value != "" && option.Secret(name) {
			names = append(names, name)
		}
	}
	return names
}

// folder is an open folder to write in, and whose what is written there is to be.
type folder struct {
	*os.Root
	give     bool // to somebody else
	uid, gid int
}

// open opens a folder to write in, and makes it where it is not there. In somebody else's home
// no link leads out of that, and what is made is its owner's.
func (s Store) open(dir string) (f folder, err error) {
	if s.Home == "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return f, err
		}
		f.Root, err = os.OpenRoot(dir)
		return f, err
	}
	rel, err := filepath.Rel(s.Home, dir)
	if err != nil {
		return f, err
	}
	home, err := os.OpenRoot(s.Home)
	if err != nil {
		return f, err
	}
	defer func() { _ = home.Close() }()
	f.give = true
	if f.uid, f.gid, err = owner(home); err != nil {
		return f, err
	}
	made := ""
	for part := range strings.SplitSeq(rel, "/") {
		made = filepath.Join(made, part)
		switch err := home.Mkdir(made, 0o700); {
		case errors.Is(err, fs.ErrExist):
		case err != nil:
			return f, err
		default:
			if err := home.Lchown(made, f.uid, f.gid); err != nil {
				return f, err
			}
		}
	}
	f.Root, err = home.OpenRoot(rel)
	return f, err
}

// owner is whose a folder is.
func owner(r *os.Root) (uid, gid int, err error) {
	info, err := r.Stat(".")
	if err != nil {
		return 0, 0, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, errors.New(r.Name() + ": its owner cannot be told")
	}
	return int(st.Uid), int(st.Gid), nil
}

// save writes a file for its owner alone, whole or not at all.
func (s Store) save(dir, name string, p Preset) error {
	at, err := s.open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = at.Close() }()
	next := ".new-" + strconv.Itoa(os.Getpid()) + "-" + name
	_ = at.Root.Remove(next) // of one that was cut off
	f, err := at.OpenFile(next, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if at.give {
		err = f.Chown(at.uid, at.gid)
	}
	err = errors.Join(err, Write(f, p), f.Close())
	if err == nil {
		err = at.Rename(next, name)
	}
	if err != nil {
		return errors.Join(err, at.Root.Remove(next))
	}
	return nil
}
