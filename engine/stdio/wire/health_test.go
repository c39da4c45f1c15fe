package wire

import (
	"testing"
	"time"
)

// The rules are Docker's: engine-level tests show that they are carried out.
func TestHealthIsCountedAsDockerDoes(t *testing.T) {
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c := HealthCheck{Retries: 2, StartPeriod: 10 * time.Second, StartInterval: time.Second, Interval: 30 * time.Second}
	h := Health{Status: HealthStarting}
	for i, s := range []struct {
		after  time.Duration
		code   int
		status string
		streak int
		pause  time.Duration
	}{
		{1 * time.Second, 1, HealthStarting, 0, time.Second}, // does not count yet
		{2 * time.Second, 0, Healthy, 0, 30 * time.Second},
		{3 * time.Second, 1, Healthy, 1, 30 * time.Second}, // counts: it has been healthy
		{4 * time.Second, 0, Healthy, 0, 30 * time.Second},
		{20 * time.Second, 7, Healthy, 1, 30 * time.Second},
		{21 * time.Second, -1, Unhealthy, 2, 30 * time.Second},
		{22 * time.Second, 1, Unhealthy, 3, 30 * time.Second},
		{23 * time.Second, 0, Healthy, 0, 30 * time.Second},
	} {
		h.Count(HealthResult{Start: began.Add(s.after), ExitCode: s.code}, c, began)
		if h.Status != s.status || h.FailingStreak != s.streak || h.Pause(c, began, began.Add(s.after)) != s.pause {
			t.Errorf("step %d: %s, %d, %s; want %+v", i, h.Status, h.FailingStreak, h.Pause(c, began, began.Add(s.after)), s)
		}
	}
	if len(h.Log) != HealthLogMax || h.Log[4].Start != began.Add(23*time.Second) {
		t.Errorf("kept %+v", h.Log)
	}
	late := Health{Status: HealthStarting}
	late.Count(HealthResult{Start: began.Add(11 * time.Second), ExitCode: 1}, c, began)
	if late.Status != HealthStarting || late.FailingStreak != 1 {
		t.Errorf("after the start period: %+v", late)
	}
}
