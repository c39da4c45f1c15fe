package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"gantry/engine/bundle"
)

// program is one of the payload's programs and how it is built.
type program struct {
	name, version string
	pkg, dir      string   // what to build, and in which module's folder
	env, args     []string // for go build
	check         func(ctx context.Context, file string) error
}

// programs are the payload, runc first: it takes longest and fails most.
func programs(in inputs) []program {
	static := []string{"CGO_ENABLED=0"}
	stamp := "-X " + daemonModule + "/version.Version=" + in.containerd
	return []program{{
		name: bundle.Runc, version: in.runc, pkg: runcPackage, dir: filepath.Join(in.bundle, "runc"),
		env: []string{"CGO_ENABLED=1"},
		// Without the last tag whoever runs runc first compiles what it writes manuals with.
		args: []string{"-tags", "seccomp netgo osusergo urfave_cli_no_docs",
			"-ldflags", "-s -w -linkmode external -extldflags -static"},
		check: hasSeccomp,
	}, {
		name: bundle.Shim, version: in.containerd, pkg: shimPackage, dir: in.root,
		// As containerd's own makefile does: a shim speaks ttrpc, and what gRPC brings along would be
		// initialised twice in every start.
		env: static, args: []string{"-tags", "no_grpc", "-ldflags", "-s -w " + stamp},
		check: func(ctx context.Context, file string) error { return says(ctx, in.containerd, file, "-v") },
	}, {
		name: bundle.Daemon, version: in.containerd, pkg: daemonPackage, dir: in.root,
		env: static, args: []string{"-ldflags", "-s -w " + stamp},
		check: func(ctx context.Context, file string) error { return says(ctx, in.containerd, file, "--version") },
	}, {
		name: bundle.Helper, pkg: helperPackage, dir: in.root,
		env: static, args: []string{"-ldflags", "-s -w"},
	}}
}

func (p program) make(ctx context.Context, tmp string) (bundle.File, error) {
	f := bundle.File{Name: p.name, Version: p.version}
	out := filepath.Join(tmp, p.name)
	err := step("built "+strings.TrimSpace(p.name+" "+p.version), func() (string, error) {
		args := append([]string{"build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-o", out}, p.args...)
		if _, err := goTool(ctx, p.dir, p.env, append(args, p.pkg)...); err != nil {
			return "", fmt.Errorf("build %s: %w", p.name, err)
		}
		if p.check != nil {
			if err := p.check(ctx, out); err != nil {
				return "", err
			}
		}
		sum, size, err := digest(out)
		f.SHA256, f.Size = sum, size
		return fmt.Sprintf("%.1f MB", float64(size)/1e6), err
	})
	return f, err
}

// hasSeccomp asks the runc that was just built. One without seccomp would run
// containers unprotected, so it is never shipped.
func hasSeccomp(ctx context.Context, file string) error {
	out, err := exec.CommandContext(ctx, file, "features").Output()
	if err != nil {
		return fmt.Errorf("ask the built runc for its features: %w", err)
	}
	var f struct {
		Linux struct{ Seccomp struct{ Enabled bool } }
	}
	if err := json.Unmarshal(out, &f); err != nil {
		return fmt.Errorf("read the built runc's features: %w", err)
	}
	if !f.Linux.Seccomp.Enabled {
		return errors.New("runc was built without seccomp; it is not used")
	}
	return nil
}

// says makes sure that a program knows its version.
func says(ctx context.Context, version, file string, args ...string) error {
	out, err := exec.CommandContext(ctx, file, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("run %s: %w", filepath.Base(file), err)
	}
	if !strings.Contains(string(out), version) {
		return fmt.Errorf("%s does not say that it is %s", filepath.Base(file), version)
	}
	return nil
}

// goTool runs the go command and returns its output; what it complains of is the error.
// Flags from the environment would change what is built, so they are left out.
func goTool(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append([]string{"GOFLAGS=", "GOWORK=off"}, env...)...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, strings.TrimSpace(complaint.String()))
	}
	return string(out), nil
}
