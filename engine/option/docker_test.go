package option

import (
	"strings"
	"testing"
)

// dockersFlags are all flags of `docker run` and `docker create` of the Docker CLI 29, hidden and
// deprecated ones too, as its source has them.
const dockersFlags = `
	add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile cpu-count cpu-percent
	cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems detach detach-keys device
	device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops disable-content-trust dns dns-opt
	dns-option dns-search domainname entrypoint env env-file expose gpus group-add health-cmd health-interval health-retries
	health-start-interval health-start-period health-timeout help hostname init interactive io-maxbandwidth io-maxiops ip ip6 ipc
	isolation kernel-memory label label-file link link-local-ip log-driver log-opt mac-address memory memory-reservation
	memory-swap memory-swappiness mount name net net-alias network network-alias no-healthcheck oom-kill-disable oom-score-adj
	pid pids-limit platform privileged publish publish-all pull quiet read-only restart rm runtime security-opt shm-size sig-proxy
	stop-signal stop-timeout storage-opt sysctl tmpfs tty ulimit umask use-api-socket user userns uts volume volume-driver
	volumes-from workdir`

// dockersLetters are its short flags, each with the long one.
const dockersLetters = `a attach c cpu-shares d detach e env h hostname i interactive l label m memory p publish P publish-all q quiet
	t tty u user v volume w workdir`

func TestEveryFlagOfDockersIsCarriedOutOrRefusedByName(t *testing.T) {
	n := 0
	for _, name := range strings.Fields(dockersFlags) {
		n++
		if _, ok := Find(Key(name)); ok || name == "help" {
			continue
		}
		if l, ok := laterByName(name); !ok || l.reason == "" {
			t.Errorf("--%s is neither in the table nor refused by name with a reason", name)
		} else if strings.Contains(l.reason, "yet") {
			t.Errorf("--%s is put off: every flag is carried out, or refused for good", name)
		}
	}
	if n != 108 {
		t.Errorf("%d flags", n)
	}
	words := strings.Fields(dockersLetters)
	for i := 0; i+1 < len(words); i += 2 {
		at, ok := shorts[words[i][0]]
		if ok && string(rows[at].Key) == words[i+1] {
			continue
		}
		if l, ok := laterByLetter(words[i][0]); !ok || l.name != words[i+1] {
			t.Errorf("-%s is not --%s", words[i], words[i+1])
		}
	}
}
