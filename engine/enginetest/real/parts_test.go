package real

import (
	"slices"
	"testing"
)

// All tests are in one part and no other, and who asks for some gets them as one run.
func TestTestsAreSplitOnlyWhereAllAreRun(t *testing.T) {
	parts := [][]string{{"TestA", "TestB"}, {"TestC"}}
	got := split([]string{"-test.testlogfile=x", "-test.timeout=30m", "-test.v=true"}, parts)
	want := [][]string{
		{"-test.testlogfile=x", "-test.timeout=30m", "-test.v=true", "-test.skip=^(TestA|TestB|TestC)"},
		{"-test.timeout=30m", "-test.v=true", "-test.run=^(TestA|TestB)"},
		{"-test.timeout=30m", "-test.v=true", "-test.run=^(TestC)"},
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%q", got)
	}
	for _, own := range []string{"-test.run=TestA", "-test.bench=.", "-test.cpuprofile=x", "-record"} {
		args := []string{"-test.v=true", own}
		if got := split(args, parts); len(got) != 1 || !slices.Equal(got[0], args) {
			t.Errorf("%s: %q", own, got)
		}
	}
}
