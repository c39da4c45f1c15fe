package e2e

import "fmt"

// childEnv tells this test binary to be another program: what it names is played on the
// terminal that it is started on.
const childEnv = "GANTRY_E2E_CHILD"

// playChild is that program; it gives its exit code.
func playChild(name string) int {
	fmt.Println("no child", name)
	return 2
}
