package api

import "time"

// Metrics are the engine's own counters: what it did since it was opened.
type Metrics struct {
	Actions map[string]Action // "create", "start", "stop", "kill", "remove", "pull", "run"
	States  map[State]int     // containers by state
	Journal []JournalEntry    // the last creates and starts, newest last
}

// Action counts one kind of action.
type Action struct {
	Count, Failures int
	Total, Max      time.Duration
}

// JournalEntry is one create or start that was carried out.
type JournalEntry struct {
	At        time.Time
	Action    string
	Container string
	Name      string
	Image     string
	Duration  time.Duration
	Error     string
}
