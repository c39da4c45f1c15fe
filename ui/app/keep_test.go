package app_test

import (
	"os"
	"path/filepath"
	"testing"

	"gantry/ui/uitest"
)

func TestAContainerIsCommittedAndExported(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			db := w.id("db")
			w.Press("x").Want("commit", "export")
			w.read().Press("esc")
			w.calm().Press("C").Want("Make an image of db", "It is paused meanwhile")
			w.read().Type("Bad Name")
			w.Press("ctrl+s").Want("Make an image of db") // it says what is wrong and stays
			if e.Called("Commit " + db + " Bad Name") {
				t.Error("a bad name was taken")
			}
			w.Press("ctrl+u").Type("mine/db:1")
			w.Press("ctrl+s")
			w.calm()
			if !e.Called("Commit " + db + " mine/db:1") {
				t.Errorf("calls: %v\n%s", e.Calls(), w.Screen())
			}
			w.Want("db is the image mine/db:1 now")

			file := filepath.Join(t.TempDir(), "db.tar")
			w.Press("W").Want("Write the files of db", "db.tar")
			w.read().Press("ctrl+u").Type(file)
			w.Press("ctrl+s")
			w.calm()
			if b, err := os.ReadFile(file); string(b) != "files of db" || err != nil {
				t.Errorf("%q, %v\n%s", b, err, w.Screen())
			}
			w.Press("W")
			w.read().Press("ctrl+u").Type(file)
			w.Press("ctrl+s").Want("is there already")
		})
	})
}
