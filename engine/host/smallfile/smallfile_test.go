package smallfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that is mounted into a container keeps its inode, and nothing of its old content is
// behind the new.
func TestAFileIsWrittenOverInPlace(t *testing.T) {
	name := filepath.Join(t.TempDir(), "hosts")
	var first os.FileInfo
	for _, content := range []string{"one\ntwo\n", strings.Repeat("a longer one\n", 1000), "x", ""} {
		if err := Write(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := Read(name)
		if err != nil || string(got) != content {
			t.Errorf("%d bytes, not %d: %v", len(got), len(content), err)
		}
		st, err := os.Stat(name)
		if err != nil || st.Mode().Perm() != 0o644 {
			t.Errorf("%v, %v", st.Mode(), err)
		}
		if first == nil {
			first = st
		}
		if !os.SameFile(first, st) {
			t.Error("it is another file")
		}
	}
	if _, err := Read(name + ".not"); !os.IsNotExist(err) {
		t.Errorf("%v", err)
	}
}
