package uitest

import "go.uber.org/goleak"

// Leaks are the goroutines that Bubble Tea itself leaves behind when a program ends, for
// goleak in packages that run one: ticks that have not come yet, the batches they belong
// to, and a keyboard reader with an event that nobody takes any more. Commands of one's
// own are not among them.
func Leaks() []goleak.Option {
	return []goleak.Option{
		goleak.IgnoreAnyFunction("charm.land/bubbletea/v2.Tick.func1"),
		goleak.IgnoreAnyFunction("charm.land/bubbletea/v2.(*Program).execBatchMsg"),
		goleak.IgnoreAnyFunction("charm.land/bubbletea/v2.(*Program).readLoop"),
	}
}
