package keeper

import (
	"testing"
	"time"
)

// A daemon that was killed once is back at once; one that cannot run is not started all the time.
func TestPauseGrows(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		0: 0, 1: 0, 2: 100 * time.Millisecond, 3: 200 * time.Millisecond, 6: 1600 * time.Millisecond,
		10: 25600 * time.Millisecond, 11: 30 * time.Second, 1_000_000: 30 * time.Second,
	} {
		if got := Pause(failures); got != want {
			t.Errorf("after %d failures: %s, want %s", failures, got, want)
		}
	}
}

func TestTroubleIsTold(t *testing.T) {
	for words, want := range map[string]Trouble{
		"write /d/x: no space left on device":             Full,
		"open /d/x: read-only file system":                ReadOnly,
		"/d/meta.db is damaged: invalid database":         Damaged,
		NewerMark + ": /d/meta.db has layout 9":           Newer,
		"listen unix /run/x.sock: address already in use": "",
		"": "",
	} {
		if got := Diagnose(words); got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}
