package daemon

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gantry/engine/api"
	"gantry/engine/daemon/keeper"
)

// The stand-ins write down how they were called, and do what matters of it.
const (
	fakeRun = `#!/bin/sh
echo "systemd-run $*" >>"$FAKE/calls"
[ -e "$FAKE/refuse" ] && { echo "Failed to connect to bus: No such file or directory" >&2; exit 1; }
while [ "$1" != -- ]; do shift; done
shift
setsid "$@" </dev/null >/dev/null 2>&1 &
`
	fakeCtl = `#!/bin/sh
shift 2 # --no-ask-password --quiet
echo "systemctl $*" >>"$FAKE/calls"
dir=$FAKE/etc/systemd/system
for unit; do :; done
case $1 in
enable)
	mkdir -p "$dir/multi-user.target.wants"
	ln -s "$dir/$unit" "$dir/multi-user.target.wants/$unit" ;;
disable)
	rm "$dir/multi-user.target.wants/$unit" ;;
esac
case $1$2 in
start*|enable--now)
	setsid $(sed -n 's/^ExecStart=//p' "$dir/$unit") </dev/null >/dev/null 2>&1 & ;;
esac
`
)

// booted makes the configuration one of a host with systemd; the folder is that host's root.
func booted(t *testing.T, cfg *Config) string {
	t.Helper()
	cfg.host = t.TempDir()
	bin := filepath.Join(cfg.host, "fakes")
	for _, dir := range []string{bin, filepath.Join(cfg.host, "run/systemd/system"), filepath.Join(cfg.host, unitDir)} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"systemd-run": fakeRun, "systemctl": fakeCtl} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("FAKE", cfg.host)
	return cfg.host
}

