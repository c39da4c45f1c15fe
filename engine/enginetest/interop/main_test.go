package interop

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	"gantry/engine/enginetest/real"
)

// TestMain hides what a system's containerd, CNI and nerdctl share on a host: the tests have
// their own.
func TestMain(m *testing.M) {
	flag.Parse()
	if real.Outside() && !testing.Short() {
		fetch(context.Background())
	}
	real.Main(m, "/etc/cni", "/var/lib/cni", "/var/lib/nerdctl", "/run/containerd", "/run/nerdctl", "/opt/cni")
}

// fetch gets what needs the host's network. What cannot be had the tests that need it say.
func fetch(ctx context.Context) {
	err := errors.Join(
		real.FetchPackages(ctx, "containerd", "runc"),
		real.FetchPackages(ctx, "containernetworking-plugins"),
		fetchNerdctl(ctx),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
