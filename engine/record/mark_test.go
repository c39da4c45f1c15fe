package record

import (
	"os"
	"path/filepath"
	"testing"
)

func TestOthersSeeWhoHasAContainerAndWhoEndsIt(t *testing.T) {
	dir := t.TempDir()
	d := StateDir(dir)
	if done := d.Mark(); d.Marker() != 0 { // nothing of gantry's is there to be marked
		t.Errorf("marked by %d", d.Marker())
		done()
	}
	if err := os.WriteFile(filepath.Join(dir, requestFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	unlock, err := LockStateDir(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	first, second := d.Mark(), d.Mark() // two may end it at once
	if d.Locker() != os.Getpid() || d.Marker() != os.Getpid() {
		t.Errorf("locked by %d, marked by %d; this is %d", d.Locker(), d.Marker(), os.Getpid())
	}
	first()
	if d.Marker() != os.Getpid() {
		t.Error("the second is not seen any more")
	}
	second()
	unlock()
	if d.Locker() != 0 || d.Marker() != 0 {
		t.Errorf("still locked by %d, marked by %d", d.Locker(), d.Marker())
	}
}
