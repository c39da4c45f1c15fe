package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"gantry/engine/network/native"
	"gantry/engine/network/port"
	netwire "gantry/engine/network/wire"
	"gantry/engine/stdio/wire"
)

// hookTime bounds a set-up; it takes milliseconds.
const hookTime = 30 * time.Second

// hook is the role of the OCI hook createRuntime: it sets up the networks of the plan in the
// state directory, in the namespace that the runtime has made; of a container that shares
// another one's it makes sure that it has got that. The container's state comes
// on stdin; what goes to stderr becomes the reason of a start that failed.
func hook(stateDir string) int {
	if err := connect(stateDir, os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, hookFailed+err.Error())
		return 1
	}
	return 0
}

// hookFailed begins what a failed set-up says.
const hookFailed = "network: "

func connect(stateDir string, in io.Reader) error {
	var state struct {
		Pid int `json:"pid"`
	}
	if err := json.NewDecoder(in).Decode(&state); err != nil {
		return fmt.Errorf("read the container's state: %w", err)
	}
	if share, err := netwire.ReadShare(stateDir); err == nil {
		return share.Verify(state.Pid)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	plan, err := netwire.ReadPlan(stateDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(plan.Ports) > 0 && !wire.Logging(stateDir) {
		// It would have held them, had nobody else.
		return wire.ReadTrouble(stateDir)
	}
	ctx, cancel := context.WithTimeout(context.Background(), hookTime)
	defer cancel()
	if _, err := native.Setup(ctx, stateDir, state.Pid, byGantry{reaper()}); err != nil {
		return err
	}
	// For containers that share it.
	return netwire.LinkSpace(stateDir, netwire.Space(state.Pid))
}

// guest is what the logger does for the container's networks: it holds the published ports,
// and gives everything back at the end.
type guest struct {
	stateDir string
	held     []*os.File
	start    netwire.Start
}

// Hold implements logger.Guest.
func (g *guest) Hold() error {
	plan, err := netwire.ReadPlan(g.stateDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		g.held, err = port.Hold(plan.Ports, plan.HasIPv6())
	}
	return err
}

// Made implements logger.Guest.
func (g *guest) Made(pid uint32) {
	g.start = netwire.StartOf(int(pid))
	time.AfterFunc(calmAfter, frugal)
}

// Ended implements logger.Guest. A start that failed after its hook has no task to be told of,
// but a lease. What could not be given back the next start finds, or the next sweep.
func (g *guest) Ended() {
	ctx, cancel := context.WithTimeout(context.Background(), hookTime)
	defer cancel()
	if g.start.Pid != 0 {
		_ = native.Release(ctx, g.stateDir, g.start, byGantry{reaper()})
	} else {
		_ = native.ReleaseDead(ctx, g.stateDir, byGantry{reaper()})
	}
	for _, f := range g.held {
		f.Close()
	}
	g.held = nil
}
