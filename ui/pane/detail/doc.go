// Package detail shows one container in tabs: the path of its last operations with
// their times, the end of its log, what it uses and its processes, what is known of it
// in Docker's shape, and how it is reached: networks, ports, mounts.
//
// The pane fetches nothing. The root tells it whose row is selected (Show) and hands it
// what has come (SetTraces, SetLog, SetUsage, SetInspect); what belongs to another row is
// dropped.
package detail
