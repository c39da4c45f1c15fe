// gantry is the terminal workbench for containers on containerd: the command line and the
// screen are this one program, and the embedded engine is carried in it.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"gantry/engine"
	"gantry/engine/api"
	"gantry/engine/daemon"
	"gantry/engine/doctor"
	"gantry/engine/footprint"
	"gantry/engine/network/plugin"
	netwire "gantry/engine/network/wire"
	"gantry/engine/path"
	"gantry/engine/stdio/wire"
	"gantry/engine/warm"
	"gantry/ui"
	"gantry/ui/backend"
	"gantry/ui/cli"
	"gantry/ui/config"
)

func main() {
	if len(os.Args) == 4 && slices.Equal(os.Args[1:], wire.ReapCommand(os.Args[3])) {
		os.Exit(reap(os.Args[3]))
	}
	if slices.Equal(os.Args[1:], netwire.PluginCommand()) {
		os.Exit(plugins())
	}
	if len(os.Args) == 4 && slices.Equal(os.Args[1:], wire.HealthCommand(os.Args[3])) {
		os.Exit(labelHealth(os.Args[3]))
	}
	home := config.Here(os.Getenv)
	os.Exit(cli.Main(context.Background(), os.Args[1:], cli.Deps{
		Open:   open,
		Daemon: func(o cli.Options) (cli.Daemon, error) { return life{daemonConfig(o)}, nil },
		Screen: screen,
		Doctor: examine, Settings: &home,
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Getenv: os.Getenv, Version: version(), Now: time.Now,
	}))
}

// reap removes a container that was to go at its end and that nobody watches. Nobody hears it
// either: what goes wrong is in the log.
func reap(stateDir string) int {
	note, err := wire.ReadReap(stateDir)
	if err != nil {
		return 0 // it stays, or somebody was quicker
	}
	log := logger(cli.Options{DataRoot: note.DataRoot})
	if err := engine.Reap(context.Background(), stateDir, log); err != nil {
		log.Warn("remove at its end", "id", note.ID, "err", err)
		return 1
	}
	return 0
}

// plugins sets up or takes down a network by CNI plugins, for gantry-helper.
func plugins() int {
	if err := plugin.Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// labelHealth brings the label of a container's health up to date, for its logger.
func labelHealth(stateDir string) int {
	check, ok, err := wire.ReadHealthCheck(stateDir)
	if err != nil || !ok {
		return 0 // it was removed meanwhile
	}
	log := logger(cli.Options{DataRoot: check.At.DataRoot})
	if err := engine.LabelHealth(context.Background(), stateDir, log); err != nil {
		log.Warn("label the health", "id", check.At.ID, "err", err)
		return 1
	}
	return 0
}

// examine is the doctor: this host, and what is set.
func examine(ctx context.Context, o cli.Options) []api.Finding {
	found := doctor.Examine(ctx, doctor.Config{Daemon: daemonConfig(o), Namespace: o.Namespace})
	if o.Config != nil {
		found = append(found, o.Config.Finding(o.Unfit))
	}
	return found
}

// open opens the engine that the flags ask for.
func open(o cli.Options) (cli.Engine, error) {
	cfg := engine.Config{Daemon: daemonConfig(o), Namespace: o.Namespace, Version: version(), Brief: !o.Screen, Log: logger(o)}
	cfg.Daemon.Log = cfg.Log
	if o.Config != nil {
		cfg.Insecure = o.Config.List(config.Insecure)
	}
	if cfg.Brief {
		warm.Heap() // it leaves its garbage for the end
	}
	return placed{engine.Open(cfg)}, nil
}

// placed is an engine whose views of other namespaces are, to a frontend, engines like it.
type placed struct{ *engine.Engine }

func (p placed) In(namespace string) backend.Engine { return placed{p.Engine.In(namespace)} }

func daemonConfig(o cli.Options) daemon.Config {
	return daemon.Config{Address: o.Address, DataRoot: o.DataRoot, Mode: daemon.Mode(o.Engine)}
}

// logger writes to a file below the data root; nothing may be printed while the screen is up.
func logger(o cli.Options) *slog.Logger { return slog.New(slog.NewTextHandler(logWriter(o), nil)) }

// logWriter is that file; where it cannot be written there is no log.
func logWriter(o cli.Options) io.Writer {
	root := cmp.Or(o.DataRoot, daemon.DefaultDataRoot)
	if os.MkdirAll(root, 0o711) != nil {
		return io.Discard
	}
	f, err := os.OpenFile(filepath.Join(root, "gantry.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return io.Discard
	}
	return f
}

// version is the module's version, or the revision it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "0.1.0-" + s.Value[:12]
		}
	}
	return "0.1.0"
}

