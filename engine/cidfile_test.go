package engine_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"gantry/engine/api"
)

func TestAnIDFileIsThereOnlyWithItsContainer(t *testing.T) {
	p := open(t)
	file := filepath.Join(t.TempDir(), "cid")
	id := p.create("--cidfile", file, "--name", "filed", "busybox", "true")
	if b, err := os.ReadFile(file); err != nil || string(b) != id {
		t.Errorf("it says %q (%v), not %s", b, err, id)
	}
	_, err := p.Create(t.Context(), p.request("--cidfile", file, "busybox", "true"), api.Observer{})
	if e := as[api.FieldErrors](t, err); e[0].Error() != "--cidfile: container ID file found (make sure the other container isn't running or delete "+file+")" {
		t.Errorf("a second time: %v", err)
	}
	other := file + ".2"
	_, err = p.Create(t.Context(), p.request("--cidfile", other, "--name", "filed", "busybox", "true"), api.Observer{})
	as[*api.NameInUseError](t, err)
	if _, err := os.Stat(other); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it stayed without its container: %v", err)
	}
}
