package record

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
)

func TestAClaimIsSweptWhenItsMakerIsGone(t *testing.T) {
	root := t.TempDir()
	s := Open(root, "default")
	swept := func() (ids []string) {
		t.Helper()
		if err := s.SweepClaims(t.Context(), func(_ context.Context, id string) error { ids = append(ids, id); return nil }); err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if ids := swept(); ids != nil {
		t.Errorf("swept %q of nothing", ids)
	}
	mine, err := s.Claim()
	if err != nil {
		t.Fatal(err)
	}
	out, stop := child(t, "claim", root)
	if !out.Scan() {
		t.Fatal("no word from the other process")
	}
	if ids := swept(); ids != nil {
		t.Errorf("swept %q of those at work", ids)
	}
	stop() // killed
	if ids := swept(); !slices.Equal(ids, []string{out.Text()}) {
		t.Errorf("swept %q, not %q", ids, out.Text())
	}
	if ids := swept(); ids != nil {
		t.Errorf("swept %q twice", ids)
	}
	if err := mine.Release(false); err != nil {
		t.Fatal(err)
	}
	busy := errors.New("containerd is away")
	if err := s.SweepClaims(t.Context(), func(context.Context, string) error { return busy }); !errors.Is(err, busy) {
		t.Errorf("%v", err)
	}
	if ids := swept(); !slices.Equal(ids, []string{mine.ID}) {
		t.Errorf("what could not be dropped is forgotten: %q", ids)
	}
	done, err := s.Claim()
	if err != nil {
		t.Fatal(err)
	}
	if err := done.Release(true); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(s.claimsDir()); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestWhatIsDoomedIsALeftoverThoughItExists(t *testing.T) {
	s := Open(t.TempDir(), "default")
	unlock, err := s.Create(New{ID: "id1", Name: "web"})
	if err != nil {
		t.Fatal(err)
	}
	exists := func(string) bool { return true }
	if err := s.State("id1").Doom(); err != nil {
		t.Fatal(err)
	}
	if l, err := s.Leftovers(exists); err != nil || len(l.IDs) != 0 {
		t.Errorf("while it is worked on: %+v, %v", l, err)
	}
	unlock()
	if l, err := s.Leftovers(exists); err != nil || !slices.Equal(l.IDs, []string{"id1"}) {
		t.Errorf("%+v, %v", l, err)
	}
	if err := s.State("id1").Spare(); err != nil {
		t.Fatal(err)
	}
	if l, err := s.Leftovers(exists); err != nil || len(l.IDs) != 0 {
		t.Errorf("spared: %+v, %v", l, err)
	}
}

func TestWhatIsWrittenLateMakesNoStateDirAnew(t *testing.T) {
	s := Open(t.TempDir(), "default")
	unlock, err := s.Create(New{ID: "id1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Remove("id1"); err != nil {
		t.Fatal(err)
	}
	unlock()
	if err := s.State("id1").SetLifecycle(Lifecycle{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(s.Dir("id1")); !errors.Is(err, os.ErrNotExist) {
		t.Error("the state dir is there again")
	}
}

// childClaim holds a claim and tells its ID.
func childClaim() {
	c, err := Open(os.Getenv(childRoot), "default").Claim()
	if err != nil {
		os.Exit(1)
	}
	os.Stdout.WriteString(c.ID + "\n")
	_, _ = os.Stdin.Read(make([]byte, 1))
	os.Exit(0)
}
