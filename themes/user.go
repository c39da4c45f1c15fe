package themes

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// extension is what the files of themes end with.
const extension = ".toml"

// Find is the theme with a name: the user's own in dir, else one that gantry brings.
// An own theme may have the name of one of gantry's, and then stands in its place. What
// is wrong with a file is told all at once, with its path; the error of an unknown name
// lists the known ones. dir may be "" or not exist.
func Find(dir, name string) (Palette, error) {
	if dir == "" || name != filepath.Base(name) {
		return Load(name)
	}
	file := filepath.Join(dir, name+extension)
	f, err := os.Open(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && slices.Contains(Names(), name):
		return Load(name)
	case errors.Is(err, fs.ErrNotExist):
		return Palette{}, unknown(name, append(Names(), Own(dir)...))
	case err != nil:
		return Palette{}, err
	}
	defer func() { _ = f.Close() }() // it was only read
	p, err := Parse(f)
	if err != nil {
		return Palette{}, fmt.Errorf("%s:\n%w", file, err)
	}
	if p.Name != name {
		return Palette{}, fmt.Errorf("%s: the theme in it is called %q: a theme has the name of its file", file, p.Name)
	}
	return p, nil
}

// Own are the names of the themes in dir, sorted; none when it cannot be read.
func Own(dir string) []string {
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), extension); ok && name != "" && !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	return names
}

func unknown(name string, known []string) error {
	slices.Sort(known)
	return fmt.Errorf("no theme %q; there are %s", name, strings.Join(slices.Compact(known), ", "))
}
