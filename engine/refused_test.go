package engine_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/option"
)

// What cannot be had is refused by its field, with who has it, before anything is changed: by
// create where it can be known then, by the start after it where it comes later.
func TestWhatCannotBeHadIsRefusedByItsField(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	for name, subnet := range map[string]string{"tight": "10.96.0.0/30", "roomy": "10.96.1.0/24"} {
		if _, err := p.CreateNetwork(t.Context(), api.NetworkCreate{Name: name, Subnets: []string{subnet}}); err != nil {
			t.Fatal(err)
		}
	}
	has := p.run("--name", "has", "--network", "tight", "--network", "name=roomy,ip=10.96.1.40", "-p", "18080:80", "busybox", "sleep", "600")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	host := t.TempDir()
	missing, file := filepath.Join(host, "missing"), filepath.Join(host, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	noSource := "--mount: the source " + missing + " does not exist on this host (make it first, or add bind-create-src)"
	byPort := "--publish: port 18080/tcp of this host is in use by the container has (publish it on another port)"
	byAddress := "--ip: the address is in use by has (choose another one, or none to have one chosen)"
	for _, c := range []struct {
		name   string
		words  []string
		want   string
		starts bool // a create knows nothing of it, and the start does
	}{
		{"a port of a container", []string{"-p", "18080:80"}, byPort, true},
		{"a port of a process", []string{"-p", port + ":80"},
			fmt.Sprintf("--publish: port %s/tcp of this host is in use by %s (process %d) (publish it on another port)", port, filepath.Base(os.Args[0]), os.Getpid()), true},
		{"an address of another", []string{"--network", "roomy", "--ip", "10.96.1.40"}, byAddress, true},
		{"a full subnet", []string{"--network", "tight"}, "--network: no address is free in 10.96.0.0/30 (remove containers that are on it, or make a larger network)", true},
		{"a network that is not there", []string{"--network", "nowhere"}, "--network: there is no such network (make it with gantry network create nowhere)", false},
		{"a source that is not there", []string{"--mount", "type=bind,src=" + missing + ",dst=/x"}, noSource, false},
		{"a source in a file", []string{"-v", "/proc/version/x:/x"}, "--volume: the source /proc/version/x cannot be used: not a directory", false},
		{"a target that is relative", []string{"-v", host + ":x/y"}, "--volume: has a target that is not an absolute path (write it like data:/target, /path:/target or /path:/target:ro)", false},
		{"a volume over a file", []string{"-v", "data:/etc/passwd"}, "--volume: is a file in the image, and a volume is a directory (choose another target)", false},
		{"a file over a directory", []string{"-v", file + ":/etc"}, "--volume: is a directory in the image, and " + file + " is a file (choose another target)", false},
		{"a directory over a file", []string{"-v", host + ":/etc/passwd"}, "--volume: is a file in the image, and " + host + " is a directory (choose another target)", false},
		{"a target that is given twice", []string{"-v", "one:/x", "-v", "two:/x"}, "--volume: /x has something mounted already: one:/x (choose another target)", false},
		{"a folder that a volume has not", []string{"--mount", "source=data,target=/x,volume-subpath=no/such"}, "--mount: the volume data has no no/such (make it in the volume first)", false},
		{"volumes from nobody", []string{"--volumes-from", "nobody", "--mount", "type=bind,src=" + missing + ",dst=/x"}, "--volumes-from: there is no container nobody; " + noSource, false},
		{"all of it at once", []string{"--mount", "type=bind,src=" + missing + ",dst=/x", "-p", "18080:80", "--network", "roomy", "--ip", "10.96.1.40"},
			noSource + "; " + byPort + "; " + byAddress, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &place{p.Engine, p.env, t}
			before := real.Count(t, p.env)
			_, err := p.wanted(append(c.words, "busybox", "sleep", "600")...)
			refused(t, err, c.want)
			p.unchanged(before)
			if !c.starts {
				return
			}
			id := p.create(append(c.words, "busybox", "sleep", "600")...)
			before = real.Count(t, p.env)
			_, err = p.Start(t.Context(), id, api.StartOptions{}, api.Observer{})
			refused(t, err, c.want)
			if got := p.get(id); got.State != api.StateCreated || got.Error == "" {
				t.Errorf("after the start that was refused: %+v", got)
			}
			p.unchanged(before)
			p.remove(id)
		})
	}
	p.remove(has)
	for _, name := range []string{"tight", "roomy"} {
		if err := p.RemoveNetwork(t.Context(), name); err != nil {
			t.Error(err)
		}
	}
}

// wanted runs a container by a docker run line that may be refused anywhere.
func (p *place) wanted(words ...string) (string, error) {
	p.t.Helper()
	words = slices.Clone(words)
	words[slices.Index(words, "busybox")] = p.image(real.Busybox)
	d, err := option.FromArgs(words)
	if err != nil {
		p.t.Fatal(err)
	}
	facts, err := p.Facts(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	parsed := d.Parse(facts)
	if err := parsed.Err(); err != nil {
		return "", err
	}
	made, _, err := p.Run(p.t.Context(), parsed.Request, api.StartOptions{}, api.Observer{})
	return made.ID, err
}

// refused looks that an error is of fields and says a text.
func refused(t *testing.T, err error, want string) {
	t.Helper()
	if fields := as[api.FieldErrors](t, err); fields.Error() != want {
		t.Errorf("\n got %s\nwant %s", fields, want)
	}
}

// unchanged is a namespace that has all that it had, and nothing else.
func (p *place) unchanged(before real.Census) {
	p.t.Helper()
	real.Leftovers(p.t, p.env, before)
	for _, line := range before.Diff(real.Count(p.t, p.env)) {
		p.t.Errorf("is gone: %s", line)
	}
}

// Of two who want one name at the same moment one has it, and the other is told who.
func TestANameTakenAtTheSameMoment(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	before := real.Count(t, p.env)
	atOnce := func(do func(i int) error) (errs []error) {
		errs = make([]error, 2)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { errs[i] = do(i) })
		}
		all.Wait()
		return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	}
	for range 5 {
		var ids [2]string
		reqs := []api.CreateRequest{p.request("--name", "one", "busybox"), p.request("--name", "one", "busybox")}
		failed := atOnce(func(i int) error {
			made, err := p.Create(t.Context(), reqs[i], api.Observer{})
			ids[i] = made.ID
			return err
		})
		won := ids[0] + ids[1]
		var taken *api.NameInUseError
		if len(failed) != 1 || !errors.As(failed[0], &taken) || taken.Name != "one" || taken.ID != won || len(won) != 64 {
			t.Fatalf("%v, and %q was made", failed, ids)
		}
		p.remove(won)

		failed = atOnce(func(i int) error {
			_, err := p.CreateNetwork(t.Context(), api.NetworkCreate{Name: "one", Subnets: []string{fmt.Sprintf("10.97.%d.0/24", i)}})
			return err
		})
		if len(failed) != 1 || !strings.Contains(failed[0].Error(), "there is a network of this name") || as[api.FieldErrors](t, failed[0])[0].Field != "args" {
			t.Fatalf("%v", failed)
		}
		if n := len(real.Count(t, p.env)["network"]); n != 1 {
			t.Errorf("%d networks", n)
		}
		if err := p.RemoveNetwork(t.Context(), "one"); err != nil {
			t.Error(err)
		}
	}
	real.Leftovers(t, p.env, before) // what earlier tests left may still go
}
