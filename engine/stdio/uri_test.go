package stdio

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/stdio/wire"
)

func TestAShimReadsFromTheURIWhatWasPutIn(t *testing.T) {
	for _, dir := range []string{
		"/var/lib/nerdctl/1935db59/containers/default/0123456789abcdef",
		"/data & more/50%/a+b=c?d#e/ü",
	} {
		helper := dir + "/bin/gantry-helper"
		u, err := url.Parse(LogURI(helper, dir))
		if err != nil {
			t.Fatal(err)
		}
		if u.Scheme != "binary" || u.Path != helper || u.Host != "" {
			t.Errorf("%s: %+v", dir, u)
		}
		q := u.Query()
		if len(q) != 1 || q.Get("_GANTRY_LOGGER_1") != dir {
			t.Errorf("%s: %v", dir, q)
		}
	}
}

func TestTheStdinOfAContainer(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenStdin(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without one: %v", err)
	}
	for range 2 { // a restart finds it there
		path, err := MakeStdin(dir)
		if err != nil {
			t.Fatal(err)
		}
		if st, err := os.Stat(path); err != nil || st.Mode() != fs.ModeNamedPipe|0o600 {
			t.Errorf("%v, %v", st.Mode(), err)
		}
	}
	if _, err := OpenStdin(dir); !errors.Is(err, unix.ENXIO) {
		t.Errorf("nobody reads: %v", err)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, wire.StdinFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := MakeStdin(other); err == nil {
		t.Error("a plain file was taken for a FIFO")
	}
}

func TestTheLastExitIsOneOrTheOther(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadLastExit(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	at := time.Date(2026, 11, 23, 12, 0, 0, 1, time.UTC)
	for code := range 3 {
		want := LastExit{Code: code, At: at, Pid: 7, OOM: code == 2}
		if err := wire.WriteLastExit(dir, want); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadLastExit(dir); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("left behind: %v", files)
	}
	if err := os.WriteFile(filepath.Join(dir, wire.LastExitFile), []byte(`{"code":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadLastExit(dir); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a damaged record: %v", err)
	}
}
