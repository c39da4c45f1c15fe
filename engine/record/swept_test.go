package record

import (
	"os"
	"testing"
	"time"
)

func TestASweepIsDueByTimeAndByWhatTheKilledHold(t *testing.T) {
	s := Open(t.TempDir(), "default")
	due := func(want bool, why string) {
		t.Helper()
		if got := s.SweepDue(time.Hour); got != want {
			t.Errorf("%s: due is %v", why, got)
		}
	}
	due(true, "nobody has ever looked")
	if err := s.Swept(); err != nil {
		t.Fatal(err)
	}
	due(false, "just now")
	claim, err := s.Claim()
	if err != nil {
		t.Fatal(err)
	}
	due(false, "somebody is at work")
	if err := claim.Release(false); err != nil { // as the kernel does for the killed
		t.Fatal(err)
	}
	due(true, "somebody was killed")
	if err := os.Remove(claim.path); err != nil {
		t.Fatal(err)
	}
	due(false, "that is put right")
	old := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(s.sweptFile(), old, old); err != nil {
		t.Fatal(err)
	}
	due(true, "long ago")
}
