package footprint

import (
	"context"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

func TestTheFirstCollectionIsLateAndLaterOnesAreAsUsual(t *testing.T) {
	if p := percent(); p != startGC {
		t.Fatalf("a program begins with a collection at %d %% of garbage, want %d", p, startGC)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for runtime.GC(); percent() != usualGC; runtime.Gosched() {
		if ctx.Err() != nil {
			t.Fatalf("after a collection it is still %d %%", percent())
		}
	}
}

// percent is how much garbage there may be now beside what is in use.
func percent() uint64 {
	s := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
