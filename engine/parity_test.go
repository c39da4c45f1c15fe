package engine_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/host"
)

// recording has the test ask the Docker daemon at DOCKER_HOST in place of gantry, and keep its
// answers: go test ./engine -run Docker -record. They are those of docker.io 20.10 of Debian 12 on
// a host with cgroup v1, in a network namespace of its own. Where the host has not got all
// capabilities, a runtime that leaves those out must stand before Docker's, which fails on them.
var recording = flag.Bool("record", false, "record what a probe finds under the Docker daemon at DOCKER_HOST")

// dockersFacts is where its answers are.
const dockersFacts = "testdata/docker.facts"

// optionSet is a line of options under which the probe looks about. A ~ is a blank within a word,
// DIR a folder of the host with a file in it.
type optionSet struct {
	name, flags string
	args        string // of the image; "" is its own command
}

// optionSets stand for what people write. All but those that are about a network have none.
func optionSets() []optionSet {
	sets := []optionSet{
		{name: "plain"},
		{name: "privileged", flags: "--privileged"},
		{name: "privileged user", flags: "--privileged --user app"},
		{name: "privileged less", flags: "--privileged --cap-drop sys_admin --read-only --security-opt seccomp=unconfined"},
		{name: "caps added", flags: "--cap-add NET_ADMIN --cap-add cap_sys_time"},
		{name: "caps dropped", flags: "--cap-drop mknod --cap-drop CAP_CHOWN"},
		{name: "caps none but one", flags: "--cap-drop ALL --cap-add NET_BIND_SERVICE"},
		{name: "caps all but one", flags: "--cap-add ALL --cap-drop SYS_ADMIN"},
		{name: "caps of a user", flags: "--user app --cap-add NET_ADMIN"},
		{name: "caps sys_admin", flags: "--cap-add SYS_ADMIN"},
		{name: "no new privileges", flags: "--user app --security-opt no-new-privileges"},
		{name: "seccomp unconfined", flags: "--security-opt seccomp=unconfined"},
		{name: "paths unconfined", flags: "--security-opt systempaths=unconfined --security-opt apparmor=unconfined"},
		{name: "read-only", flags: "--read-only --tmpfs /run"},
		{name: "tmpfs", flags: "--tmpfs /scratch --tmpfs /run:rw,exec,size=64k,mode=1770 --mount type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1700"},
		{name: "binds", flags: "-v DIR:/data:ro -v DIR:/work -v DIR/file:/etc/file:ro -v DIR:/shared:rshared -v DIR:/slave:slave"},
		{name: "mount bind", flags: "--mount type=bind,source=DIR,target=/data,readonly,bind-propagation=rslave --mount type=bind,source=DIR,target=/work,bind-propagation=private"},
		{name: "volumes", flags: "-v gantry-parity:/vol -v /anonymous --mount type=volume,source=gantry-parity,target=/kept,readonly -v gantry-parity:/again:ro,nocopy"},
		{name: "user by name", flags: "--user app:staff"},
		{name: "user by number", flags: "--user 1234:5678 --group-add 77 --group-add staff"},
		{name: "group", flags: "--group-add 77 --group-add staff"},
		{name: "process", flags: "--workdir /made/for/it -e A=1 -e EMPTY= -e A=two~words -e GANTRY_PARITY --env-file DIR/env -e HOSTNAME=mine", args: "/probe one~word '' more"},
		{name: "entrypoint", flags: "--entrypoint /bin/sh", args: "/probe x"},
		{name: "names", flags: "--hostname front.example.org --domainname example.org"},
		{name: "memory", flags: "--memory 64m --memory-swap 96m --memory-reservation 32m --memory-swappiness 20"},
		{name: "memory alone", flags: "-m 64m"},
		{name: "memory and swap", flags: "-m 64m --memory-swap -1"},
		{name: "cpus", flags: "--cpus 0.5 --cpu-shares 512 --cpuset-cpus 0"},
		{name: "cpu quota", flags: "--cpu-period 50000 --cpu-quota 25000 --cpuset-mems 0"},
		{name: "pids and limits", flags: "--pids-limit 50 --ulimit nofile=64:128 --ulimit core=0 --ulimit nproc=100 --ulimit memlock=65536:65536"},
		{name: "sysctls", flags: "--sysctl net.ipv4.ip_default_ttl=99 --sysctl kernel.shmmni=99 --sysctl fs.mqueue.msg_max=20 --sysctl net.ipv4.ip_unprivileged_port_start=1000"},
		{name: "devices", flags: "--device /dev/full:/dev/mine:r --device /dev/zero:/dev/below/zero --device-cgroup-rule c~42:*~rw --device-cgroup-rule b~7:1~rwm"},
		{name: "shm", flags: "--shm-size 3m"},
		{name: "ipc host", flags: "--ipc host"},
		{name: "ipc private", flags: "--ipc private"},
		{name: "ipc shareable", flags: "--ipc shareable --shm-size 2m"},
		{name: "ipc none", flags: "--ipc none"},
		{name: "pid host", flags: "--pid host"},
		{name: "uts host", flags: "--uts host"},
		{name: "cgroup namespace", flags: "--cgroupns private"},
		{name: "cgroups of the host", flags: "--cgroupns host --userns host"},
		{name: "others", flags: "--ipc container:gantry-parity-other --pid container:gantry-parity-other --network container:gantry-parity-other"},
		{name: "network host", flags: "--network host"},
		{name: "network host, hostname", flags: "--network host --hostname front --add-host db:10.1.2.3"},
		{name: "bridge", flags: "--network bridge"},
		{name: "bridge, names", flags: "--network bridge --hostname front --domainname example.org --add-host db:10.1.2.3 --add-host cache=fd00::1 --dns 10.9.9.9 --dns 10.8.8.8 --dns-search example.org --dns-search example.com --dns-option ndots:2"},
		{name: "names without a network", flags: "--add-host db:10.1.2.3 --dns 10.9.9.9 --dns-search example.org"},
		{name: "init", flags: "--init"},
		{name: "out of memory", flags: "--oom-score-adj 500 -m 64m --oom-kill-disable"},
		{name: "terminal", flags: "-t"},
		{name: "input", flags: "-i"},
		{name: "blkio", flags: "--blkio-weight 300"},
		{name: "words", flags: "--label a=b --stop-signal INT --stop-timeout 3 --log-opt max-size=1m --health-cmd true"},
	}
	for i, s := range sets {
		if !strings.Contains(s.flags, "--network") {
			sets[i].flags = strings.TrimSpace("--network none " + s.flags)
		}
	}
	return sets
}

