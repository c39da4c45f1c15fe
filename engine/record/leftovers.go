package record

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Leftovers are what a crash left in the records of one namespace.
type Leftovers struct {
	IDs   []string          // gantry's state dirs without a container, or doomed with it
	Names map[string]string // name → ID that has neither a container nor a state dir, or is one of IDs
	Dirs  []string          // state dirs that were being made or removed: to be deleted as they are
}

// tmpGrace protects a new directory in the instant before it has its lock.
const tmpGrace = time.Minute

// Leftovers lists what belongs to no container and that nobody is working on. exists
// says whether an ID is in containerd; before it denies it, it must ask then, and not go by an older list.
// Only what gantry made is listed, since nerdctl's store may be shared. Before removing
// the records of an ID take its lock and ask again.
func (s *Store) Leftovers(exists func(id string) bool) (Leftovers, error) {
	l := Leftovers{Names: map[string]string{}}
	entries, err := readDir(s.containersDir())
	if err != nil {
		return l, err
	}
	ours := map[string]bool{}
	for _, e := range entries {
		id := e.Name()
		switch {
		case strings.HasPrefix(id, newPrefix), strings.HasPrefix(id, gonePrefix):
			if s.abandoned(id) {
				l.Dirs = append(l.Dirs, s.Dir(id))
			}
		case !s.State(id).Doomed() && exists(id), !fileExists(s.State(id).file(requestFile)), s.busy(id):
		default:
			ours[id] = true
			l.IDs = append(l.IDs, id)
		}
	}
	names, err := readDir(s.namesDir())
	if err != nil {
		return l, err
	}
	for _, e := range names {
		id := s.NameOwner(e.Name())
		if ours[id] || id != "" && !fileExists(s.Dir(id)) && older(s.nameFile(e.Name()), nameGrace) && !exists(id) {
			l.Names[e.Name()] = id
		}
	}
	return l, nil
}

// abandoned tells a directory whose maker or remover died from one that is at work.
func (s *Store) abandoned(id string) bool {
	lock := filepath.Join(s.Dir(id), opLock)
	if held(lock) {
		return false
	}
	return fileExists(lock) || strings.HasPrefix(id, gonePrefix) || older(s.Dir(id), tmpGrace)
}

// readDir is empty for a directory that does not exist.
func readDir(dir string) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return entries, err
}

func older(path string, age time.Duration) bool {
	st, err := os.Stat(path)
	return err == nil && time.Since(st.ModTime()) > age
}
