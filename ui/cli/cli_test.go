package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/engine/option"
	"gantry/engine/path"
	"gantry/ui/config"
	"gantry/ui/kit"
)

// opened is the fake as it was opened.
type opened struct {
	*fake.Engine
	ready  error
	closed int
}

func (o *opened) Ready(context.Context) error { return o.ready }

// Facts waits for the engine too.
func (o *opened) Facts(ctx context.Context) (option.Facts, error) {
	if o.ready != nil {
		return option.Facts{}, o.ready
	}
	return o.Engine.Facts(ctx)
}
func (o *opened) Close() error { o.closed++; return nil }

// desk is where a test gives gantry's commands.
type desk struct {
	*opened
	t    *testing.T
	env  map[string]string
	opts []Options // of each Open, without what is set
	home *config.World
	set  *config.Config // of the last Open
}

func sit(t *testing.T) *desk {
	d := &desk{opened: &opened{Engine: fake.New()}, t: t, env: map[string]string{}}
	d.AddImage("busybox", api.ImageConfig{})
	return d
}

// printed is what a command left behind.
type printed struct {
	code     int
	out, err string
}

func (d *desk) gantry(args ...string) printed {
	d.t.Helper()
	in, err := os.Open(os.DevNull)
	if err != nil {
		d.t.Fatal(err)
	}
	defer in.Close()
	var out, errs bytes.Buffer
	before := d.closed
	n := len(d.opts)
	code := Main(d.t.Context(), args, Deps{
		Open: func(o Options) (Engine, error) {
			d.set, o.Config = o.Config, nil
			d.opts = append(d.opts, o)
			return d.opened, nil
		},
		Daemon: func(Options) (Daemon, error) { return nil, errors.New("no daemon in this test") },
		Screen: func(context.Context, Engine, Options) error { return nil },
		In:     in, Out: &out, Err: &errs, Settings: d.home,
		Getenv: func(k string) string { return d.env[k] }, Version: "1.2.3", Now: d.Now,
		Pause: func(_ context.Context, by time.Duration) error { d.Clock().Advance(by); return nil },
	})
	if len(d.opts)-n != d.closed-before {
		d.t.Errorf("%q: the engine was opened %d times and closed %d times", args, len(d.opts)-n, d.closed-before)
	}
	return printed{code, out.String(), errs.String()}
}

