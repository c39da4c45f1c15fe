// Package fake is a scripted engine in memory, for tests of screens.
//
// It keeps to the contract of ui/backend and to the steps of the create and start
// path, and runs on a clock of its own: nothing in it sleeps. A test says what an
// image pull looks like (OnPull), where an operation stops (HoldAt) or fails
// (FailAt), how the connection is (Starting, Lost, Unavailable, Ready), and reads
// back which calls were made (Calls). IDs are the same in every run.
package fake
