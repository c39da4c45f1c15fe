// Package detail shows one container in tabs: the path of its last operations with
// their times, and what is known of it in Docker's shape.
//
// The pane fetches nothing. The root tells it whose row is selected (Show) and hands it
// what has come (SetTraces, SetInspect); what belongs to another row is dropped.
package detail
