package stdio

import (
	"net/url"
	"path/filepath"
	"strconv"

	"gantry/engine/stdio/wire"
)

// LogURI is the output of a task that is to be logged by gantry-helper: the shim runs
// helper with one key, which carries the format's version, and the state directory.
// Both paths are absolute. It is also the value of nerdctl's and the restart monitor's
// log URI labels.
func LogURI(helper, stateDir string) string {
	q := url.Values{wire.LoggerKey + strconv.Itoa(wire.LoggerVersion): {stateDir}}
	return (&url.URL{Scheme: "binary", Path: helper, RawQuery: q.Encode()}).String()
}

// LogPath is the file that the log of a container is written to.
func LogPath(stateDir, id string) string { return filepath.Join(stateDir, wire.LogFile(id)) }

// Logging reports whether a logger, gantry's or nerdctl's, is at work in a state
// directory: the container runs, or its last output is being written.
func Logging(stateDir string) bool { return wire.Logging(stateDir) }

// LastExit is how the last run of a container ended, written by its logger.
type LastExit = wire.LastExit

// ReadLastExit reads how the last run ended. The error is fs.ErrNotExist when none has
// ended since the logger is gantry's.
func ReadLastExit(stateDir string) (LastExit, error) { return wire.ReadLastExit(stateDir) }
