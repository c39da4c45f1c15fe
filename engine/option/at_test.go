package option

import (
	"testing"

	"gantry/engine/api"
)

func TestAnErrorOfTheEngineIsFoundAmongTheValues(t *testing.T) {
	var d Draft
	d.Set(KeyPublish, "443:443", "127.0.0.1:8000-8010:9000-9010", "53:53/udp", "9100-9110:91")
	d.Set(KeyVolume, "/cache", "data:/data", "/srv:/srv/:ro")
	d.Set(KeyTmpfs, "/tmp", "/run:size=1m")
	for _, c := range []struct {
		field, value string
		index, want  int
	}{
		{"publish", "0.0.0.0:443/tcp", 3, 0},
		{"publish", "127.0.0.1:8004/tcp", 0, 1},
		{"publish", "0.0.0.0:53/udp", 0, 2},
		{"publish", "9100-9110:91/tcp", 0, 3},
		{"publish", "0.0.0.0:1/tcp", 9, 3},
		{"volume", "data:/data", 0, 1},
		{"volume", "/srv:/srv:ro", 1, 2},
		{"tmpfs", "/run", 0, 1},
		{"name", "web", 0, 0},
	} {
		if got := d.At(api.FieldError{Field: c.field, Value: c.value, Index: c.index}); got != c.want {
			t.Errorf("%s %q is at %d, want %d", c.field, c.value, got, c.want)
		}
	}
}