func TestExitCodesAreDockersAndTheReasonIsOneSentence(t *testing.T) {
	start := func(cause api.StartCause, code int, text string) func(*desk) {
		return func(d *desk) {
			d.FailAt("task", &api.StartError{Name: "web", Command: "nope", Cause: cause, Code: code, Err: errors.New(text)})
		}
	}
	for _, c := range []struct {
		name  string
		setup func(*desk)
		line  string
		code  int
		says  string
	}{
		{"ends well", func(d *desk) { d.ExitAfterStart("busybox", 0, 0) }, "run busybox", 0, ""},
		{"the container's own code", func(d *desk) { d.ExitAfterStart("busybox", 0, 7) }, "run --rm busybox sh", 7, ""},
		{"missing command", start(api.CauseNotFound, 127, "x"), "run busybox nope", 127, "nope"},
		{"missing command, detached", start(api.CauseNotFound, 127, "x"), "run -d busybox nope", 127, "nope"},
		{"not executable", start(api.CausePermission, 126, "x"), "run busybox nope", 126, "nope"},
		{"another failed start", start(api.CauseCgroup, 128, "no such controller"), "run busybox", 125, "o such controller"},
		{"unknown flag", nil, "run --memroy 1g busybox", 125, "unknown flag: --memroy (did you mean --memory?)"},
		{"a flag of another system", nil, "run --cpu-percent 5 busybox", 125, "--cpu-percent: exists on Windows only"},
		{"bad value", nil, "run --memory lots busybox", 125, "--memory: "},
		{"no image", nil, "run", 125, "image: "},
		{"bad name", nil, "create --name _x busybox", 125, "--name: "},
		{"unknown image", func(d *desk) {
			d.OnPull("nothing").Then(&api.PullError{Ref: "nothing:latest", Registry: "docker.io", Cause: api.PullNoTag})
		}, "run nothing", 125, "nothing:latest"},
		{"never pulled", nil, "run --pull never nothing", 125, "--pull never"},
		{"name in use", func(d *desk) { d.Add(api.Container{Name: "web", State: api.StateRunning}) }, "run -d --name web busybox", 125, "he name web is taken: by "},
		{"no engine for run", func(d *desk) { d.ready = &api.UnavailableError{Address: "/x.sock", Cause: api.NoSocket} }, "run busybox", 125, "/x.sock"},
		{"no engine for ps", func(d *desk) { d.ready = &api.UnavailableError{Address: "/x.sock", Cause: api.NoSocket} }, "ps", 1, "/x.sock"},
		{"-i without a terminal", nil, "run -it busybox", 125, "he input device is not a TTY"},
		{"no such container", nil, "start nothing", 1, "nothing"},
		{"no such command", nil, "frobnicate", 1, "frobnicate"},
		{"unknown flag elsewhere", nil, "ps --frob", 1, "nknown flag: --frob; see 'gantry ps --help'"},
		{"no argument", nil, "rm", 1, "equires at least 1 arg"},
		{"bad engine", nil, "--engine mine ps", 1, `--engine "mine": must be auto, system or embedded`},
		{"bad engine for run", nil, "run --engine mine busybox", 125, `--engine "mine"`},
		{"bad format", nil, "ps --format yaml", 1, `--format "yaml": must be table or json`},
		{"bad tail", nil, "logs --tail some web", 1, `--tail "some": must be a number or "all"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := sit(t)
			if c.setup != nil {
				c.setup(d)
			}
			got := d.gantry(strings.Fields(c.line)...)
			if got.code != c.code {
				t.Errorf("%s: %d, not %d: %s", c.line, got.code, c.code, got.err)
			}
			if !strings.Contains(got.err, c.says) || c.says != "" && !strings.HasPrefix(got.err[strings.LastIndex(strings.TrimSpace(got.err), "\n")+1:], "gantry: ") {
				t.Errorf("%s says %q, without %q", c.line, got.err, c.says)
			}
			if c.code != 0 && got.out != "" {
				t.Errorf("%s prints %q on stdout", c.line, got.out)
			}
		})
	}
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	d := sit(t)
	got := d.gantry("run", "--memory", "lots", "--cpus", "-1", "--name", "_", "busybox")
	if got.code != 125 || strings.Count(got.err, "gantry: --") != 3 {
		t.Errorf("%d: %s", got.code, got.err)
	}
	if len(d.opts) != 0 {
		t.Error("an engine was brought up for a line that cannot be right")
	}
}

func TestOnlyTheIDGoesToStdout(t *testing.T) {
	d := sit(t)
	d.OnPull("nginx:1.27")
	for _, line := range []string{"create --name web busybox", "run -d --name db busybox", "run -d --trace --name proxy nginx:1.27"} {
		got := d.gantry(strings.Fields(line)...)
		id := strings.TrimSuffix(got.out, "\n")
		if c, err := d.Peek(id); got.code != 0 || err != nil || c.ID != id || strings.Count(got.out, "\n") != 1 {
			t.Errorf("%s: %d, %q, %q", line, got.code, got.out, got.err)
		}
		if pulled := strings.Contains(got.err, "Pulling nginx:1.27") && strings.Contains(got.err, "Pulled nginx:1.27"); pulled != strings.Contains(line, "nginx") {
			t.Errorf("%s: %q", line, got.err)
		}
	}
}

func TestTraceListsTheStepsWithTheirTimes(t *testing.T) {
	d := sit(t)
	got := d.gantry("run", "-d", "--trace", "--name", "web", "busybox")
	for _, want := range []string{"run web ", "done     task ", "skipped  pull ", "already here", "84 ms"} {
		if !strings.Contains(got.err, want) {
			t.Errorf("no %q in\n%s", want, got.err)
		}
	}
	if n := strings.Count(got.err, "\n"); n != 1+len(fake.CreateSteps())+len(fake.StartSteps()) {
		t.Errorf("%d lines:\n%s", n, got.err)
	}
	d.FailAt("task", &api.StartError{Command: "nope", Cause: api.CauseNotFound, Code: 127})
	if got := d.gantry("run", "-d", "--trace", "busybox"); !strings.Contains(got.err, "failed   task ") || !strings.Contains(got.err, "waiting  run ") {
		t.Errorf("a failed run:\n%s", got.err)
	}
}

func TestHelpListsEveryOptionOfTheTable(t *testing.T) {
	d := sit(t)
	for _, cmd := range []string{"run", "create"} {
		got := d.gantry(cmd, "--help")
		if got.code != 0 || got.err != "" || !strings.Contains(got.out, "gantry "+cmd+" [OPTIONS] IMAGE [COMMAND] [ARG...]") {
			t.Errorf("%s --help: %d %q", cmd, got.code, got.err)
		}
		for _, o := range option.Table() {
			if o.Key == option.KeyDetach && cmd == "create" {
				continue // create never starts
			}
			n := strings.Count(got.out, o.FlagText()+" ") + strings.Count(got.out, o.FlagText()+"\n")
			if !o.Positional && n != 1 {
				t.Errorf("%s --help has --%s %d times", cmd, o.Key, n)
			}
		}
		for line := range strings.Lines(got.out) {
			if n := kit.Width(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("%s --help has a line of %d cells: %s", cmd, n, line)
			}
		}
	}
	if got := d.gantry("--help"); got.code != 0 || !strings.Contains(got.out, "run ") {
		t.Errorf("--help: %d\n%s", got.code, got.out)
	}
	if len(d.opts) != 0 {
		t.Error("help opened an engine")
	}
}

func TestWhereTheEngineIsComesFromFlagsThenTheEnvironment(t *testing.T) {
	d := sit(t)
	// The address in the environment is the engine's to read: --engine counts more.
	d.env = map[string]string{"CONTAINERD_NAMESPACE": "env", "GANTRY_DATA_ROOT": "/env"}
	for line, want := range map[string]Options{
		"ps": {Namespace: "env", DataRoot: "/env", Engine: "auto"},
		"--address /a.sock -n ns --data-root /r --engine system ps": {Address: "/a.sock", Namespace: "ns", DataRoot: "/r", Engine: "system"},
		"ps --namespace ns": {Namespace: "ns", DataRoot: "/env", Engine: "auto"},
		"create --name a1 -n ns --address=/a.sock busybox":     {Address: "/a.sock", Namespace: "ns", DataRoot: "/env", Engine: "auto"},
		"-n ns create --name a2 busybox":                       {Namespace: "ns", DataRoot: "/env", Engine: "auto"},
		"create --name a3 --engine embedded busybox -n inside": {Namespace: "env", DataRoot: "/env", Engine: "embedded"}, // behind the image it is the container's
	} {
		d.opts = nil
		if got := d.gantry(strings.Fields(line)...); got.code != 0 || len(d.opts) != 1 || d.opts[0] != want {
			t.Errorf("%s: %d, %+v, %s", line, got.code, d.opts, got.err)
		}
	}
}

func TestEachContainerIsTriedAndThoseDoneArePrinted(t *testing.T) {
	d := sit(t)
	d.Add(api.Container{Name: "web", State: api.StateRunning})
	d.Add(api.Container{Name: "db", State: api.StateRunning})
	got := d.gantry("stop", "web", "nothing", "db")
	if got.code != 1 || got.out != "web\ndb\n" || strings.Count(got.err, "\n") != 1 || !strings.Contains(got.err, "nothing") {
		t.Errorf("%+v", got)
	}
	if got := d.gantry("rm", "web", "db"); got.code != 0 || got.out != "web\ndb\n" {
		t.Errorf("%+v", got)
	}
	d.Add(api.Container{Name: "web", State: api.StateRunning})
	if got := d.gantry("rm", "web"); got.code != 1 || got.out != "" || !strings.Contains(got.err, "force") {
		t.Errorf("%+v", got)
	}
	if got := d.gantry("rm", "-f", "web"); got.code != 0 {
		t.Errorf("%+v", got)
	}
	id := d.Add(api.Container{Name: "web", State: api.StateRunning})
	if got := d.gantry("kill", "-s", "USR1", "web"); got.code != 0 || !d.Called("Kill "+id+" USR1") {
		t.Errorf("%+v, calls %v", got, d.Calls())
	}
	if got := d.gantry("start", "web"); got.code != 0 || !d.Called("Start "+id) {
		t.Errorf("%+v", got)
	}
}

// What a stranger's image, registry or container says must not reach the terminal as commands to it.
func TestErrorsOnTheTerminalAreHarmless(t *testing.T) {
	d := sit(t)
	d.FailAt("task", &api.StartError{Command: "\x1b]0;owned\a", Cause: api.CauseOther, Code: 128, Err: errors.New("\x1b[2J\u202egone\rgantry: all is well")})
	d.Add(api.Container{Name: "\x1b[31mred", ID: strings.Repeat("a", 64), State: api.StateRunning})
	for _, args := range [][]string{
		{"run", "busybox"}, {"run", "--trace", "busybox"}, {"run", "\x1b]0;owned\abox"}, {"run", "--\x1b[2J", "busybox"}, {"start", "\x1b[2J"},
		{"rm", strings.Repeat("a", 64)}, {"--engine", "\x1b[2J", "ps"}, {"\x1b[2J"}, {"ps", "--\x1b[2J"}, {"logs", "--tail", "\x1b[2J", "x"},
	} {
		got := d.gantry(args...)
		if got.err == "" || strings.ContainsAny(got.err, "\x1b\a\r\u202e") {
			t.Errorf("%q says %q", args, got.err)
		}
	}
}

func TestInspectIsAJSONListOfThoseFound(t *testing.T) {
	d := sit(t)
	id := d.Add(api.Container{Name: "web", State: api.StateRunning, Pid: 42})
	got := d.gantry("inspect", "web", "nothing")
	if got.code != 1 || !strings.HasPrefix(got.out, "[\n") || !strings.Contains(got.out, `"Id": "`+id+`"`) || !strings.Contains(got.out, `"Pid": 42`) {
		t.Errorf("%+v", got)
	}
	if got := d.gantry("inspect", "nothing"); got.out != "[]\n" || got.code != 1 {
		t.Errorf("%+v", got)
	}
}

func TestWithoutACommandTheScreenOpens(t *testing.T) {
	d := sit(t)
	if got := d.gantry("--namespace", "ns"); got.code != 0 || got.out != "" || len(d.opts) != 1 || d.opts[0].Namespace != "ns" {
		t.Errorf("%+v %+v", got, d.opts)
	}
}

// machine is the embedded engine's life, scripted.
type machine struct {
	status Status
	down   error
	downs  int
	did    []string // of the rest
}

func (m *machine) Up(_ context.Context, report func(path.Trace)) error {
	r := path.New("engine", []string{"unpack", "serve"}, path.Config{Report: report})
	for _, s := range []string{"unpack", "serve"} {
		if err := r.Do(context.Background(), s, func(_ context.Context, sc *path.Scope) error { sc.Detail("%s", s+"ed"); return nil }); err != nil {
			return err
		}
	}
	m.status.Running = true
	return nil
}
func (m *machine) Down(context.Context) error { m.downs++; return m.down }
func (m *machine) Restart(ctx context.Context, report func(path.Trace)) error {
	m.did = append(m.did, "restart")
	return m.Up(ctx, report)
}

func (m *machine) Enable(ctx context.Context, report func(path.Trace)) error {
	m.did = append(m.did, "enable")
	return m.Up(ctx, report)
}

func (m *machine) Disable(context.Context) error {
	m.did = append(m.did, "disable")
	return nil
}

func (m *machine) Status(context.Context) (Status, error) { return m.status, nil }

func TestTheEnginesLife(t *testing.T) {
	m := &machine{status: Status{Info: fake.Info(), PID: 77, Found: []string{"k3s /k\x1b[2J3s.sock"}}}
	gantry := func(args ...string) printed {
		var out, errs bytes.Buffer
		code := Main(t.Context(), args, Deps{
			Daemon: func(Options) (Daemon, error) { return m, nil },
			Out:    &out, Err: &errs, Getenv: func(string) string { return "" }, Version: "1.2.3",
		})
		return printed{code, out.String(), errs.String()}
	}
	if got := gantry("engine", "status"); got.code != 1 || !strings.Contains(got.out, "down") || strings.Contains(got.out, "\x1b") {
		t.Errorf("down: %+v", got)
	}
	if got := gantry("version"); got.code != 0 || !strings.HasPrefix(got.out, "gantry 1.2.3 ") || !strings.Contains(got.out, "containerd is down") {
		t.Errorf("version: %+v", got)
	}
	got := gantry("engine", "up")
	if got.code != 0 || strings.Count(got.err, "\n") != 2 || !strings.Contains(got.out, "pid") || !strings.Contains(got.out, "nerdctl --address /run/gantry/0a1b2c3d/containerd.sock --data-root ") {
		t.Errorf("up: %+v", got)
	}
	if got := gantry("version"); !strings.Contains(got.out, "containerd 2.4.2 (embedded") {
		t.Errorf("version: %+v", got)
	}
	m.status.Keeper, m.status.Boot, m.status.Info.Skew = "pid 78", "not started", "another build"
	for _, verb := range []string{"restart", "enable"} {
		got := gantry("engine", verb)
		for _, want := range []string{"pid 78", "not started", "another build: gantry engine restart"} {
			if got.code != 0 || !strings.Contains(got.out, want) {
				t.Errorf("%s does not say %q: %+v", verb, want, got)
			}
		}
	}
	if got := gantry("engine", "disable"); got.code != 0 || got.out != "" || strings.Join(m.did, " ") != "restart enable disable" {
		t.Errorf("%+v, and did %v", got, m.did)
	}
	if got := gantry("engine", "down"); got.code != 0 || m.downs != 1 {
		t.Errorf("down: %+v", got)
	}
	m.down = &api.UnsupportedError{What: "stopping /x.sock", Reason: "it is the system's containerd"}
	if got := gantry("engine", "down"); got.code != 1 || !strings.Contains(got.err, "the system's containerd") {
		t.Errorf("down of a system engine: %+v", got)
	}
}
