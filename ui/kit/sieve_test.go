package kit_test

import (
	"testing"

	"gantry/ui/kit"
)

func TestASieve(t *testing.T) {
	const thing = "Web front nginx:1.27"
	for typed, want := range map[string]bool{
		"": true, "web": true, "WEB 1.27": true, "front web": true, "redis": false, "web redis": false,
		"!redis": true, "!nginx": false, "web !redis": true, "web !NGINX": false, "!": true, "web !": true,
	} {
		if got := kit.NewSieve(typed).PassesText(thing); got != want {
			t.Errorf("%q: %v", typed, got)
		}
	}
}
