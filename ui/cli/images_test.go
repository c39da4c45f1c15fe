package cli

import (
	"bytes"
	"testing"

	"gantry/engine/api"
)

// Whoever waits for a pull on a line is told why, and who served it in the end.
func TestAPullOnALineSaysWhatHoldsItUp(t *testing.T) {
	var out bytes.Buffer
	r := &reporter{w: &out}
	o, source := r.hearing()
	for _, pr := range []api.PullProgress{
		{Ref: "app:1", Phase: api.PullResolving},
		{Ref: "app:1", Phase: api.PullResolving, Note: "r.example asks to wait 5 s"},
		{Ref: "app:1", Phase: api.PullResolving, Note: "r.example asks to wait 5 s"},
		{Ref: "app:1", Phase: api.PullDownloading, Source: "mirror.example", Note: "\x1b[31mthe connection broke off, trying again"},
		{Ref: "app:1", Phase: api.PullDone, Source: "mirror.example", Total: 1000, Layers: make([]api.LayerProgress, 2)},
	} {
		o.Pull(pr)
	}
	const want = "Pulling app:1\nr.example asks to wait 5 s\nthe connection broke off, trying again\nPulled app:1 (1.0 kB, 2 layers)\n"
	if out.String() != want || source() != "mirror.example" {
		t.Errorf("%q, served by %q", out.String(), source())
	}
}
