// Package uitest drives screens in tests.
//
// Stepper drives a root model without a program: keys go in, commands run, and what is
// on the screen can be read when everything has come to rest. It lives in a bubble of
// testing/synctest, so it knows for certain when that is, listeners that wait for the
// engine do not hold it up, and time passes only when the test says so. What a test
// starts in the bubble must end in it: cancel the model's context before it returns.
//
//	uitest.Run(t, func(t *testing.T) {
//		s := uitest.New(t, model, 120, 36)
//		s.Press("n").Type("nginx").Press("ctrl+s")
//		s.Golden("pulling")
//	})
//
// Term runs a real program on an emulated terminal, for what only that can show: escape
// sequences, the cursor, what is left of the terminal afterwards. Only tests import this package.
package uitest
