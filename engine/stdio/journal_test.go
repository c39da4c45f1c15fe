package stdio

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gantry/engine/api"
)

func TestALogInTheJournalIsReadByItsOwnProgram(t *testing.T) {
	dir := t.TempDir()
	script := `#!/bin/sh
echo "$@" > ` + dir + `/args
echo '{"MESSAGE":"hello","PRIORITY":"6","__REALTIME_TIMESTAMP":"1700000000000001"}'
echo '{"MESSAGE":[104,255],"PRIORITY":"3","CONTAINER_PARTIAL_MESSAGE":"true","__REALTIME_TIMESTAMP":"1700000000000002"}'
`
	if err := os.WriteFile(filepath.Join(dir, journalReader), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	var got []api.LogLine
	err := ReadJournal(t.Context(), dir, "abc", api.LogOptions{Tail: 2, Follow: true}, func(l []api.LogLine) error { got = append(got, l...); return nil })
	if err != nil {
		t.Fatal(err)
	}
	want := []api.LogLine{
		{Time: time.UnixMicro(1700000000000001).UTC(), Text: []byte("hello\n")},
		{Time: time.UnixMicro(1700000000000002).UTC(), Stderr: true, Text: []byte("h\xff")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	args, _ := os.ReadFile(filepath.Join(dir, "args"))
	if want := "--output=json --no-pager --quiet CONTAINER_ID_FULL=abc --lines=2\n"; string(args) != want {
		t.Errorf("asked for %s, want %s", args, want)
	}
}
