package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gantry/engine/api"
	"gantry/engine/daemon/keeper"
)

const (
	engineLogFile = "containerd.log" // below the data root
	logTail       = 64 << 10         // bytes of its end that are looked at
)

// engineLog tells the last error of an embedded engine that does not run.
func (e *examination) engineLog(context.Context) []api.Finding {
	const what = "engine log"
	if e.status.Endpoint.Kind != api.EngineEmbedded || e.status.Running {
		return nil
	}
	name := filepath.Join(e.home(), engineLogFile)
	text, when, err := tail(name, logTail)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return one(note(what, "cannot be read: "+err.Error(), ""))
	}
	last, fatal := lastError(text)
	if last == "" {
		return nil
	}
	more := fmt.Sprintf("see %s (%s)", name, when.Format(time.DateTime))
	var u *api.UnavailableError
	switch {
	case fatal:
		return one(warn(what, "it ended with an error: "+last, more))
	case errors.As(e.status.Err, &u) && u.Cause != api.NotRoot:
		return one(warn(what, "last error: "+last, more))
	}
	return one(note(what, "last error: "+last, more))
}

// tail reads the end of a file, from the beginning of a line, and when it was last written.
func tail(name string, size int64) (string, time.Time, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", time.Time{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", time.Time{}, err
	}
	from := max(0, info.Size()-size)
	raw, err := io.ReadAll(io.NewSectionReader(f, from, size))
	text := string(raw)
	if from > 0 {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text, info.ModTime(), err
}

// lastError is the last line of containerd's log that is an error. It is fatal when it is
// what the program said as it ended, and nothing was logged since.
func lastError(log string) (last string, fatal bool) {
	for line := range strings.Lines(log) {
		line = strings.TrimSpace(line)
		if line == "" || strings.Contains(line, ` msg="`+keeper.NoteMark) {
			continue // the keeper's notes are not the daemon's words
		}
		fatal = false
		switch {
		case strings.Contains(line, " level=error "), strings.Contains(line, " level=fatal "):
			_, said, _ := strings.Cut(line, " msg=")
			last = said
		case strings.HasPrefix(line, "containerd: "):
			last, fatal = strings.TrimPrefix(line, "containerd: "), true
		}
	}
	return last, fatal
}
