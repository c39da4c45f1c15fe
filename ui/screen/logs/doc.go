// Package logs shows the output of one container and follows it.
//
// One goroutine reads the log and one command hands its lines on in batches; the reader
// waits for the screen, never the other way round, and both end with Close. What is kept
// is bounded by widget/scroll.
package logs
