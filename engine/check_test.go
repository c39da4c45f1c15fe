package engine_test

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gantry/engine/api"
)

// What a create would meet is told at its field, by name, before anything is made.
func TestTheWorldIsAskedBeforeACreate(t *testing.T) {
	p := open(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, taken, _ := net.SplitHostPort(l.Addr().String())
	dir := filepath.Join(t.TempDir(), "not", "there")
	volumes := p.volumes()

	// Before the first container there is no default network: asking does not make it.
	ask := func(words ...string) api.Checked {
		t.Helper()
		got, err := p.Check(t.Context(), p.request(words...))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	networks, err := p.Networks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask("-p", "127.0.0.1:"+taken+":80", "busybox")
	if after, err := p.Networks(t.Context()); err != nil || len(after) != len(networks) {
		t.Errorf("asking made a network: %v, %v", after, err)
	}

	id := p.run("--name", "busy", "-p", "18081:80", "busybox", "sleep", "100")
	defer p.remove(id)
	p.follow().state(id, api.StateRunning) // the list is what is asked
	got := ask("--name", "busy", "-p", "127.0.0.1:"+taken+":80", "-p", "18081:81", "-p", "18082:82",
		"-v", dir+":/data", "-v", "fresh:/fresh", "--mount", "type=bind,source="+dir+",target=/strict", "busybox")
	said := map[string]string{}
	for _, e := range append(got.Problems, got.Notes...) {
		said[e.Field] += e.Reason + "\n"
	}
	for field, want := range map[string][]string{
		"name":    {"in use by busy (" + api.ShortID(id) + "), running"},
		"publish": {"port 18081/tcp of this host is in use by the container busy", "port " + taken + "/tcp of this host is in use by ", "(process " + strconv.Itoa(os.Getpid()) + ")"},
		"mount":   {"the source " + dir + " does not exist"},
	} {
		for _, w := range want {
			if !strings.Contains(said[field], w) {
				t.Errorf("%s: %q lacks %q", field, said[field], w)
			}
		}
	}
	found := ask("-v", dir+":/data", "-v", "fresh:/fresh", "busybox")
	notes := found.Notes
	if len(notes) != 2 || !slices.Equal(found.Dirs, []string{dir}) || !strings.Contains(notes.Error(), dir+" is not there on this host: an empty directory will be made") || !strings.Contains(notes.Error(), "no volume fresh yet") {
		t.Errorf("notes: %v", notes)
	}
	if _, err := os.Stat(dir); err == nil || len(p.volumes()) != len(volumes) {
		t.Error("asking made something")
	}
	if none := ask("busybox"); len(none.Problems)+len(none.Notes) > 0 {
		t.Errorf("nothing is in the way: %+v", none)
	}
}
