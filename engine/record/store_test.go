package record

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
	"gantry/engine/path"
)

func example() New {
	return New{
		ID: "id1", Name: "web", Hostname: "web1", Log: LogConfig{Driver: "json-file", Address: "/run/c.sock"},
		Ports:      []api.Port{{HostIP: "0.0.0.0", HostPort: 18080, ContainerPort: 80, Protocol: "tcp"}},
		ResolvConf: []byte("nameserver 1.1.1.1\n"),
		Request: api.CreateRequest{Name: "web", Config: &container.Config{Image: "busybox", Domainname: "lan"},
			HostConfig: &container.HostConfig{ExtraHosts: []string{"db:10.0.0.2"}}},
	}
}

func TestCreateWritesNerdctlsFiles(t *testing.T) {
	root := filepath.Join(t.TempDir(), "1935db59")
	s := Open(root, "default")
	unlock := create(t, s, example())
	defer unlock()
	if !s.busy("id1") {
		t.Error("a container that is being made is not locked")
	}
	hosts := "# <nerdctl>\n" + local + "10.0.0.2\tdb\n# </nerdctl>\n"
	for _, f := range []struct {
		name    string
		mode    fs.FileMode
		content string
	}{
		{"containers/default/id1", fs.ModeDir | 0o700, ""},
		{"containers/default/id1/oplock", fs.ModeDir | 0o700, ""},
		{"containers/default/id1/log-config.json", 0o600, `{"driver":"json-file","address":"/run/c.sock"}`},
		{"containers/default/id1/network-config.json", 0o600, `{"portMappings":[{"HostPort":18080,"ContainerPort":80,"Protocol":"tcp","HostIP":"0.0.0.0"}]}`},
		{"containers/default/id1/hostname", 0o644, "web1\n"},
		{"containers/default/id1/resolv.conf", 0o644, "nameserver 1.1.1.1\n"},
		{"containers/default/id1/id1-json.log", 0o600, ""},
		{"containers/default/id1/gantry-request.json", 0o600, marshal(example().Request)},
		{"etchosts/default/id1/hosts", 0o644, hosts},
		{"etchosts/default/id1/meta.json", 0o600, `{"ID":"id1","Networks":null,"Hostname":"web1","ExtraHosts":{"db":"10.0.0.2"},"Name":"web","Domainname":"lan"}`},
	} {
		st, err := os.Stat(filepath.Join(root, f.name))
		if err != nil {
			t.Error(err)
			continue
		}
		if st.Mode() != f.mode {
			t.Errorf("%s: mode %v, want %v", f.name, st.Mode(), f.mode)
		}
		if !st.IsDir() {
			if b, _ := os.ReadFile(filepath.Join(root, f.name)); string(b) != f.content {
				t.Errorf("%s:\n%s\nwant\n%s", f.name, b, f.content)
			}
		}
	}
	if _, err := s.Create(example()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second one with the same ID: %v", err)
	}
	if got := files(t, root); len(got) != 8 {
		t.Errorf("files: %v", got)
	}
}

func TestRemoveLeavesNothing(t *testing.T) {
	root := t.TempDir()
	s := Open(root, "default")
	unlock := create(t, s, New{ID: "id1"}) // its random name is known only later
	if err := s.AcquireName("steady_bollard", "id1", no); err != nil {
		t.Fatal(err)
	}
	if err := s.AcquireName("other", "id2", no); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove("id1"); err != nil {
		t.Fatal(err)
	}
	unlock()
	if got := files(t, root); !cmp.Equal(got, []string{"names/default/other"}) || fileExists(s.Dir("id1")) {
		t.Errorf("left: %v", got)
	}
	if err := s.Remove("id1"); err != nil {
		t.Errorf("removing it again: %v", err)
	}
}

func TestReadingMakesNothing(t *testing.T) {
	root := filepath.Join(t.TempDir(), "none")
	s := Open(root, "default")
	d := s.State("id1")
	_, err := d.Request()
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("request: %v", err)
	}
	life, err1 := d.Lifecycle()
	ports, err2 := d.Ports()
	log, err3 := d.Log()
	traces, err4 := d.Traces()
	left, err5 := s.Leftovers(no)
	if err := errors.Join(err1, err2, err3, err4, err5, s.RefreshFiles("id1")); err != nil {
		t.Error(err)
	}
	if life != (Lifecycle{}) || ports != nil || log.Driver != "" || traces != nil || d.Error() != "" || len(left.IDs)+len(left.Names) > 0 || s.NameOwner("web") != "" {
		t.Error("nothing says something")
	}
	if fileExists(root) {
		t.Error("reading made a directory")
	}
	if err := s.SetStarted("id1", time.Now()); !errors.Is(err, fs.ErrNotExist) || fileExists(root) {
		t.Errorf("writing to a container without records: %v", err)
	}
}

