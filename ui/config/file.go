package config

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"gantry/ui/strict"
)

// Error is what is wrong with the files of settings, all of it.
type Error struct{ Files []FileError }

// FileError is what is wrong with one file.
type FileError struct {
	Path string
	Err  error // usually strict.Problems
}

func (e *Error) Error() string {
	var lines []string
	for _, f := range e.Files {
		lines = append(lines, f.Path+" cannot be used:")
		for l := range strings.SplitSeq(f.Err.Error(), "\n") {
			lines = append(lines, "  "+l)
		}
	}
	return strings.Join(lines, "\n")
}

// Unwrap are the errors of the files.
func (e *Error) Unwrap() []error {
	var out []error
	for _, f := range e.Files {
		out = append(out, f.Err)
	}
	return out
}

// entry is a setting as a file has it.
type entry struct {
	text string
	line int
}

// readFile is the settings in a file; none when there is no such file.
func readFile(path string) (values map[string]entry, here bool, err error) {
	f, here, err := open(path)
	if !here || err != nil {
		return nil, here, err
	}
	defer func() { _ = f.Close() }() // it was only read
	entries, err := strict.Read(f)
	if err != nil {
		return nil, true, err
	}
	values = map[string]entry{}
	var wrong strict.Problems
	for _, e := range entries {
		s, ok := find(e.Path())
		if !ok {
			wrong.Add(e.Line, "%s: no such setting%s", e.Path(), meant(e.Path()))
			continue
		}
		text, err := s.read(e.Value)
		if err != nil {
			wrong.Add(e.Line, "%s: %v", e.Path(), err)
			continue
		}
		values[s.Key] = entry{text, e.Line}
	}
	if a, both := values[Address]; both && values[Engine].text == "embedded" {
		wrong.Add(a.line, "%s: cannot be set together with %s = \"embedded\"", Address, Engine)
	}
	return values, true, wrong.Err()
}

// open opens a file; here is false when there is none.
func open(path string) (f *os.File, here bool, err error) {
	if path == "" {
		return nil, false, nil
	}
	f, err = os.Open(path)
	if errors.Is(err, fs.ErrNotExist) || notDir(err) {
		return nil, false, nil
	}
	return f, true, err
}

// meant is the setting that was probably meant: "; did you mean theme?".
func meant(key string) string {
	best, least := "", 3
	for _, s := range Settings() {
		name := s.Key[strings.LastIndexByte(s.Key, '.')+1:]
		if d := min(distance(key, s.Key), distance(key, name)); d < least {
			best, least = s.Key, d
		}
	}
	if best == "" {
		return "; 'gantry config' lists them"
	}
	return "; did you mean " + best + "?"
}

// distance is how many letters must be changed, added or left out to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
