package task

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"gantry/engine/api"
)

// The texts are those that runc 1.1 and 1.3 and the shims of containerd 1.6 to 2.4 print.
func TestWhatTheShimSaysBecomesACauseACodeAndASentence(t *testing.T) {
	for _, c := range []struct {
		text  string
		cause api.StartCause
		code  int
		says  string
	}{
		{
			`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "nope": executable file not found in $PATH`,
			api.CauseNotFound, 127, "cmd: no such program in the image",
		},
		{
			`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/nope": stat /nope: no such file or directory: unknown`,
			api.CauseNotFound, 127, "cmd: no such program in the image",
		},
		{
			`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/etc/passwd": permission denied: unknown`,
			api.CausePermission, 126, "cmd: not executable",
		},
		{
			`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/etc": is a directory`,
			api.CausePermission, 126, "cmd: not executable",
		},
		{
			`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/a" to rootfs at "/b": mount src=/a, dst=/b, dstFd=/proc/thread-self/fd/8, flags=MS_BIND|MS_REC: not a directory`,
			api.CauseNotDir, 127, `error mounting "/a" to rootfs at "/b"`,
		},
		{
			`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/a" to rootfs at "/b": mount src=/a, dst=/b, flags=MS_BIND: no such file or directory`,
			api.CauseMount, 128, `error mounting "/a" to rootfs at "/b"`,
		},
		{
			`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error running createRuntime hook #0: exit status 1, stdout: , stderr: gantry-helper: address already in use`,
			api.CausePort, 128, "address already in use",
		},
		{
			`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error running createRuntime hook #0: exit status 1, stdout: , stderr: no`,
			api.CauseHook, 128, "a hook failed: no",
		},
		{ // of runc 1.1
			`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running hook #0: error running hook: exit status 1, stdout: , stderr: network: lock: open /x/network.lock: no such file or directory: unknown`,
			api.CauseHook, 128, "network: lock: open /x/network.lock: no such file or directory",
		},
		{
			`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: unable to apply cgroup configuration: mkdir /sys/fs/cgroup/pids/x: read-only file system`,
			api.CauseCgroup, 128, "unable to apply cgroup configuration",
		},
		{
			`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec /bin/x: exec format error`,
			api.CauseOther, 128, "exec format error",
		},
		{
			`snapshot 3f2a91c04b7d does not exist: not found`,
			api.CauseRootfs, 128, "the root filesystem snapshot is gone; recreate the container",
		},
		{
			`shim was started through the deprecated API but was built against the new API, you may need to restart the daemon`,
			api.CauseSkew, 128, "containerd was upgraded on disk but not restarted; restart it",
		},
	} {
		err := StartFailed("web", "cmd", errors.New(c.text))
		var e *api.StartError
		if !errors.As(err, &e) {
			t.Errorf("%s: %T", c.text, err)
			continue
		}
		if e.Cause != c.cause || e.Code != c.code || e.Name != "web" || e.Command != "cmd" {
			t.Errorf("%s\n is %s with %d, not %s with %d", c.text, e.Cause, e.Code, c.cause, c.code)
		}
		said := err.Error()
		if !strings.Contains(said, c.says) {
			t.Errorf("%s\n says %q, without %q", c.text, said, c.says)
		}
		for _, n := range []string{"OCI runtime", "shim task", "runc create failed", ": unknown"} {
			if strings.Contains(said, n) {
				t.Errorf("%s\n still says %q", c.text, n)
			}
		}
	}
}

func TestAnEndedContextStaysWhatItIs(t *testing.T) {
	if err := StartFailed("web", "cmd", nil); err != nil {
		t.Error(err)
	}
	var e *api.StartError
	if err := StartFailed("web", "cmd", fmt.Errorf("create: %w", context.Canceled)); !errors.Is(err, context.Canceled) || errors.As(err, &e) {
		t.Errorf("a cancelled start is %v", err)
	}
}