func calls(t *testing.T, host string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(host, "calls"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(raw)
}

func TestWithSystemdTheKeeperIsAUnit(t *testing.T) {
	cfg := ground(t)
	host := booted(t, &cfg)
	ep, tr := up(t, cfg)
	if got := states(tr); got != "unpack done, lock done, start done, serve done" {
		t.Errorf("steps: %s", got)
	}
	said := calls(t, host)
	for _, want := range []string{"--unit=" + passingUnit(ep), "--collect", "--property=KillMode=process", "--property=Delegate=yes",
		"--property=TasksMax=infinity", " -- " + ep.Helper + " keeper-1 " + ep.DataRoot} {
		if !strings.Contains(said, want) {
			t.Errorf("systemd-run is not told %q: %s", want, said)
		}
	}
	eventually(t, "a keeper", func() bool { return keeper.Of(ep.DataRoot) > 0 })
	old := keeper.Daemon(ep.DataRoot)
	kill(t, old)
	again(t, ep, old)
	if err := Down(t.Context(), cfg, ep); err != nil {
		t.Fatal(err)
	}
	if n := daemons(t, cfg); n != 0 || keepers(t, cfg) != 0 {
		t.Errorf("%d daemons, %d keepers after Down", n, keepers(t, cfg))
	}
}

func TestAUnitThatFailsIsTakenBack(t *testing.T) {
	cfg := ground(t)
	host := booted(t, &cfg)
	cfg.Program = []string{"/bin/sh", "-c", "echo out of luck >&2; exit 3"}
	ep, err := Choose(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	err = Up(t.Context(), cfg, ep)
	if cause(err) != api.EngineFailed || !strings.Contains(err.Error(), "out of luck") {
		t.Errorf("%v", err)
	}
	if said := calls(t, host); !strings.Contains(said, "systemctl stop "+passingUnit(ep)) {
		t.Errorf("systemd is left with the unit: %s", said)
	}
	eventually(t, "the keeper's end", func() bool { return keepers(t, cfg) == 0 })
}

func TestWithoutABusTheKeeperIsAProcess(t *testing.T) {
	cfg := ground(t)
	host := booted(t, &cfg)
	if err := os.WriteFile(filepath.Join(host, "refuse"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ep, _ := up(t, cfg)
	keptBy(t, ep)
}

func TestEnabledAtBootAndNotAnyMore(t *testing.T) {
	cfg := ground(t)
	host := booted(t, &cfg)
	ep, _ := up(t, cfg)
	before := keeper.Daemon(ep.DataRoot)
	if err := Enable(t.Context(), cfg, ep); err != nil {
		t.Fatal(err)
	}
	name := unitName(ep)
	said := calls(t, host)
	if !strings.Contains(said, "systemctl daemon-reload\n") || !strings.Contains(said, "systemctl enable --now "+name+"\n") {
		t.Errorf("systemd was told %s", said)
	}
	if on, known := Enabled(cfg, ep); !on || !known {
		t.Error("not enabled")
	}
	if now := keeper.Daemon(ep.DataRoot); now == before || now == 0 {
		t.Errorf("the daemon was %d and is %d", before, now)
	}
	eventually(t, "the end of all keepers but one", func() bool { return keepers(t, cfg) == 1 })
	// What was stopped is started as that unit, not beside it.
	if err := Down(t.Context(), cfg, ep); err != nil {
		t.Fatal(err)
	}
	up(t, cfg)
	if said := calls(t, host); !strings.HasSuffix(said, "systemctl start "+name+"\n") {
		t.Errorf("systemd was told %s", said)
	}
	if err := Disable(t.Context(), cfg, ep); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(cfg.unitFile(ep)); err == nil {
		t.Error("the unit file is left")
	}
	if on, _ := Enabled(cfg, ep); on || !keeper.Knock(ep.Address) {
		t.Errorf("after disabling: enabled %v, serves %v", on, keeper.Knock(ep.Address))
	}
	if err := Disable(t.Context(), cfg, ep); err != nil {
		t.Errorf("disabled twice: %v", err)
	}
}

func TestWithoutSystemdALineForTheBootScriptsIsGiven(t *testing.T) {
	cfg := Config{DataRoot: t.TempDir(), Mode: Embedded, host: t.TempDir(), euid: func() int { return 0 }}
	ep := newEndpoint(cfg, api.EngineEmbedded, "")
	err := Enable(t.Context(), cfg, ep)
	var u *api.UnsupportedError
	if !errors.As(err, &u) || !strings.Contains(u.Reason, ep.DataRoot+"/bin/gantry engine up --engine embedded --data-root "+ep.DataRoot) {
		t.Errorf("%v", err)
	}
	if err := Enable(t.Context(), cfg, newEndpoint(cfg, api.EngineSystem, "/run/containerd/containerd.sock")); !errors.As(err, &u) || !strings.Contains(u.Reason, "system's") {
		t.Errorf("%v", err)
	}
}

func TestUnitText(t *testing.T) {
	ep := newEndpoint(Config{DataRoot: DefaultDataRoot, RunRoot: DefaultRunRoot}, api.EngineEmbedded, "")
	const want = `# Written by gantry engine enable, removed by gantry engine disable.
[Unit]
Description=gantry's containerd in /var/lib/gantry
After=network.target local-fs.target
RequiresMountsFor=/var/lib/gantry

[Service]
Type=exec
ExecStart=/var/lib/gantry/bin/gantry-helper keeper-1 /var/lib/gantry
KillMode=process
Delegate=yes
Restart=on-failure
RestartSec=2
RestartPreventExitStatus=3
TimeoutStopSec=25
OOMScoreAdjust=-500
TasksMax=infinity
LimitNOFILE=1048576
LimitNPROC=infinity
LimitCORE=infinity

[Install]
WantedBy=multi-user.target
`
	if got := unitText(ep); got != want {
		t.Errorf("got\n%s", got)
	}
	if unitName(ep) != "gantry.service" {
		t.Errorf("it is called %s", unitName(ep))
	}
	odd := newEndpoint(Config{DataRoot: `/srv/my "50%" $disk`, RunRoot: DefaultRunRoot}, api.EngineEmbedded, "")
	if got := unitText(odd); !strings.Contains(got, `ExecStart="/srv/my \"50%%\" $$disk/bin/gantry-helper" keeper-1 "/srv/my \"50%%\" $$disk"`+"\n") {
		t.Errorf("got\n%s", got)
	}
	if name := unitName(odd); !strings.HasPrefix(name, "gantry-") || name == unitName(ep) {
		t.Errorf("it is called %s", name)
	}
}
