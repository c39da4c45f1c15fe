package task

import (
	"slices"
	"testing"
	"time"
)

func TestAProcessIsShownAsByPs(t *testing.T) {
	boot := time.Date(2026, 3, 1, 10, 0, 0, 0, time.Local)
	now := boot.Add(2 * time.Hour)
	// 50 s of work since 12:00-100s; its name has what could be taken for the fields behind it.
	const stat = "4242 (a) 9 9 (b) S 17 4242 4242 34816 4242 4194560 1 0 0 0 4000 1000 0 0 20 0 1 0 710000 0 0"
	got, ok := row8(stat, "Name:\ta\nUid:\t7\t123456789\t7\t7\n", "sleep\x00a b\x00", boot, now)
	if want := []string{"123456789", "4242", "17", "50", "11:58", "pts/0", "00:00:50", "sleep a b"}; !ok || !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	got, _ = row8(stat, "", "", boot, now.Add(48*time.Hour))
	if got[0] != "?" || got[4] != "Mar01" || got[7] != "[a) 9 9 (b]" {
		t.Errorf("%q", got)
	}
	for _, cut := range []string{"", "1 (x", "1 (x) S 2"} {
		if _, ok := row8(cut, "", "", boot, now); ok {
			t.Errorf("%q is a row", cut)
		}
	}
}
