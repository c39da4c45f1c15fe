package engine_test

import (
	"strings"
	"testing"

	"gantry/engine/api"
)

// TestAnInitReapsAndForwards runs gantry-helper as a container's first process.
func TestAnInitReapsAndForwards(t *testing.T) {
	p := open(t)
	got := p.output("--init", "busybox", "sh", "-c", `tr '\0' ' ' < /proc/1/cmdline | cut -c1-28; (sleep 0.1 &); sleep 0.5; grep -h State: /proc/[0-9]*/status | grep -c Z; touch /sbin/docker-init 2>&1 | sed 's/.*: //'`)
	if got != "/sbin/docker-init -- sh -c t\n0\nRead-only file system" {
		t.Errorf("it sees %q", got)
	}
	// Nothing of the image is needed, and the terminal is the command's.
	if got := p.output("--init", "--tmpfs", "/bin", "--tmpfs", "/usr", "-v", p.env.Endpoint.Helper+":/app:ro", "busybox", "/app", "version"); !strings.HasPrefix(got, "gantry-helper ") {
		t.Errorf("without a shell: %q", got)
	}
	if got := p.output("--init", "-t", "busybox", "sh", "-c", "tty; cut -d' ' -f5,8 /proc/self/stat"); !strings.HasPrefix(got, "/dev/pts/0\n") {
		t.Errorf("with a terminal: %q", got)
	} else if f := strings.Fields(got); len(f) != 3 || f[1] != f[2] {
		t.Errorf("its group is %s, the terminal's %s", f[1], f[2])
	}
	for want, words := range map[int][]string{
		7:   {"busybox", "sh", "-c", "exit 7"},
		137: {"busybox", "sh", "-c", "kill -9 $$"},
		127: {"busybox", "not-there"},
		126: {"busybox", "/etc/passwd"},
	} {
		if o, err := p.attached(append([]string{"--init"}, words...)...); err != nil || o.code != want {
			t.Errorf("%q ends with %d (%v): %s", words, o.code, err, o.err)
		}
	}
	id := p.run("--init", "busybox", "sh", "-c", "trap 'exit 9' TERM; touch /tmp/set; while :; do sleep 0.05; done")
	if r, err := p.Inspect(t.Context(), id); err != nil || r.Path != "sh" || !*r.HostConfig.Init {
		t.Errorf("%s %q, %v", r.Path, r.Args, err)
	}
	p.eventually("the trap", func() bool {
		_, _, code, _ := p.exec(id, sh("test -f /tmp/set"), nil)
		return code == 0
	})
	if err := p.Stop(t.Context(), id, api.StopOptions{}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	if c := p.get(id); c.ExitCode != 9 {
		t.Errorf("asked to stop, it ended with %d", c.ExitCode)
	}
}
