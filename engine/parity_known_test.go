package engine_test

import (
	"os"
	"slices"
	"strings"
)

// knownDifference is a fact that is meant to be another one than under Docker 20.10, and why. A *
// at the end of a pattern is anything.
type knownDifference struct {
	fact         string   // a pattern of its name
	in           []string // the sets where it is so, all of them; none: wherever it is, at least once
	docker, here string   // patterns of what it is; "" is no such fact
	why          string
	unless       bool // this host is one where there is none
}

func (k knownDifference) covers(set string, d difference) bool {
	match := func(pattern, s string) bool {
		begin, open := strings.CutSuffix(pattern, "*")
		return pattern == s || open && strings.HasPrefix(s, begin)
	}
	return !k.unless && (len(k.in) == 0 || slices.Contains(k.in, set)) && match(k.fact, d.fact) && match(k.docker, d.docker) && match(k.here, d.here)
}

// knownDifferences are all of them.
func knownDifferences() []knownDifference {
	const (
		newer = "PERFMON, BPF and CHECKPOINT_RESTORE are newer than Docker 20.10; Docker 29 gives them too"
		slave = "Docker's daemon makes the folder that it keeps things in a shared mount; here it is as the host has it"
		names = "the container's name stands behind its hostname: containers of one network find each other by this file, in nerdctl's format"
	)
	all := []string{"privileged", "privileged less", "caps all but one"}
	return []knownDifference{
		{fact: "capabilities bounding", in: append([]string{"privileged user"}, all...), docker: "host's but *", here: "host's*", why: newer},
		{fact: "capabilities effective", in: all, docker: "host's but *", here: "host's*", why: newer},
		{fact: "capabilities permitted", in: all, docker: "host's but *", here: "host's*", why: newer},
		{fact: "path /proc/interrupts", docker: "open", here: "masked", why: "masked by Docker since 28: it tells of what other containers do"},
		{fact: "path /sys/devices/virtual/powercap", docker: "open", here: "masked", why: "masked by Docker since 24: power use tells secrets", unless: !there("/sys/devices/virtual/powercap")},
		{fact: "value /proc/sys/net/ipv6/conf/all/disable_ipv6", docker: "1", here: "0", why: "since 26 Docker leaves IPv6 on where a container has no network with it"},
		{fact: "value /proc/sys/net/ipv6/conf/default/disable_ipv6", docker: "1", here: "0", why: "as above"},
		{fact: "/etc/hosts ip6-localnet", docker: "fe00::0", here: "fe00::", why: "Docker 29 writes the address so"},
		{fact: "/etc/hosts ip6-mcastprefix", docker: "ff00::0", here: "ff00::", why: "Docker 29 writes the address so"},
		{fact: "/etc/hosts <id>", in: []string{"bridge"}, docker: "<address>", why: names},
		{fact: "/etc/hosts <id> *", in: []string{"bridge"}, here: "<address>", why: names},
		{fact: "/etc/hosts front.example.org front", in: []string{"bridge, names"}, docker: "<address>", why: names},
		{fact: "/etc/hosts front.example.org front *", in: []string{"bridge, names"}, here: "<address>", why: names},
		{fact: "mount /", docker: "overlay r*", here: "overlay r*", why: slave, unless: rootIsShared()},
		{fact: "mount /vol", in: []string{"volumes"}, docker: "bind rw,relatime master", here: "bind rw,relatime", why: slave, unless: rootIsShared()},
		{fact: "mount /anonymous", in: []string{"volumes"}, docker: "bind rw,relatime master", here: "bind rw,relatime", why: slave, unless: rootIsShared()},
		{fact: "mount /kept", in: []string{"volumes"}, docker: "bind ro,relatime master", here: "bind ro,relatime", why: slave, unless: rootIsShared()},
		{fact: "mount /again", in: []string{"volumes"}, docker: "bind ro,relatime master", here: "bind ro,relatime", why: slave, unless: rootIsShared()},
	}
}

func there(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// rootIsShared reports whether the host's root is a shared mount, as systemd makes it.
func rootIsShared() bool {
	mounts, _ := os.ReadFile("/proc/self/mountinfo")
	for l := range strings.Lines(string(mounts)) {
		if f := strings.Fields(l); len(f) > 6 && f[4] == "/" && strings.HasPrefix(f[6], "shared:") {
			return true
		}
	}
	return false
}
