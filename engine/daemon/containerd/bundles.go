package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/moby/sys/mountinfo"
)

// bundles is where containerd's runtime keeps a folder for each task, by namespace, below
// its state.
const bundles = "io.containerd.runtime.v2.task"

// clearBundles takes away what a killed containerd was just deleting. It renames a bundle,
// which puts a dot before its name, and then removes it; what has the dot is passed over by
// every later one. Nothing else touches them, so this must come before the daemon serves.
func clearBundles(state string) error {
	if state == "" {
		return nil
	}
	half, err := filepath.Glob(filepath.Join(state, bundles, "*", ".*"))
	if err != nil {
		return err
	}
	var errs []error
	for _, dir := range half {
		// A root file system that is still mounted there must not be emptied.
		mounted, err := mountinfo.GetMounts(mountinfo.PrefixFilter(dir))
		if err != nil || len(mounted) > 0 {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, os.RemoveAll(dir))
	}
	return errors.Join(errs...)
}
