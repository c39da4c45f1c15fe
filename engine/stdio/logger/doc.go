// Package logger is the process that owns a container's output: it writes the log in
// Docker's json-file format, passes the raw bytes to whoever is attached, and writes
// down how the container ended.
//
// One goroutine reads each stream and does everything with what it has read before it
// reads on: first the log, then the clients. Nothing waits in a queue between the
// container and the log, so a logger that is killed loses no line it has read.
//
// It is linked into gantry-helper and imports as little as it can.
package logger