// life is the embedded engine's life as the command line sees it.
type life struct{ cfg daemon.Config }

func (l life) Up(ctx context.Context, report func(path.Trace)) error {
	return l.with(ctx, report, daemon.Up)
}

func (l life) Down(ctx context.Context) error { return l.with(ctx, nil, engine.Down) }

func (l life) Restart(ctx context.Context, report func(path.Trace)) error {
	return l.with(ctx, report, daemon.Restart)
}

func (l life) Enable(ctx context.Context, report func(path.Trace)) error {
	return l.with(ctx, report, daemon.Enable)
}

func (l life) Disable(ctx context.Context) error { return l.with(ctx, nil, daemon.Disable) }

// with does something to the engine that is chosen.
func (l life) with(ctx context.Context, report func(path.Trace), do func(context.Context, daemon.Config, daemon.Endpoint) error) error {
	l.cfg.Report = report
	end, err := daemon.Choose(ctx, l.cfg)
	if err != nil {
		return err
	}
	return do(ctx, l.cfg, end)
}

func (l life) Status(ctx context.Context) (cli.Status, error) {
	s, err := daemon.Current(ctx, l.cfg)
	if err != nil {
		return cli.Status{}, err
	}
	out := cli.Status{Running: s.Running, PID: s.PID, Uptime: s.Uptime, Err: s.Err, Info: api.EngineInfo{
		Kind: s.Endpoint.Kind, Address: s.Endpoint.Address, Version: s.Version,
		DataRoot: s.Endpoint.DataRoot, RecordRoot: s.Endpoint.RecordRoot, Skew: s.Skew,
	}}
	if s.Endpoint.Kind == api.EngineEmbedded {
		out.Info.NetworkDir = s.Endpoint.NetworkDir()
	}
	out.Keeper, out.Boot = s.Kept(), s.AtBoot()
	for _, f := range s.Endpoint.Found {
		out.Found = append(out.Found, f.Name+" "+f.Address)
	}
	return out, nil
}

const (
	screenGC = 50 // percent of garbage beside what is in use
	// tidyAfter is when the start of what lives for long is over.
	tidyAfter = 5 * time.Second
)

// screen opens the workbench. A signal that ended it is told by the exit code, as a shell does.
func screen(ctx context.Context, e cli.Engine, o cli.Options) error {
	if !term.IsTerminal(int(os.Stdin.Fd())) || !term.IsTerminal(int(os.Stdout.Fd())) {
		return errors.New("the screen needs a terminal; gantry --help lists the commands that do without")
	}
	set := o.Config
	// The screen lives for hours, and idles for most of them: what the start has taken is
	// given back, and little garbage is kept from then on.
	room := footprint.Ahead()
	tidy := time.AfterFunc(tidyAfter, func() {
		footprint.Settle()
		room.Release(screenGC)
	})
	defer tidy.Stop()
	err := ui.Run(ctx, e, ui.Options{
		ASCII: set.Bool(config.ASCII, plainGlyphs(os.Getenv)), Mono: os.Getenv("NO_COLOR") != "",
		Command: strings.Join(os.Args, " "), New: o.New, Line: o.Line, Draft: o.Draft, Log: logWriter(o), Notes: os.Stderr,
		Presets: o.Presets(),
		Keys:    set.Keys, Palette: set.Palette, Hello: set.Hello(),
		AskStop: set.Bool(config.AskStop, false), StopTimeout: set.Duration(config.StopTimeout),
		Doctor: func(ctx context.Context) []api.Finding { return examine(ctx, o) },
	})
	var sig *ui.SignalError
	if errors.As(err, &sig) {
		if n, ok := sig.Signal.(syscall.Signal); ok {
			return cli.ExitError{Code: 128 + int(n)}
		}
	}
	return err
}

// plainGlyphs reports whether the terminal cannot be trusted with more than ASCII: a console
// of the kernel's or older, or a locale whose character set is named and is not UTF-8.
func plainGlyphs(getenv func(string) string) bool {
	switch getenv("TERM") {
	case "linux", "dumb", "vt100", "vt220":
		return true
	}
	locale := strings.ToLower(cmp.Or(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG")))
	_, charset, named := strings.Cut(locale, ".")
	return named && !strings.HasPrefix(charset, "utf-8") && !strings.HasPrefix(charset, "utf8")
}
