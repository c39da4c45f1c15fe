package main

import (
	"os/exec"
	"testing"
)

// box is a process in the place of a container's.
type box struct {
	t   *testing.T
	cmd *exec.Cmd
}

// newProcess starts one that ends with the test.
func newProcess(t *testing.T) *box {
	t.Helper()
	b := &box{t, exec.Command("sleep", "600")}
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.end)
	return b
}

func (b *box) pid() int { return b.cmd.Process.Pid }

// end kills it; a second time is fine.
func (b *box) end() {
	_ = b.cmd.Process.Kill()
	_ = b.cmd.Wait()
}
