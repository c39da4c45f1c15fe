package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"gantry/engine/api"
	"gantry/engine/daemon/keeper"
)

// systemdTime is how long a program of systemd's may take.
const systemdTime = 10 * time.Second

// hasSystemd says whether systemd is this host's init and running, as sd_booted(3) does.
func (c Config) hasSystemd() bool {
	fi, err := os.Stat(filepath.Join(c.host, "/run/systemd/system"))
	return err == nil && fi.IsDir()
}

func (c Config) unitFile(ep Endpoint) string {
	return filepath.Join(c.host, unitDir, unitName(ep))
}

// Enabled says whether the engine is started at boot; known is false where there is no
// systemd to tell.
func Enabled(cfg Config, ep Endpoint) (enabled, known bool) {
	cfg = cfg.withDefaults()
	if !cfg.hasSystemd() {
		return false, false
	}
	_, err := os.Lstat(filepath.Join(cfg.host, unitDir, "multi-user.target.wants", unitName(ep)))
	return err == nil, true
}

// Enable has the embedded engine started at every boot, and now. An engine that runs is
// started anew as that unit; containers run on. Without systemd it is an
// *api.UnsupportedError that says what to do instead.
func Enable(ctx context.Context, cfg Config, ep Endpoint) error {
	cfg = cfg.withDefaults()
	if err := cfg.bootable(ep, "starting the engine at boot"); err != nil {
		return err
	}
	// Programs and plan are there then, and known to work.
	if err := Restart(ctx, cfg, ep); err != nil {
		return err
	}
	if err := keeper.Replace(cfg.unitFile(ep), []byte(unitText(ep))); err != nil {
		return err
	}
	if err := os.Chmod(cfg.unitFile(ep), 0o644); err != nil {
		return err
	}
	if err := cfg.systemctl(ctx, "daemon-reload"); err != nil {
		return err
	}
	if err := Down(ctx, cfg, ep); err != nil {
		return err
	}
	// Whatever systemd says, the engine is not left down.
	return errors.Join(cfg.systemctl(ctx, "enable", "--now", unitName(ep)), Up(ctx, cfg, ep))
}

// Disable undoes Enable. The engine that runs now runs on.
func Disable(ctx context.Context, cfg Config, ep Endpoint) error {
	cfg = cfg.withDefaults()
	if err := cfg.bootable(ep, "not starting the engine at boot"); err != nil {
		return err
	}
	if _, err := os.Stat(cfg.unitFile(ep)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := cfg.systemctl(ctx, "disable", unitName(ep)); err != nil {
		return err
	}
	if err := os.Remove(cfg.unitFile(ep)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the engine's unit: %w", err)
	}
	return cfg.systemctl(ctx, "daemon-reload")
}

func (c Config) bootable(ep Endpoint, what string) error {
	switch {
	case ep.Kind != api.EngineEmbedded:
		return &api.UnsupportedError{What: what, Reason: ep.Address + " is the system's containerd; use the system's own means"}
	case c.euid() != 0:
		return &api.UnavailableError{Address: ep.Address, Cause: api.NotRoot}
	case !c.hasSystemd():
		return &api.UnsupportedError{What: what, Reason: "this host does not run systemd; put this line into its boot scripts: " + BootLine(ep)}
	}
	return nil
}

// BootLine is the command that starts the engine, for a boot script. The copy of gantry
// below the data root stays where it is, whatever happens to the one that is run now.
func BootLine(ep Endpoint) string {
	line := gantryIn(ep) + " engine up --engine embedded"
	if ep.DataRoot != DefaultDataRoot {
		line += " --data-root " + ep.DataRoot
	}
	return line
}

func (c Config) systemctl(ctx context.Context, args ...string) error {
	return systemProgram(ctx, "systemctl", append([]string{"--no-ask-password", "--quiet"}, args...)...)
}

// runUnit starts the keeper as a unit of its own, out of the session that asks for it,
// which takes all of its processes with it on some hosts. Where a unit for boot is
// installed, that one is started.
func (c Config) runUnit(ctx context.Context, ep Endpoint) error {
	if on, _ := Enabled(c, ep); on {
		return c.systemctl(ctx, "start", unitName(ep))
	}
	args := []string{"--quiet", "--collect", "--no-ask-password", "--unit=" + passingUnit(ep), "--description=" + description(ep)}
	for _, s := range unitSettings() {
		args = append(args, "--property="+s)
	}
	return systemProgram(ctx, "systemd-run", append(args, "--", ep.Helper, keeperRole(), ep.DataRoot)...)
}

// stopUnit has systemd not start a keeper again that failed.
func (c Config) stopUnit(ctx context.Context, ep Endpoint) error {
	unit := passingUnit(ep)
	if on, _ := Enabled(c, ep); on {
		unit = unitName(ep)
	}
	return c.systemctl(ctx, "stop", unit)
}

func systemProgram(ctx context.Context, name string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, systemdTime)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err == nil {
		return nil
	}
	if said := strings.TrimSpace(string(out)); said != "" {
		return fmt.Errorf("%s: %s", name, said)
	}
	return fmt.Errorf("%s: %w", name, err)
}
