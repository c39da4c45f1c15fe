// Package interop tests that gantry shares a host with others: with containerds of the system
// of several versions, and with nerdctl, which reads and writes the same records.
package interop
