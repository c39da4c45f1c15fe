package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/containerd/containerd/v2/core/mount"

	"gantry/engine/enginetest/real"
)

// dockers is the daemon at DOCKER_HOST as a prober, by the command line.
type dockers struct{}

func docker(words ...string) (string, error) {
	var out, errs bytes.Buffer
	cmd := exec.Command("docker", words...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil || errs.Len() > 0 && !strings.HasPrefix(errs.String(), "WARNING") {
		return "", fmt.Errorf("docker %q: %v: %s", words, err, errs.String())
	}
	return out.String(), nil
}

// image hands the daemon the files of the image as gantry unpacks them: the registry of the tests
// is where the daemon cannot reach.
func (dockers) image(t *testing.T) string {
	p := open(t)
	id := p.create(p.image(real.Probe))
	ctx := p.env.Context(t)
	mounts, err := p.env.Client.SnapshotService(p.env.Caps.Snapshotter).Mounts(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	const name = "gantry-parity-probe"
	err = mount.WithTempMount(context.WithoutCancel(ctx), mounts, func(root string) error {
		pack := exec.Command("sh", "-c", `tar -C "$0" -c . | docker import -c 'CMD ["/probe"]' -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' - `+name, root)
		out, err := pack.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, words := range [][]string{{"rm", "-fv", "gantry-parity-other"}, {"volume", "rm", "gantry-parity"}, {"rmi", name}} {
			if _, err := docker(words...); err != nil {
				t.Error(err)
			}
		}
	})
	return name
}

func (dockers) other(t *testing.T, words []string) int {
	if _, err := docker(append([]string{"run", "-d"}, words...)...); err != nil {
		t.Fatal(err)
	}
	out, err := docker("inspect", "-f", "{{.State.Pid}}", "gantry-parity-other")
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(out))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func (dockers) probe(words []string) (string, error) {
	return docker(append([]string{"run", "--rm"}, words...)...)
}

// recordFacts writes all facts of the plain set, and of the others how they differ from those.
func recordFacts(t *testing.T, sets []optionSet, all map[string]facts) {
	var out strings.Builder
	version, err := docker("version", "-f", "{{.Server.Version}}")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&out, "# Docker %s, by go test ./engine -run Docker -record. After the first set each has how it\n# differs from that: + is so there, - is not there at all.\n", strings.TrimSpace(version))
	plain := all[sets[0].name]
	for i, s := range sets {
		if why, failed := all[s.name]["probe"]; failed {
			t.Errorf("%s: %s", s.name, why)
		}
		fmt.Fprintf(&out, "\n[%s] %s\n", s.name, strings.TrimSpace(s.flags+" "+s.args))
		f, base := all[s.name], plain
		if i == 0 {
			base = nil
		}
		keys := slices.Sorted(maps.Keys(f))
		for _, k := range slices.Sorted(maps.Keys(base)) {
			if _, ok := f[k]; !ok {
				fmt.Fprintf(&out, "- %s\n", k)
			}
		}
		for _, k := range keys {
			if v, ok := base[k]; !ok || v != f[k] {
				fmt.Fprintf(&out, "+ %s = %s\n", k, f[k])
			}
		}
	}
	if err := os.WriteFile(dockersFacts, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// readFacts reads them again.
func readFacts(t *testing.T) map[string]facts {
	t.Helper()
	body, err := os.ReadFile(dockersFacts)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]facts{}
	var plain, f facts
	for l := range strings.Lines(string(body)) {
		l = strings.TrimSuffix(l, "\n")
		switch {
		case strings.HasPrefix(l, "["):
			name, _, _ := strings.Cut(l[1:], "]")
			if f = maps.Clone(plain); f == nil {
				f = facts{}
				plain = f
			}
			all[name] = f
		case strings.HasPrefix(l, "+ "):
			k, v, _ := strings.Cut(l[2:], " = ")
			f[k] = v
		case strings.HasPrefix(l, "- "):
			delete(f, l[2:])
		}
	}
	return all
}
