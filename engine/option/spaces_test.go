package option

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// goodSpaces are accepted values of the rows about namespaces and runtimes.
func goodSpaces() map[Key][]string {
	return map[Key][]string{
		KeyPID: {"host", "container:web"}, KeyIPC: {"none", "private", "shareable", "host", "container:web"}, KeyUTS: {"host"}, KeyUserns: {"host"},
		KeyCgroupns: {"private", "host"}, KeyRuntime: {"runc", "/usr/bin/crun", "io.containerd.runc.v2"}, KeyIsolation: {"default"},
	}
}

// spacesThatAgree takes those out that exclude each other.
func spacesThatAgree(d *Draft) {
	if d.Has(KeyUTS) {
		d.Unset(KeyHostname)
		d.Unset(KeyDomainname)
	}
	if d.Has(KeyIPC) {
		d.Unset(KeySysctl)
		d.Unset(KeyShmSize)
	}
	if d.Get(KeyRestart) != "" && d.Get(KeyRestart) != "no" {
		d.Unset(KeyPID)
		d.Unset(KeyIPC)
	}
}

func TestSpaces(t *testing.T) {
	for _, tt := range []struct {
		draft              Draft
		problems, warnings []string
	}{
		{draft: draft("pid", "host", "ipc", "shareable", "uts", "host", "userns", "host", "cgroupns", "host")},
		{draft: draft("pid", "container:", "ipc", "container:a b", "uts", "container:x", "cgroupns", "mine"), problems: []string{
			"--pid: names no container (write container:NAME)", "--ipc: names no container (write container:NAME)",
			"--uts: invalid mode (write host)", "--cgroupns: invalid mode (write private, host)"}},
		{draft: draft("pid", "private", "ipc", "shared"), problems: []string{
			"--pid: invalid mode (write host or container:NAME)", "--ipc: invalid mode (write private, shareable, none, host or container:NAME)"}},
		{draft: draft("userns", "keep-id"), problems: []string{"--userns: user namespaces are not supported: containers have the host's users (leave it out, or run gantry for this user)"}},
		{draft: draft("uts", "host", "hostname", "a", "domainname", "b"), problems: []string{
			"--hostname: conflicting options: hostname and the UTS mode (leave out one of --hostname and --uts)",
			"--domainname: conflicting options: domainname and the UTS mode (leave out one of --domainname and --uts)"}},
		{draft: draft("ipc", "host", "shm-size", "1m", "sysctl", "kernel.shmmax=1"),
			problems: []string{"--sysctl: sysctl 'kernel.shmmax' is not allowed with --ipc host (leave it out, or leave --ipc out)"},
			warnings: []string{"--shm-size: has no effect with --ipc host"}},
		{draft: draft("pid", "container:web", "restart", "always"),
			problems: []string{"--pid: cannot be together with --restart: the namespace must be found anew at each start (leave --restart out)"}},
		{draft: draft("isolation", "hyperv", "runtime", "bin/crun"), problems: []string{
			"--runtime: unknown or invalid runtime name (write a program's name or absolute path, or a name such as io.containerd.runc.v2)",
			"--isolation: invalid isolation: hyperv exists on Windows only (leave it out)"}},
	} {
		tt.draft.Set(KeyImage, "a")
		p := tt.draft.Parse(facts())
		if diff := cmp.Diff(tt.problems, sentences(p.Problems)); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", tt.draft.Line("run"), diff)
		}
		if diff := cmp.Diff(tt.warnings, sentences(p.Warnings)); diff != "" {
			t.Errorf("%s: warnings (-want +got):\n%s", tt.draft.Line("run"), diff)
		}
	}
}
