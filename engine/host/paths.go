package host

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// manyPaths is how many paths Paths gives at most.
const manyPaths = 200

// Paths are the paths of this host that begin with a text, in the way the text is written:
// absolute, from ./ on, or from ~/ on. Directories end with a slash. What is hidden is left
// out until its dot is there. There are none below what cannot be read.
func Paths(ctx context.Context, beginning string) ([]string, error) {
	at := strings.LastIndexByte(beginning, '/')
	if at < 0 {
		return nil, nil
	}
	shown, name := beginning[:at+1], beginning[at+1:]
	dir := shown
	if rest, ok := strings.CutPrefix(shown, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, nil
		}
		dir = filepath.Join(home, rest)
	} else if !strings.HasPrefix(shown, "/") && !strings.HasPrefix(shown, "./") && !strings.HasPrefix(shown, "../") {
		return nil, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, ctx.Err()
	}
	var out []string
	for _, e := range entries {
		if ctx.Err() != nil || len(out) == manyPaths {
			break
		}
		if !strings.HasPrefix(e.Name(), name) || name == "" && strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := shown + e.Name()
		if st, err := os.Stat(filepath.Join(dir, e.Name())); err == nil && st.IsDir() {
			path += "/"
		}
		out = append(out, path)
	}
	return out, ctx.Err()
}
