package real

import (
	"slices"
	"strings"
)

// whole are the flags of a test binary that do not keep its tests from being run in parts. With
// any other (some tests only, profiles, benchmarks) they are run as asked for.
var whole = []string{"paniconexit0", "testlogfile", "timeout", "short", "count", "v", "failfast", "parallel"}

// split gives the arguments for each part of the tests, first those for what is in no part.
func split(args []string, parts [][]string) [][]string {
	for _, a := range args {
		name, _, _ := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if !slices.Contains(whole, strings.TrimPrefix(name, "test.")) {
			return [][]string{args}
		}
	}
	// Only one may write down what decides whether the tests must be run again.
	rest := slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "-test.testlogfile=") })
	named := func(words []string) string { return "^(" + strings.Join(words, "|") + ")" }
	runs := [][]string{append(slices.Clone(args), "-test.skip="+named(slices.Concat(parts...)))}
	for _, words := range parts {
		runs = append(runs, append(slices.Clone(rest), "-test.run="+named(words)))
	}
	return runs
}
