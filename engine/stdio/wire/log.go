package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The log drivers that the logger has.
const (
	LogJSONFile = "json-file"
	LogJournald = "journald"
	LogNone     = "none"
)

const (
	// LogConfigFile is nerdctl's description of the log in a state directory.
	LogConfigFile = "log-config.json"
	// LogFactsFile has what the log says of its container.
	LogFactsFile = "gantry-log.json"
)

// LogConfig is what the logger needs of nerdctl's log-config.json.
type LogConfig struct {
	Driver string            `json:"driver"`
	Opts   map[string]string `json:"opts"`
}

// LogFacts is what the log says of its container beside the text: made when that is made,
// since the logger knows neither labels nor image.
type LogFacts struct {
	Name  string            `json:"name,omitempty"`
	Image string            `json:"image,omitempty"`
	Tag   string            `json:"tag,omitempty"`
	Attrs map[string]string `json:"attrs,omitempty"`
}

// ReadLogConfig reads how a container is logged. Where nothing is written down, or no
// driver, it is json-file without options.
func ReadLogConfig(stateDir string) (c LogConfig, err error) {
	err = readIfThere(filepath.Join(stateDir, LogConfigFile), &c)
	if c.Driver == "" {
		c.Driver = LogJSONFile
	}
	return c, err
}

// Rotation is when the file of a json-file log is full, in bytes, and how many files there
// are in all; 0 is never.
func (c LogConfig) Rotation() (size int64, files int, err error) {
	if v := c.Opts["max-size"]; v != "" && v != "-1" {
		if size, err = HumanSize(v); err != nil {
			return 0, 0, fmt.Errorf("max-size of the log: %w", err)
		}
	}
	files = 1
	if v := c.Opts["max-file"]; v != "" {
		if files, err = strconv.Atoi(v); err != nil {
			return 0, 0, fmt.Errorf("max-file of the log: %w", err)
		}
	}
	return size, max(files, 1), nil
}

// errSize is a size that cannot be read.
var errSize = errors.New("it is not a size such as 10m")

// HumanSize reads a size in decimal units, as Docker does for a log: 10m is 10,000,000.
func HumanSize(v string) (int64, error) {
	v = strings.ToLower(v)
	cut := strings.LastIndexAny(v, "0123456789.") + 1
	unit := int64(1)
	switch strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(v[cut:], " "), "b"), "i") {
	case "":
	case "k":
		unit = 1e3
	case "m":
		unit = 1e6
	case "g":
		unit = 1e9
	case "t":
		unit = 1e12
	case "p":
		unit = 1e15
	default:
		return 0, errSize
	}
	n, err := strconv.ParseFloat(v[:cut], 64)
	if err != nil || n < 0 || n*float64(unit) > 1<<62 {
		return 0, errSize
	}
	return int64(n * float64(unit)), nil
}

// WriteLogFacts leaves the facts in a state directory.
func WriteLogFacts(stateDir string, f LogFacts) error {
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(stateDir, LogFactsFile), b, 0o600)
}

// ReadLogFacts reads the facts; containers of others have none.
func ReadLogFacts(stateDir string) (f LogFacts, err error) {
	err = readIfThere(filepath.Join(stateDir, LogFactsFile), &f)
	return f, err
}

// readIfThere leaves v alone when the file is not there.
func readIfThere(path string, v any) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
