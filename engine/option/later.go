package option

import "strings"

// later is a flag that Docker knows and gantry does not carry out.
type later struct {
	name   string
	bare   bool
	reason string
}

const notYet = "is not supported yet"

// laterFlags lists Docker's other flags: those with a value and those without.
const (
	laterFlags = `add-host annotation attach blkio-weight blkio-weight-device cgroup-parent cgroupns cidfile cpu-period
		cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpuset-cpus cpuset-mems detach-keys device device-cgroup-rule
		device-read-bps device-read-iops device-write-bps device-write-iops dns dns-opt dns-option dns-search domainname
		gpus group-add health-cmd health-interval health-retries health-start-interval
		health-start-period health-timeout ipc label-file link link-local-ip log-driver log-opt
		memory-reservation memory-swap memory-swappiness oom-score-adj pid
		runtime security-opt shm-size storage-opt sysctl ulimit umask userns uts`
	laterSwitches  = `init no-healthcheck oom-kill-disable quiet sig-proxy use-api-socket`
	windowsFlags   = `cpu-count cpu-percent io-maxbandwidth io-maxiops isolation`
	windowsOnly    = "exists on Windows only"
	gone           = "was given up by Docker and does nothing"
	goneFlags      = `kernel-memory`
	goneSwitches   = `disable-content-trust`
	laterLetters   = "a attach c cpu-shares q quiet"
	lettersPerFlag = 2
)

func laterByName(name string) (later, bool) {
	if strings.ContainsAny(name, " \t\n") {
		return later{}, false
	}
	for _, l := range []struct {
		names, reason string
		bare          bool
	}{
		{laterFlags, notYet, false},
		{laterSwitches, notYet, true},
		{windowsFlags, windowsOnly, false},
		{goneFlags, gone, false},
		{goneSwitches, gone, true},
	} {
		for n := range strings.FieldsSeq(l.names) {
			if n == name {
				return later{name: name, bare: l.bare, reason: l.reason}, true
			}
		}
	}
	return later{}, false
}

func laterByLetter(c byte) (later, bool) {
	words := strings.Fields(laterLetters)
	for i := 0; i+1 < len(words); i += lettersPerFlag {
		if words[i] == string(c) {
			return laterByName(words[i+1])
		}
	}
	return later{}, false
}
