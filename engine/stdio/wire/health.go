package wire

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"
)

const (
	// HealthFile is nerdctl's record of a container's health, which Docker's API has too.
	HealthFile = "health.json"
	// HealthCheckFile is there when the container's health is to be looked at.
	HealthCheckFile = "gantry-health.json"
)

// The states of a container's health.
const (
	HealthStarting = "starting"
	Healthy        = "healthy"
	Unhealthy      = "unhealthy"
)

// The limits of what is kept of the checks.
const (
	HealthLogMax    = 5
	HealthOutputMax = 4096
)

// HealthCheck is how the logger is to look, with every default filled in.
type HealthCheck struct {
	Args          []string      `json:"args"` // what is run in the container
	Interval      time.Duration `json:"interval"`
	Timeout       time.Duration `json:"timeout"`
	StartPeriod   time.Duration `json:"startPeriod"` // from the start of the process on
	StartInterval time.Duration `json:"startInterval"`
	Retries       int           `json:"retries"`
	// At says where the container is, for the gantry that brings its label up to date.
	At Reap `json:"at"`
}

// Health is how a container is, and what its last checks said, the oldest first.
type Health struct {
	Status        string
	FailingStreak int
	Log           []HealthResult
}

// HealthResult is what one check has said.
type HealthResult struct {
	Start    time.Time
	End      time.Time
	ExitCode int // -1: it could not be run, or took too long
	Output   string
}

// HealthCommand are the arguments for the gantry that puts a container's health into its
// label.
func HealthCommand(stateDir string) []string { return []string{"internal", "health", stateDir} }

// WriteHealthCheck leaves the check in a state directory.
func WriteHealthCheck(stateDir string, c HealthCheck) error {
	c.At.Version = ReapVersion
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(stateDir, HealthCheckFile), b, 0o600)
}

// ReadHealthCheck reads the check; ok is false for a container that has none.
func ReadHealthCheck(stateDir string) (c HealthCheck, ok bool, err error) {
	err = readIfThere(filepath.Join(stateDir, HealthCheckFile), &c)
	return c, len(c.Args) > 0, err
}

// ReadHealth reads the record; the zero one when there is none.
func ReadHealth(stateDir string) (h Health, err error) {
	err = readIfThere(filepath.Join(stateDir, HealthFile), &h)
	return h, err
}

// WriteHealth replaces the record in one step. A state directory that is gone is not made
// anew.
func WriteHealth(stateDir string, h Health) error {
	b, err := json.Marshal(h)
	if err != nil {
		return err
	}
	path := filepath.Join(stateDir, HealthFile)
	next := filepath.Join(stateDir, "."+HealthFile)
	if err := os.WriteFile(next, b, 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}

// Count takes one more result in, by Docker's rules: failures count once the start period is
// over, or after the first success, and only as many in a row as Retries make it unhealthy.
func (h *Health) Count(r HealthResult, c HealthCheck, started time.Time) {
	h.Log = append(h.Log, r)
	if n := len(h.Log); n > HealthLogMax {
		h.Log = append([]HealthResult(nil), h.Log[n-HealthLogMax:]...)
	}
	switch {
	case r.ExitCode == 0:
		h.Status, h.FailingStreak = Healthy, 0
	case h.Status == HealthStarting && r.Start.Sub(started) < c.StartPeriod:
	default:
		if h.FailingStreak++; h.FailingStreak >= c.Retries {
			h.Status = Unhealthy
		}
	}
}

// Pause is how long to wait for the next check, now.
func (h Health) Pause(c HealthCheck, started, now time.Time) time.Duration {
	if h.Status == HealthStarting && now.Sub(started) < c.StartPeriod {
		return c.StartInterval
	}
	return c.Interval
}
