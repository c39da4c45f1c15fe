package daemon

import (
	"fmt"
	"path/filepath"
	"strings"

	"gantry/engine/daemon/keeper"
)

// unitDir is where an administrator's own units stand.
const unitDir = "/etc/systemd/system"

// unitName is the unit that starts the engine at boot.
func unitName(ep Endpoint) string {
	if ep.DataRoot == DefaultDataRoot {
		return "gantry.service"
	}
	return "gantry-" + filepath.Base(ep.StateDir) + ".service"
}

// passingUnit is the unit of a keeper that was started by hand and is gone at boot.
func passingUnit(ep Endpoint) string {
	return "gantry-keeper-" + filepath.Base(ep.StateDir) + ".service"
}

// unitSettings are what a keeper's unit needs, whether it is for once or for every boot:
// only the keeper itself is ended with the unit, for it ends the daemon in order and the
// containers run on; no limit of the unit is to be one of the containers.
func unitSettings() []string {
	return []string{
		"KillMode=process",
		"Delegate=yes",
		"Restart=on-failure",
		"RestartSec=2",
		"RestartPreventExitStatus=3", // the keeper gave up: somebody has to do something first
		fmt.Sprintf("TimeoutStopSec=%d", int(keeper.EndTime.Seconds())+3),
		"OOMScoreAdjust=-500",
		"TasksMax=infinity",
		"LimitNOFILE=1048576",
		"LimitNPROC=infinity",
		"LimitCORE=infinity",
	}
}

// unitText is the unit file that starts the engine at boot.
func unitText(ep Endpoint) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Written by gantry engine enable, removed by gantry engine disable.\n[Unit]\n")
	fmt.Fprintf(&b, "Description=%s\n", description(ep))
	fmt.Fprintf(&b, "After=network.target local-fs.target\n")
	fmt.Fprintf(&b, "RequiresMountsFor=%s\n", quote(ep.DataRoot))
	fmt.Fprintf(&b, "\n[Service]\nType=exec\n")
	fmt.Fprintf(&b, "ExecStart=%s\n", strings.ReplaceAll(quote(ep.Helper)+" "+keeperRole()+" "+quote(ep.DataRoot), "$", "$$"))
	for _, s := range unitSettings() {
		b.WriteString(s + "\n")
	}
	b.WriteString("\n[Install]\nWantedBy=multi-user.target\n")
	return b.String()
}

func description(ep Endpoint) string {
	return strings.ReplaceAll("gantry's containerd in "+ep.DataRoot, "%", "%%")
}

// quote writes a path as one word of a unit file.
func quote(path string) string {
	path = strings.ReplaceAll(path, "%", "%%")
	if !strings.ContainsAny(path, " \t\"'\\;") {
		return path
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(path) + `"`
}

func keeperRole() string { return fmt.Sprintf("%s%d", keeper.Role, keeper.Format) }