func TestStateDirRemembers(t *testing.T) {
	s := Open(t.TempDir(), "default")
	create(t, s, example())
	d := s.State("id1")
	at := time.Date(2026, 11, 23, 12, 13, 29, 904685603, time.FixedZone("", 3600))
	if err := s.SetStarted("id1", at); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(d.file(lifecycleFile)); string(b) != `{"started_at":"2026-11-23T11:13:29.904685603Z","create_error":false}` {
		t.Errorf("lifecycle.json: %s", b)
	}
	if l, err := d.Lifecycle(); err != nil || !l.StartedAt.Equal(at) {
		t.Errorf("%v, %v", l, err)
	}
	if req, err := d.Request(); err != nil || !cmp.Equal(marshal(req), marshal(example().Request)) {
		t.Errorf("request %v, %v", req, err)
	}
	if p, err := d.Ports(); err != nil || !cmp.Equal(p, example().Ports) {
		t.Errorf("ports %v, %v", p, err)
	}
	if err := d.SetError(strings.Repeat("é", maxError)); err != nil || len(d.Error()) != maxError {
		t.Errorf("a long error: %v, %d bytes", err, len(d.Error()))
	}
	if err := errors.Join(d.SetError(""), d.SetError("")); err != nil || d.Error() != "" {
		t.Errorf("after forgetting: %q, %v", d.Error(), err)
	}
}

func TestBrokenFilesAreMovedAside(t *testing.T) {
	s := Open(t.TempDir(), "default")
	create(t, s, example())
	d := s.State("id1")
	for _, name := range []string{lifecycleFile, networkFile, tracesFile, requestFile} {
		if err := os.WriteFile(d.file(name), []byte(`{"started_at":"20`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err1 := d.Lifecycle()
	_, err2 := d.Ports()
	_, err3 := d.Traces()
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Error(err)
	}
	if _, err := d.Request(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a broken request: %v", err)
	}
	if !fileExists(d.file(lifecycleFile+".broken")) || fileExists(d.file(lifecycleFile)) {
		t.Error("the broken file is still in the way")
	}
	if err := errors.Join(s.SetStarted("id1", time.Now()), d.SetPorts(nil), s.AddTrace("id1", path.Trace{ID: "1"})); err != nil {
		t.Errorf("writing anew: %v", err)
	}
}

func TestTracesAreFewAndSmall(t *testing.T) {
	s := Open(t.TempDir(), "default")
	create(t, s, New{ID: "id1"})
	for _, id := range []string{"1", "2", "3", "4", "5", "6", "6"} {
		if err := s.AddTrace("id1", path.Trace{ID: id, Operation: "start"}); err != nil {
			t.Fatal(err)
		}
	}
	ids := func() string {
		ts, err := s.State("id1").Traces()
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, tr := range ts {
			b.WriteString(tr.ID)
		}
		return b.String()
	}
	if got := ids(); got != "65432" {
		t.Errorf("kept %s, want the last five, newest first", got)
	}
	big := path.Trace{Error: strings.Repeat("x", 1<<20)}
	for range 20 {
		big.Steps = append(big.Steps, path.Step{Detail: strings.Repeat("x", 1<<20)})
	}
	for _, id := range []string{"a", "b", "c"} {
		big.ID = id
		if err := s.AddTrace("id1", big); err != nil {
			t.Fatal(err)
		}
	}
	st, err := os.Stat(s.State("id1").file(tracesFile))
	if err != nil || st.Size() > maxTraceBytes || ids() != "c" {
		t.Errorf("%d bytes, %s, %v", st.Size(), ids(), err)
	}
	if big.Steps[0].Detail == "" || len(big.Steps[0].Detail) != 1<<20 {
		t.Error("the caller's trace was cut")
	}
}

func TestLeftovers(t *testing.T) {
	s := Open(t.TempDir(), "default")
	create(t, s, New{ID: "dead"})()
	create(t, s, New{ID: "alive"})()
	create(t, s, New{ID: "making"})
	mkdir(t, s.Dir("nerdctls"))
	mkdir(t, s.Dir(newPrefix+"fresh"))
	mkdir(t, s.Dir(newPrefix+"old"))
	age(t, s.Dir(newPrefix+"old"))
	mkdir(t, filepath.Join(s.Dir(newPrefix+"killed"), opLock))
	mkdir(t, s.Dir(gonePrefix+"half"))
	for name, id := range map[string]string{"n-dead": "dead", "n-alive": "alive", "n-making": "making", "n-nerdctl": "nerdctls", "n-old": "nobody", "n-new": "nobody", "n-foreign": "running"} {
		reserve(name, id)(t, s)
	}
	age(t, s.nameFile("n-old"))
	age(t, s.nameFile("n-foreign"))
	got, err := s.Leftovers(func(id string) bool { return id == "alive" || id == "running" })
	if err != nil {
		t.Fatal(err)
	}
	want := Leftovers{
		IDs:   []string{"dead"},
		Names: map[string]string{"n-dead": "dead", "n-old": "nobody"},
		Dirs:  []string{s.Dir(gonePrefix + "half"), s.Dir(newPrefix + "killed"), s.Dir(newPrefix + "old")},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// files lists the regular files below a directory.
func files(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			rel, _ := filepath.Rel(root, p)
			out = append(out, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
