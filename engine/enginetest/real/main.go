package real

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"gantry/engine/network/plugin"
	"gantry/engine/network/wire"
)

// Main runs a package's tests: call it, and nothing else, from TestMain. What the tests have
// started is ended after them; if that fails, so does the run. All of it is in a network
// namespace of its own, so that no bridge and no rule is left on the host; folders that are to
// be hidden are empty ones there.
func Main(m *testing.M, hide ...string) {
	play()
	Apart(hide...)
	run(m)
}

// MainInParts is Main for tests that wait more than they work: those whose names begin with one
// of the words of a part are run at the same time as the others, in a process with an engine and
// a network of its own.
func MainInParts(m *testing.M, parts ...[]string) {
	play()
	apart(split(os.Args[1:], parts), nil)
	run(m)
}

// play is what this binary does when it is called as something else than tests.
func play() {
	if slices.Equal(os.Args[1:], wire.PluginCommand()) {
		if err := plugin.Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// A logger or a hook may call this binary as the gantry that it stands for. The tests must
	// not run again for that: each run would begin the next one.
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") {
		fmt.Fprintln(os.Stderr, "a test binary is no gantry:", os.Args[1:])
		os.Exit(1)
	}
}

func run(m *testing.M) {
	code := m.Run()
	if err := shared().end(); err != nil {
		fmt.Fprintln(os.Stderr, "clear up after the tests:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}
