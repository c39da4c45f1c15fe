package api

import (
	"time"

	"gantry/engine/path"
)

// EngineKind tells the containerd of the host from gantry's own.
type EngineKind string

// The kinds of engine.
const (
	EngineSystem   EngineKind = "system"
	EngineEmbedded EngineKind = "embedded"
)

// EngineInfo describes the engine that gantry is connected to.
type EngineInfo struct {
	Kind        EngineKind
	Address     string // socket path
	Version     string // containerd's
	Namespace   string
	Snapshotter string
	CgroupMode  string // "cgroup v1", "cgroup v2"
	DataRoot    string
	RecordRoot  string // nerdctl's data root for this engine
	NetworkDir  string // of the networks' configurations, where it is not CNI's usual one
	// Skew says in a short sentence that the engine that runs is not of this gantry's
	// version ("the engine is older than this gantry"); "" when it is, or is not ours.
	Skew string
}

// ConnState says how the connection to containerd is.
type ConnState string

// The states of the connection. Starting is an embedded engine being brought up.
const (
	ConnStarting   ConnState = "starting"
	ConnConnecting ConnState = "connecting"
	ConnReady      ConnState = "ready"
	ConnLost       ConnState = "lost"
)

// Connection is the connection to containerd at a moment.
type Connection struct {
	State ConnState
	Since time.Time
	Err   error      // why it is not ready; usually an *UnavailableError
	Info  EngineInfo // complete once ready; what is known before
	Trace path.Trace // the steps of bringing the embedded engine up; empty otherwise
}

// Known reports whether there has been an engine at all; if not, a lost one was never there.
func (c Connection) Known() bool { return c.Info.Version != "" }

// Update is a batch of changes to the live list. The receiver applies it by ID.
type Update struct {
	Conn       *Connection // nil: unchanged
	Full       bool        // Containers is the whole list: whatever is not in it is gone
	Containers []Container // new or changed
	Removed    []string    // IDs
	At         time.Time
}

// LogOptions says which part of a container's log is wanted.
type LogOptions struct {
	Follow bool
	Tail   int       // last lines; negative is all
	Since  time.Time // zero is no bound
	Until  time.Time
}

// LogLine is one line of a container's log, or a part of one.
type LogLine struct {
	Time   time.Time
	Stderr bool
	Text   []byte // with its newline, if it had one
}
