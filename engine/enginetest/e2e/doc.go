// Package e2e tests gantry as its users have it: the built program, on a real containerd
// that it has brought up itself, with a real registry, and a real pty where it draws.
//
// The tests need root and the payload (go generate ./...). Without them they are skipped,
// or fail with GANTRY_TEST_ENGINE=require. What they start they end, and that nothing of
// it stays is a test too.
package e2e
