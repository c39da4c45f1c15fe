package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// World is what decides whose files are read.
type World struct {
	Getenv func(string) string
	UID    int // effective
	// User tells a user's name and home by number.
	User func(uid int) (name, home string, err error)
	// Owner tells who owns a file and who may write to it.
	Owner func(path string) (uid int, mode fs.FileMode, err error)
}

// Here is the world of this process.
func Here(getenv func(string) string) World {
	return World{Getenv: getenv, UID: os.Geteuid(), User: lookup, Owner: owner}
}

func lookup(uid int) (name, home string, err error) {
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return "", "", err
	}
	return u.Username, u.HomeDir, nil
}

func owner(path string) (int, fs.FileMode, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, fmt.Errorf("%s: its owner cannot be told", path)
	}
	return int(st.Uid), info.Mode(), nil
}

// Place is the folder that is read.
type Place struct {
	Dir  string // "" when there is no home to look in
	User string // who called sudo, when the folder is that user's; else ""
	// Passed is a folder that was not taken, and why: "/home/a/.config/gantry: …"; "" when none was.
	Passed string
	// State is the folder of what gantry notes by itself; "" when there is no home for it.
	State string
	// Home is that of who called sudo, when the folders lie in it: what root writes there is
	// theirs, and goes nowhere else. Else "".
	Home string
}

// Config is the file of settings.
func (p Place) Config() string { return p.file("config.toml") }

// Keys is the file of keys.
func (p Place) Keys() string { return p.file("keys.toml") }

// Themes is the folder of themes.
func (p Place) Themes() string { return p.file("themes") }

// Presets is the folder of presets.
func (p Place) Presets() string { return p.file("presets") }

// Forms is the folder of the last forms.
func (p Place) Forms() string {
	if p.State == "" {
		return ""
	}
	return filepath.Join(p.State, "forms")
}

func (p Place) file(name string) string {
	if p.Dir == "" {
		return ""
	}
	return filepath.Join(p.Dir, name)
}

// Locate finds the folders. Root that was reached by sudo reads the files of who called
// it, so that a user's keys and colours are the same with and without sudo; what it notes is
// noted where the files are.
func Locate(w World) Place {
	var p Place
	caller, bySudo := w.caller()
	name, home := "", ""
	if bySudo {
		if n, h, err := w.User(caller); err == nil && filepath.IsAbs(h) {
			name, home = n, h
		}
	}
	p.settings(w, caller, bySudo, name, home)
	if home != "" && (p.User != "" || below(p.Dir, home)) {
		p.Home = home
	}
	p.notes(w, caller, bySudo)
	return p
}

// settings finds the folder of the files that users write.
func (p *Place) settings(w World, caller int, bySudo bool, name, home string) {
	if x := w.Getenv("XDG_CONFIG_HOME"); filepath.IsAbs(x) {
		dir := filepath.Join(x, "gantry")
		why := ""
		if bySudo {
			_, why = w.trusted(dir, caller)
		}
		if why == "" {
			p.Dir = dir
			return
		}
		p.Passed = dir + ": " + why
	}
	if home != "" {
		dir := filepath.Join(home, ".config", "gantry")
		here, why := w.trusted(dir, caller)
		switch {
		case here && why == "":
			p.Dir, p.User = dir, name
			return
		case here:
			p.Passed = dir + ": " + why
		}
	}
	if own := w.home(); own != "" {
		p.Dir = filepath.Join(own, ".config", "gantry")
	}
}

// notes finds the folder of what gantry writes by itself, beside the settings.
func (p *Place) notes(w World, caller int, bySudo bool) {
	if x := w.Getenv("XDG_STATE_HOME"); filepath.IsAbs(x) {
		dir, why := filepath.Join(x, "gantry"), ""
		if bySudo {
			_, why = w.trusted(dir, caller)
		}
		if why == "" && (p.Home == "" || below(dir, p.Home)) {
			p.State = dir
			return
		}
	}
	home := p.Home
	if home == "" {
		home = w.home()
	}
	if home != "" {
		p.State = filepath.Join(home, ".local", "state", "gantry")
	}
}

// below reports whether a path lies in a folder.
func below(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && path != "" && rel != ".." && !strings.HasPrefix(rel, "../")
}

// caller is the user who called sudo; false when root was not reached that way.
func (w World) caller() (int, bool) {
	uid, err := strconv.Atoi(w.Getenv("SUDO_UID"))
	return uid, err == nil && uid > 0 && w.UID == 0
}

// trusted reports whether a folder is here, and why root must not heed it.
func (w World) trusted(dir string, caller int) (here bool, why string) {
	for _, path := range []string{dir, filepath.Join(dir, "config.toml"), filepath.Join(dir, "keys.toml")} {
		uid, mode, err := w.Owner(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
			if path == dir {
				return false, ""
			}
		case err != nil:
			return true, "it cannot be looked at: " + err.Error()
		case uid != caller && uid != 0:
			return true, filepath.Base(path) + " belongs neither to who called sudo nor to root"
		case mode.Perm()&0o022 != 0:
			return true, "others may write to " + filepath.Base(path)
		}
	}
	return true, ""
}

// home is that of the user that this process runs as; "" when there is none.
func (w World) home() string {
	home := w.Getenv("HOME")
	if !filepath.IsAbs(home) {
		var err error
		if _, home, err = w.User(w.UID); err != nil || !filepath.IsAbs(home) {
			return ""
		}
	}
	return home
}
