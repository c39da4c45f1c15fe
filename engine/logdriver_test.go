package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gantry/engine/api"
)

// TestLogsGoWhereTheirDriverSays reads a log that is rotated while it is written, with
// attributes, and asks for one that is kept nowhere.
func TestLogsGoWhereTheirDriverSays(t *testing.T) {
	p := open(t)
	// Some 130 bytes of log a line: 13 MB, in files of a megabyte.
	id := p.run("--log-opt", "max-size=1m", "--log-opt", "max-file=20", "--log-opt", "labels=tier,none", "--log-opt", "env=COLOUR",
		"--log-opt", "tag={{.Name}}/{{.ImageName}}", "--name", "chatty", "-l", "tier=front", "-e", "COLOUR=red",
		"busybox", "seq", "1", strconv.Itoa(manyLines))
	read := func(opt api.LogOptions) (c counting) {
		if err := p.Logs(soon(t), id, opt, func(lines []api.LogLine) error {
			for _, l := range lines {
				c.Write(l.Text)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return c
	}
	followed := read(api.LogOptions{Follow: true, Tail: -1})
	followed.check(t, "followed over its rotations")
	whole := read(api.LogOptions{Tail: -1})
	whole.check(t, "read afterwards")

	r, err := p.Inspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(r.LogPath + "*")
	if len(files) < 5 {
		t.Errorf("it was not rotated: %q", files)
	}
	for _, f := range files {
		if st, err := os.Stat(f); err != nil || st.Size() > 1_100_000 {
			t.Errorf("%s: %v, %v", f, st.Size(), err)
		}
	}
	log, _ := os.ReadFile(r.LogPath)
	if want := `"stream":"stdout","attrs":{"COLOUR":"red","tag":"chatty/` + strings.TrimSuffix(r.Config.Image, ":latest"); !strings.Contains(string(log), want) {
		t.Errorf("no %s in %.200q", want, log)
	}
	conf, _ := os.ReadFile(filepath.Join(filepath.Dir(r.LogPath), "log-config.json"))
	if want := `{"driver":"json-file","opts":{"env":"COLOUR","labels":"tier,none","max-file":"20","max-size":"1m","tag":"{{.Name}}/{{.ImageName}}"},"address":`; !strings.HasPrefix(string(conf), want) {
		t.Errorf("log-config.json is %s", conf)
	}

	o, err := p.attached("--log-driver", "none", "busybox", "echo", "unwritten")
	if err != nil || o.out != "unwritten\n" {
		t.Fatalf("attached without a log: %q, %v", o.out, err)
	}
	err = p.Logs(t.Context(), o.id, api.LogOptions{}, nil)
	if e := as[*api.UnsupportedError](t, err); !strings.Contains(e.Reason, "none, which keeps nothing") {
		t.Errorf("%v", err)
	}
	if r, err := p.Inspect(t.Context(), o.id); err != nil || r.LogPath != "" || r.HostConfig.LogConfig.Type != "none" {
		t.Errorf("%+v, %v", r, err)
	}

	_, err = p.Create(t.Context(), p.request("--log-opt", "tag={{.Nonsense}}", "--name", "wrong", "busybox"), api.Observer{})
	if e := as[api.FieldErrors](t, err); len(e) != 1 || e[0].Field != "log-opt" {
		t.Errorf("a tag that cannot be made: %v", err)
	}
	var none *api.NotFoundError
	if _, err := p.Find(t.Context(), "wrong"); !errors.As(err, &none) {
		t.Errorf("it is there all the same: %v", err)
	}
}
