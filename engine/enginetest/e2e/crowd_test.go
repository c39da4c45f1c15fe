package e2e

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gantry/engine/enginetest/real"
)

// crowd fills the namespace with containers until there are n, of which some run. Those
// that do not are copies of a real one, record and state dir, so that a thousand do not
// take minutes.
func (g *gantry) crowd(n, running int) {
	g.t.Helper()
	for i := range running {
		g.run("run", "-d", "--name", fmt.Sprintf("running-%04d", i), g.image(real.Endless)).want(g.t, 0)
	}
	if n -= running; n <= 0 {
		return
	}
	first := strings.TrimSpace(g.run("create", "--name", "made-0000", g.image(real.Busybox), "sh", "-c", "echo hello").want(g.t, 0).out)
	rec, err := g.client.ContainerService().Get(g.ctx(), first)
	if err != nil {
		g.t.Fatal(err)
	}
	var copies []string
	g.t.Cleanup(func() { g.dismiss(copies) })
	dir := filepath.Dir(g.stateDir(first))
	for i := 1; i < n; i++ {
		c, id := rec, newID()
		c.ID, c.SnapshotKey, c.Labels = id, "", map[string]string{}
		for k, v := range rec.Labels {
			c.Labels[k] = strings.ReplaceAll(v, first, id)
		}
		c.Labels["nerdctl/name"] = fmt.Sprintf("made-%04d", i)
		if _, err := g.client.ContainerService().Create(g.ctx(), c); err != nil {
			g.t.Fatal(err)
		}
		copies = append(copies, id)
		if err := os.CopyFS(filepath.Join(dir, id), os.DirFS(filepath.Join(dir, first))); err != nil {
			g.t.Fatal(err)
		}
	}
}

// stateDir is where gantry keeps what it remembers of a container.
func (g *gantry) stateDir(id string) string {
	return filepath.Join(g.endpoint.RecordStore, "containers", g.ns, id)
}

// dismiss removes copies, which have neither task nor snapshot.
func (g *gantry) dismiss(ids []string) {
	var errs []error
	for _, id := range ids {
		errs = append(errs, g.client.ContainerService().Delete(g.late(), id), os.RemoveAll(g.stateDir(id)))
	}
	if err := errors.Join(errs...); err != nil {
		g.t.Errorf("remove the copies: %v", err)
	}
}

func newID() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// A crowd is what the benchmarks measure on: all of it must be in the list.
func TestACrowdIsListedWhole(t *testing.T) {
	g := install(t)
	g.crowd(40, 2)
	if rows := g.ps("-a"); len(rows) != 40 {
		t.Errorf("ps lists %d", len(rows))
	}
	m := g.open(120, 36)
	m.line("▐Containers▌", " 40 ╮")
	g.leave(m)
}
