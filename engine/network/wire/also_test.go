package wire

import (
	"errors"
	"fmt"
	"testing"
)

func TestAReasonIsSaidOnce(t *testing.T) {
	why := errors.New("no lease for you")
	err := fmt.Errorf("its CNI plugins: %w", why)
	for _, c := range []struct {
		back error
		want string
	}{
		{nil, "its CNI plugins: no lease for you"},
		{fmt.Errorf("plugin failed (delete): %w", why), "its CNI plugins: no lease for you"},
		{errors.Join(why, errors.Join(errors.New("the disk is full"), why)), "its CNI plugins: no lease for you\nthe disk is full"},
	} {
		got := Also(err, c.back)
		if got.Error() != c.want || !errors.Is(got, why) {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}
