package engine

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
)

func TestAHealthCheckGoesOverTheImages(t *testing.T) {
	image := &container.HealthConfig{Test: []string{"CMD", "probe", "-q"}, Interval: time.Second, Retries: 5}
	for _, c := range []struct {
		name              string
		user, image, want *container.HealthConfig
		args              []string
	}{
		{name: "none at all"},
		{"the image's", nil, image, image, []string{"probe", "-q"}},
		{
			"only the interval", &container.HealthConfig{Interval: time.Minute}, image,
			&container.HealthConfig{Test: image.Test, Interval: time.Minute, Retries: 5}, []string{"probe", "-q"},
		},
		{
			"a command for the image's shell", &container.HealthConfig{Test: []string{"CMD-SHELL", "a || b"}}, image,
			&container.HealthConfig{Test: []string{"CMD-SHELL", "a || b"}, Interval: time.Second, Retries: 5}, []string{"/bin/ash", "-c", "a || b"},
		},
		{"not the image's either", &container.HealthConfig{Test: []string{"NONE"}}, image, &container.HealthConfig{Test: []string{"NONE"}}, nil},
		{"times alone", &container.HealthConfig{Retries: 1}, nil, &container.HealthConfig{Retries: 1}, nil},
	} {
		got := mergeHealth(c.user, c.image)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if args := healthArgs(got, []string{"/bin/ash", "-c"}); !slices.Equal(args, c.args) {
			t.Errorf("%s: runs %q", c.name, args)
		}
	}
}
