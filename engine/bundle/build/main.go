// Command build makes the payload of package bundle: runc with seccomp, containerd
// with its shim, and gantry-helper, each static and stripped, packed as one archive with its
// manifest. It is what `go generate` runs, in engine/bundle.
//
// Nothing is built when nothing has changed since the last run.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/bundle"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), unix.SIGINT, unix.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "payload:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(here, "runc", "go.mod")); err != nil {
		return fmt.Errorf("run it by go generate, or in the folder engine/bundle: %w", err)
	}
	out := filepath.Join(here, "payload")
	unlock, err := lock(out)
	if err != nil {
		return err
	}
	defer unlock()
	in, err := readInputs(ctx, here)
	if err != nil {
		return err
	}
	if upToDate(out, in.stamp) {
		fmt.Println("payload: up to date")
		return nil
	}
	if err := checkTools(ctx); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "gantry-payload-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	var files []bundle.File
	for _, p := range programs(in) {
		f, err := p.make(ctx, tmp)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	err = step("packed "+bundle.ArchiveName, func() (string, error) { return pack(tmp, out, files) })
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, stampName), []byte(in.stamp+"\n"), 0o644)
}

// step does one thing and prints a line with its result and time.
func step(what string, do func() (string, error)) error {
	start := time.Now()
	note, err := do()
	if err != nil {
		return err
	}
	fmt.Printf("payload: %-36s %-28s %5.1f s\n", what, note, time.Since(start).Seconds())
	return nil
}

// lock lets one generator at a time work on the payload.
func lock(dir string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, ".lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return nil, fmt.Errorf("lock the payload: %w", err)
	}
	return func() { f.Close() }, nil
}
