package keeper

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxLog is the size in bytes from which the daemon's log is set aside at a start; one
// old log is kept.
const maxLog = 4 << 20

// LogFile is the log of the embedded daemon and its keeper.
func LogFile(dataRoot string) string { return filepath.Join(dataRoot, "containerd.log") }

// OpenLog opens the daemon's log for appending and tells where this start's part begins.
func OpenLog(dataRoot string) (*os.File, int64, error) {
	name := LogFile(dataRoot)
	if fi, err := os.Stat(name); err == nil && fi.Size() > maxLog {
		if err := os.Rename(name, name+".1"); err != nil {
			return nil, 0, fmt.Errorf("set the daemon's log aside: %w", err)
		}
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("open the daemon's log: %w", err)
	}
	at, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("open the daemon's log: %w", err), f.Close())
	}
	return f, at, nil
}

// LastWords is what the daemon wrote from an offset on, as a person would say it: the
// error it ended with, else the last errors it logged.
func LastWords(dataRoot string, from int64) string {
	f, err := os.Open(LogFile(dataRoot))
	if err != nil {
		return ""
	}
	defer f.Close()
	if fi, err := f.Stat(); err == nil && fi.Size()-from > 64<<10 {
		from = fi.Size() - 64<<10
	}
	raw, err := io.ReadAll(io.NewSectionReader(f, from, 64<<10))
	if err != nil {
		return ""
	}
	return wording(string(raw))
}

func wording(log string) string {
	var final string
	var said []string
	for line := range strings.Lines(log) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "containerd: "); ok {
			final = rest
		}
		if msg := logged(line); msg != "" {
			said = append(said, msg)
		}
	}
	if final != "" {
		return final
	}
	if len(said) > 2 {
		said = said[len(said)-2:]
	}
	return strings.Join(said, "; ")
}

// logged takes the message, and the error if there is one, from an error line of
// containerd's log; anything that is not such a line counts as it stands (a panic).
func logged(line string) string {
	if !strings.HasPrefix(line, "time=") {
		return line
	}
	if !strings.Contains(line, " level=error ") && !strings.Contains(line, " level=fatal ") {
		return ""
	}
	msg, cause := field(line, "msg"), field(line, "error")
	if cause != "" {
		msg += ": " + cause
	}
	return msg
}

// field reads one key of a logfmt line.
func field(line, key string) string {
	_, rest, ok := strings.Cut(line, " "+key+"=")
	if !ok {
		return ""
	}
	if !strings.HasPrefix(rest, `"`) {
		word, _, _ := strings.Cut(rest, " ")
		return word
	}
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; c {
		case '\\':
			if i++; i < len(rest) {
				b.WriteByte(rest[i])
			}
		case '"':
			return b.String()
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
