package bundle

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// Prune removes from dir what other gantrys unpacked there and nothing uses any more. What
// a process runs from, or finds programs through, stays; so does what containerd has
// written down in stateDir as a container's shim, and what one of the files speaks of.
func Prune(ctx context.Context, dir, stateDir string, files ...string) error {
	m, err := Contents()
	if err != nil {
		return err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var old []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != m.Digest[:dirDigits] && isDigest(e.Name()) {
			old = append(old, filepath.Join(dir, e.Name()))
		}
	}
	if len(old) == 0 {
		return nil
	}
	unlock, err := lock(ctx, dir)
	if err != nil {
		return err
	}
	defer unlock()
	if link, err := os.Readlink(filepath.Join(dir, Helper)); err == nil {
		old = without(old, filepath.Join(dir, filepath.Dir(link))) // of a gantry that came after us
	}
	for _, f := range files {
		old = unmentioned(old, f)
	}
	old = unused(old, stateDir)
	var errs []error
	for _, home := range old {
		// Renamed first, so that a removal that is interrupted leaves nothing half whole.
		aside := filepath.Join(dir, tmpPrefix+filepath.Base(home))
		errs = append(errs, errors.Join(os.Rename(home, aside), os.RemoveAll(aside)))
	}
	return errors.Join(errs...)
}

func isDigest(name string) bool {
	_, err := hex.DecodeString(name)
	return err == nil && len(name) == dirDigits
}

func without(list []string, one string) []string {
	var rest []string
	for _, s := range list {
		if s != one {
			rest = append(rest, s)
		}
	}
	return rest
}

// unused are those folders that no process and no container needs.
func unused(homes []string, stateDir string) []string {
	shims, _ := filepath.Glob(filepath.Join(stateDir, "containerd", "io.containerd.runtime.v2.task", "*", "*", "shim-binary-path"))
	for _, f := range shims {
		homes = unmentioned(homes, f)
	}
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range processes {
		if len(homes) == 0 {
			break
		}
		if exe, err := os.Readlink(p + "/exe"); err == nil {
			for _, home := range homes {
				if strings.HasPrefix(exe, home+"/") {
					homes = without(homes, home)
				}
			}
		}
		homes = unmentioned(homes, p+"/environ")
	}
	return homes
}

// unmentioned drops the folders that a file speaks of.
func unmentioned(homes []string, file string) []string {
	text, err := os.ReadFile(file)
	if err != nil {
		return homes
	}
	for _, home := range homes {
		if bytes.Contains(text, []byte(home)) {
			homes = without(homes, home)
		}
	}
	return homes
}