// words are a set's for a command line.
func (s optionSet) words(image, dir string) []string {
	words := append(strings.Fields(s.flags), image)
	words = append(words, strings.Fields(s.args)...)
	for i, w := range words {
		w = strings.ReplaceAll(strings.ReplaceAll(w, "~", " "), "DIR", dir)
		words[i] = strings.ReplaceAll(w, "''", "")
	}
	return words
}

// prober is what starts containers: gantry, or Docker to record.
type prober interface {
	// image makes the probe's image known and gives its name.
	image(t *testing.T) string
	// other starts the container that others join, and gives its process.
	other(t *testing.T, words []string) int
	// probe runs a container and gives what it prints.
	probe(words []string) (string, error)
}

// askAll has the probe look about under each set, three at a time.
func askAll(t *testing.T, by prober, sets []optionSet) map[string]facts {
	t.Helper()
	dir := t.TempDir()
	for name, body := range map[string]string{"file": "x", "env": "FROM_FILE=a b\nGANTRY_PARITY\n# no\nA=0\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// What a mount is to be shared with must be shared itself.
	if err := errors.Join(unix.Mount(dir, dir, "", unix.MS_BIND, ""), unix.Mount("", dir, "", unix.MS_SHARED, "")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	image := by.image(t)
	pid := by.other(t, []string{"--name", "gantry-parity-other", "--ipc", "shareable", "--shm-size", "1m", "--network", "none", "--hostname", "other", image, "sleep", "600"})
	a := aroundOf(t, pid, dir)
	var (
		mu  sync.Mutex
		all = map[string]facts{}
		wg  sync.WaitGroup
		go3 = make(chan struct{}, 3)
	)
	for _, s := range sets {
		go3 <- struct{}{}
		wg.Go(func() {
			defer func() { <-go3 }()
			out, err := by.probe(s.words(image, dir))
			if err != nil {
				out = err.Error()
			}
			f := factsOf(out, a)
			mu.Lock()
			all[s.name] = f
			mu.Unlock()
		})
	}
	wg.Wait()
	return all
}

// gantrys is gantry as a prober.
type gantrys struct{ *place }

func (g gantrys) image(t *testing.T) string { return g.place.image(real.Probe) }

func (g gantrys) other(t *testing.T, words []string) int { return int(g.get(g.run(words...)).Pid) }

func (g gantrys) probe(words []string) (string, error) {
	req, err := g.tryRequest(append([]string{"--rm"}, words...)...)
	if err != nil {
		return "", err
	}
	var out, errs bytes.Buffer
	streams := &api.Streams{Stdout: &out, Stderr: &errs}
	if req.Config.OpenStdin {
		streams.Stdin = strings.NewReader("")
	}
	_, s, err := g.Run(g.t.Context(), req, api.StartOptions{Attach: streams}, api.Observer{})
	if err != nil {
		return "", err
	}
	if _, err := s.Wait(); err != nil {
		return "", err
	}
	if errs.Len() > 0 {
		return "", fmt.Errorf("the probe: %s", errs.String())
	}
	return out.String(), nil
}

// What a process finds in its container is what it finds under Docker, but for the differences
// that are listed. The list is held too: what is on it and is not so fails.
func TestAContainerIsWhatItIsUnderDocker(t *testing.T) {
	t.Setenv("GANTRY_PARITY", "the caller's") // before the engine looks
	sets := optionSets()
	if *recording {
		recordFacts(t, sets, askAll(t, dockers{}, sets))
		return
	}
	if testing.Short() { // too few to hold the list to
		sets = slices.DeleteFunc(sets, func(s optionSet) bool { return len(s.name)%5 != 0 })
	}
	p := open(t)
	hostFacts, err := p.Facts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := readFacts(t)
	got := askAll(t, gantrys{p}, sets)
	seen, known := map[int]map[string]bool{}, knownDifferences()
	for _, s := range sets {
		if want[s.name] == nil {
			t.Errorf("%s: Docker was never asked", s.name)
			continue
		}
		for _, d := range compare(want[s.name], got[s.name]) {
			if hostFacts.Host.CgroupMode == host.CgroupV2 && v1Only(d.fact) {
				continue
			}
			i := slices.IndexFunc(known, func(k knownDifference) bool { return k.covers(s.name, d) })
			if i < 0 {
				t.Errorf("%s: %s\n\t%s: under Docker %q, here %q", s.name, s.flags, d.fact, d.docker, d.here)
				continue
			}
			if seen[i] == nil {
				seen[i] = map[string]bool{}
			}
			seen[i][s.name] = true
		}
	}
	for i, k := range known {
		if k.unless || testing.Short() {
			continue
		}
		for _, s := range k.in {
			if !seen[i][s] {
				t.Errorf("%s: %s is no different from Docker's any more (%s)", s, k.fact, k.why)
			}
		}
		if len(k.in) == 0 && len(seen[i]) == 0 {
			t.Errorf("%s is no different from Docker's any more (%s)", k.fact, k.why)
		}
	}
}

// difference is a fact that is another one here; "" is none.
type difference struct{ fact, docker, here string }

func compare(docker, here facts) []difference {
	var out []difference
	for k, v := range docker {
		if here[k] != v && !absent(k) {
			out = append(out, difference{k, v, here[k]})
		}
	}
	for k, v := range here {
		if _, ok := docker[k]; !ok && !absent(k) {
			out = append(out, difference{k, "", v})
		}
	}
	slices.SortFunc(out, func(a, b difference) int { return strings.Compare(a.fact, b.fact) })
	return out
}

// absent reports whether a fact is about a file of the kernel's that this host has not got: the
// one where Docker was asked may have had it, or the other way round.
func absent(fact string) bool {
	kind, name, _ := strings.Cut(fact, " ")
	switch kind {
	case "path":
	case "value":
		if !strings.HasPrefix(name, "/") {
			name = filepath.Join("/sys/fs/cgroup", name)
		}
	default:
		return false
	}
	_, err := os.Stat(name)
	return err != nil
}

// v1Only reports whether a fact is about how cgroup v1 shows itself in a container.
func v1Only(fact string) bool {
	return strings.HasPrefix(fact, "mount /sys/fs/cgroup") || strings.HasPrefix(fact, "may use ") || fact == "namespace cgroup"
}
