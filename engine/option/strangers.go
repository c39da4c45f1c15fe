package option

import (
	"slices"
	"strings"
)

// Flags of podman's and nerdctl's run that Docker has not: those with a value and those
// without. They are known so that the word behind them is not taken for the image.
const (
	podmanFlags = `arch authfile cert-dir cgroup-conf cgroups chrootdirs conmon-pidfile creds decryption-key env-merge gidmap
		group-entry health-log-destination health-max-log-count health-max-log-size health-on-failure health-startup-cmd
		health-startup-interval health-startup-retries health-startup-success health-startup-timeout hooks-dir hostuser
		image-volume init-ctr init-path os passwd-entry personality pidfile pod pod-id-file preserve-fd preserve-fds rdt-class
		requires retry retry-delay sdnotify seccomp-policy secret shm-size-systemd subgidname subuidname systemd timeout tz
		uidmap umask unsetenv variant`
	podmanSwitches = `env-host http-proxy no-hostname no-hosts passwd read-only-tmpfs replace rmi rootfs tls-verify
		unsetenv-all`
	nerdctlFlags = `cosign-certificate-identity cosign-certificate-identity-regexp cosign-certificate-oidc-issuer
		cosign-certificate-oidc-issuer-regexp cosign-key init-binary ipfs-address verify userns-remap`
)

// Switches among the flags that stand between a program and its run; all others take a value.
const globalSwitches = `D debug tls tlsverify debug-full experimental insecure-registry kube-hide-dupe no-hosts-dir
	remote r syslog transient-store noout trace help v version`

func globalSwitch(word, name string) bool {
	if slices.Contains(strings.Fields(globalSwitches), name) {
		return true
	}
	// A value directly behind its letter.
	return !strings.HasPrefix(word, "--") && len(name) > 1
}

// stranger keeps a flag that is not Docker's, with the word that belongs to it.
func (p *paste) stranger(word string, e *UnknownFlagError) {
	name, _, given := strings.Cut(strings.TrimLeft(word, "-"), "=")
	bare, reason := p.strange(word, name)
	words := p.args[p.at : p.at+1]
	if !given && !bare && p.at+1 < len(p.args) {
		words = p.args[p.at : p.at+2]
	}
	fix := ""
	if e.Near != "" && !strings.HasSuffix(reason, "own") {
		fix = "did you mean " + e.Near + "?"
	}
	p.leave(LeftoverOption, span(words), reason, fix)
	p.at += len(words)
}

// strange is whether an unknown flag takes no value, and what is said of it. Of one that
// nobody knows it is guessed that the next word is its value, if that is no flag and another
// word is left to be the image.
func (p *paste) strange(word, name string) (bare bool, reason string) {
	has := func(list string) bool { return slices.Contains(strings.Fields(list), name) }
	if strings.HasPrefix(word, "--") {
		switch {
		case has(podmanSwitches):
			return true, "is podman's own"
		case has(podmanFlags):
			return false, "is podman's own"
		case has(nerdctlFlags):
			return false, "is nerdctl's own"
		}
	}
	reason = "is no option that gantry knows"
	next := p.at + 1
	if next+1 >= len(p.args) || strings.HasPrefix(p.args[next].text, "-") {
		return true, reason
	}
	return false, reason
}
