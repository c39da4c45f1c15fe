package option

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxEnvLine is Docker's limit for a line of an env file, in bytes.
	maxEnvLine = 64 << 10
	// maxEnvFlaws is how many lines of one file are named; the rest is counted.
	maxEnvFlaws = 10
)

// putEnvFile reads a file of variables by Docker's rules. They come before those of --env,
// whichever stands first, so that --env has the last word. Without a way to read files,
// nothing is concluded.
func putEnvFile(b *build, v string) {
	if v == "" {
		b.refuse("needs the name of a file", "")
		return
	}
	if b.facts.Host.File == nil {
		return
	}
	data, err := b.facts.Host.File(v)
	if err != nil {
		b.refuse(fileFlaw(v, err), "")
		return
	}
	lines, flaws := readEnvFile(data)
	for i, f := range flaws {
		if i == maxEnvFlaws {
			b.refuse(fmt.Sprintf("%s: %d more lines are wrong", v, len(flaws)-i), "is it a file of NAME=value lines?")
			break
		}
		b.refuse(fmt.Sprintf("%s:%d: %s", v, f.line, f.reason), f.fix)
	}
	for _, l := range lines {
		if strings.Contains(l, "=") {
			b.fileEnv = append(b.fileEnv, l)
			continue
		}
		b.fileEnv = b.copyEnv(b.fileEnv, l, v+": ")
	}
}

// fileFlaw is why a file cannot be read, without the name of the system call.
func fileFlaw(name string, err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return name + ": there is no such file"
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return name + ": " + err.Error()
}

// envFlaw is what is wrong with one line of an env file, counted from 1.
type envFlaw struct {
	line        int
	reason, fix string
}

// readEnvFile is the lines of an env file that say something: NAME=value, or NAME alone. A
// byte order mark, blanks before a name, empty lines and those that begin with # are left
// out; a value is kept as it is, quotes included.
func readEnvFile(data []byte) (lines []string, flaws []envFlaw) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	n := 0
	for raw := range bytes.Lines(data) {
		n++
		_, raw, _ := bufio.ScanLines(raw, true) // takes \n and \r\n off
		line := strings.TrimLeftFunc(string(raw), unicode.IsSpace)
		name, _, _ := strings.Cut(line, "=")
		switch {
		case len(raw) > maxEnvLine:
			flaws = append(flaws, envFlaw{n, fmt.Sprintf("the line has %d bytes, 65536 is the limit", len(raw)), ""})
		case !utf8.Valid(raw):
			flaws = append(flaws, envFlaw{n, "is not valid UTF-8", "save the file as UTF-8"})
		case line == "" || line[0] == '#':
		case hasNUL(line):
			flaws = append(flaws, envFlaw{n, "contains a NUL byte", "leave it out"})
		case name == "":
			flaws = append(flaws, envFlaw{n, "there is no name before the =", "write NAME=value"})
		case strings.ContainsFunc(name, unicode.IsSpace):
			flaws = append(flaws, envFlaw{n, fmt.Sprintf("variable '%s' contains whitespaces", name), "write NAME=value"})
		default:
			lines = append(lines, line)
		}
	}
	return lines, flaws
}
