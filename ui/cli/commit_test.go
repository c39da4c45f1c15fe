package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gantry/engine/api"
)

func TestCommitDiffAndExportSpeakAsDocker(t *testing.T) {
	d := sit(t)
	id := d.Add(api.Container{Name: "web", State: api.StateRunning})
	got := d.gantry("commit", "-a", "me", "-m", "why", "-c", "CMD a", "--change", "USER b", "--pause=false", "web", "mine:1")
	if got.code != 0 || !strings.HasPrefix(got.out, "sha256:") || strings.Count(got.out, "\n") != 1 || !d.Called("Commit "+id+" mine:1") {
		t.Errorf("%+v", got)
	}
	if got := d.gantry("commit", "web"); got.code != 1 || !strings.Contains(got.err, "a name for the image is needed") {
		t.Errorf("%+v", got)
	}
	if got := d.gantry("diff", "web"); got.code != 0 || got.out != "C /etc\nA /etc/app.conf\nD /tmp/x\n" {
		t.Errorf("%+v", got)
	}
	if got := d.gantry("export", "web"); got.code != 0 || got.out != "files of web" {
		t.Errorf("%+v", got)
	}
	file := filepath.Join(t.TempDir(), "web.tar")
	if got := d.gantry("export", "-o", file, "web"); got.code != 0 || got.out != "" {
		t.Errorf("%+v", got)
	}
	if b, err := os.ReadFile(file); string(b) != "files of web" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	// What fails leaves a file as it was, and nothing beside it.
	if got := d.gantry("export", "-o", file, "none"); got.code != 1 {
		t.Errorf("%+v", got)
	}
	if left, err := os.ReadDir(filepath.Dir(file)); len(left) != 1 || err != nil {
		t.Errorf("%v, %v", left, err)
	}
}
