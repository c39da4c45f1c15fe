package fake

import (
	"fmt"
	"sync"
	"time"

	"gantry/engine/api"
	"gantry/engine/host"
	"gantry/engine/option"
	"gantry/engine/path"
)

// Engine is the fake. Its methods may be called from any goroutine.
type Engine struct {
	clock *Clock

	mu       sync.Mutex
	boxes    map[string]*box
	images   map[string]*image
	networks []api.Network
	vols     []api.Volume
	ports    map[string]string   // port/protocol of the host → who has it
	tags     map[string][]string // repository → its tags at the registry
	paths    []string            // of the host
	devices  []string            // of the host, by their vendors' names
	pulls    map[string]*Pull
	steps    map[string]time.Duration // what a step takes on the clock
	fails    map[string]error         // by step
	gates    map[string]*Gate         // by step
	callErrs map[string]error         // by method
	exits    map[string]exit          // by image: ends right after its start
	calls    []Call
	conn     api.Connection
	watchers map[*watcher]bool
	serial   int
	facts    option.Facts
	metrics  api.Metrics
	whole    *Engine // of a view
	views    map[string]*Engine
	events   []api.Event
	happened chan struct{} // closed and replaced at each event
}

type image struct {
	api.Image
	cfg api.ImageConfig
}

type exit struct {
	after time.Duration
	code  int
}

// Call is one call that was made, in words: the method and its main argument.
type Call struct {
	Method string
	Arg    string
}

// String is "Stop web".
func (c Call) String() string {
	if c.Arg == "" {
		return c.Method
	}
	return c.Method + " " + c.Arg
}

// New is an engine without containers or images, connected and ready, on a new clock.
func New() *Engine {
	e := &Engine{
		clock:    NewClock(),
		boxes:    map[string]*box{},
		images:   map[string]*image{},
		pulls:    map[string]*Pull{},
		fails:    map[string]error{},
		gates:    map[string]*Gate{},
		callErrs: map[string]error{},
		exits:    map[string]exit{},
		ports:    map[string]string{},
		tags:     map[string][]string{},
		watchers: map[*watcher]bool{},
		metrics:  api.Metrics{Actions: map[string]api.Action{}},
		steps:    stepTimes(),
		happened: make(chan struct{}),
	}
	e.conn = api.Connection{State: api.ConnReady, Since: e.clock.Now(), Info: Info()}
	e.facts = option.Facts{
		Host: host.Facts{
			OS: "linux", Arch: "amd64", NumCPU: 4, MemoryTotal: 8 << 30, CgroupMode: host.CgroupV2, Root: true, Seccomp: true,
			Controllers: map[string]bool{"memory": true, "cpu": true, "pids": true, "cpuset": true, "io": true},
		},
		Server: option.Server{Version: "2.4.2", Embedded: true, Snapshotter: "overlayfs", RestartPolicies: []string{"always", "unless-stopped", "on-failure"}},
	}
	return e
}

// Info is what the fake says of itself: an embedded containerd 2.4.2.
func Info() api.EngineInfo {
	return api.EngineInfo{
		Kind: api.EngineEmbedded, Address: "/run/gantry/0a1b2c3d/containerd.sock", Version: "2.4.2", Namespace: "default",
		Snapshotter: "overlayfs", CgroupMode: "cgroup v2", DataRoot: "/var/lib/gantry", RecordRoot: "/var/lib/gantry/nerdctl/0a1b2c3d",
	}
}

// Clock is the engine's clock.
func (e *Engine) Clock() *Clock { return e.clock }

// Now reads the engine's clock.
func (e *Engine) Now() time.Time { return e.clock.Now() }

// SetFacts replaces what requests are checked against.
func (e *Engine) SetFacts(f option.Facts) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.facts = f
}

// FailAt makes every operation that comes to the step fail there; nil lets them pass again.
func (e *Engine) FailAt(step string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil {
		delete(e.fails, step)
		return
	}
	e.fails[step] = err
}

// FailCall makes every call of the method fail at once; nil lets them pass again.
func (e *Engine) FailCall(method string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil {
		delete(e.callErrs, method)
		return
	}
	e.callErrs[method] = err
}

// ExitAfterStart makes containers of the image end right after their start: d later on
// the containers' own record, though the clock does not move.
func (e *Engine) ExitAfterStart(ref string, d time.Duration, code int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.exits[familiar(ref)] = exit{d, code}
}

// Calls are the calls made so far, in order.
func (e *Engine) Calls() []Call {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]Call(nil), e.calls...)
}

// Called reports whether a call was made, given as Call.String writes it.
func (e *Engine) Called(call string) bool {
	for _, c := range e.Calls() {
		if c.String() == call {
			return true
		}
	}
	return false
}

// record notes a call and returns the error it is to end with, if any.
func (e *Engine) record(method, arg string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, Call{method, arg})
	return e.callErrs[method]
}

// newID makes 64 hex digits whose first twelve tell containers apart.
func (e *Engine) newID() string {
	e.serial++
	return fmt.Sprintf("%012x%052x", 0x3f2a91c04b7d+int64(e.serial)*0x1001001, e.serial)
}

// run makes an operation's trace on the engine's clock.
func (e *Engine) run(operation string, steps []string, o api.Observer) *path.Run {
	return path.New(operation, steps, path.Config{Report: o.Trace, Now: e.clock.Now})
}
