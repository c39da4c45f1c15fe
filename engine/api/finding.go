package api

// FindingLevel says how much a finding matters.
type FindingLevel string

// The levels, from good to bad. A note is nothing to mend; with a warning containers
// work but something is missing; what is bad keeps gantry from working.
const (
	FindingOK   FindingLevel = "ok"
	FindingNote FindingLevel = "note"
	FindingWarn FindingLevel = "warn"
	FindingBad  FindingLevel = "bad"
)

// Finding is one thing that was looked at on this host, and how it is.
type Finding struct {
	Level  FindingLevel `json:"level"`
	What   string       `json:"what"`          // what was looked at, a word or two: "data root"
	Detail string       `json:"detail"`        // how it is, in one line
	Fix    string       `json:"fix,omitempty"` // what to do, in one line; "" when there is nothing to do
}
