package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// advice says how to get what building runc needs, by the distributions' own names.
const advice = `Install it with the line for this system and run go generate again:
  Debian, Ubuntu  apt-get install -y gcc libc6-dev pkg-config libseccomp-dev
  Fedora, RHEL    dnf install -y gcc glibc-static pkgconf-pkg-config libseccomp-devel libseccomp-static
  Alpine          apk add gcc musl-dev pkgconf libseccomp-dev libseccomp-static
  openSUSE        zypper install -y gcc glibc-devel-static pkg-config libseccomp-devel libseccomp-devel-static`

// trial is the smallest program that needs what runc needs.
const trial = `#include <seccomp.h>
int main(void) { return seccomp_init(SCMP_ACT_ALLOW) == 0; }
`

// checkTools makes sure that runc can be built with seccomp before minutes are spent on
// it: a C compiler, pkg-config, libseccomp's header and its static library.
func checkTools(ctx context.Context) error {
	cc, pkgConfig := os.Getenv("CC"), os.Getenv("PKG_CONFIG")
	if cc == "" {
		cc = "gcc"
	}
	if pkgConfig == "" {
		pkgConfig = "pkg-config"
	}
	words := strings.Fields(cc)
	if _, err := exec.LookPath(words[0]); err != nil {
		return missing("the C compiler " + words[0])
	}
	if _, err := exec.LookPath(pkgConfig); err != nil {
		return missing(pkgConfig)
	}
	flags, err := exec.CommandContext(ctx, pkgConfig, "--static", "--cflags", "--libs", "libseccomp").Output()
	if err != nil {
		return missing("libseccomp with its header")
	}
	return tryLink(ctx, words, strings.Fields(string(flags)))
}

func tryLink(ctx context.Context, cc, flags []string) error {
	dir, err := os.MkdirTemp("", "gantry-trial-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	src := filepath.Join(dir, "trial.c")
	if err := os.WriteFile(src, []byte(trial), 0o600); err != nil {
		return err
	}
	args := append(cc[1:], "-static", "-o", filepath.Join(dir, "trial"), src)
	out, err := exec.CommandContext(ctx, cc[0], append(args, flags...)...).CombinedOutput()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return missing("libseccomp's header or static library, or the C library's (" + first + ")")
}

func missing(what string) error {
	return fmt.Errorf("runc is only built with seccomp, and for that %s is missing.\n%s", what, advice)
}
