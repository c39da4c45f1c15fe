// Package status is the lines around the panes: the header, the line of notices and the
// footer of keys. Each is a pure function of what it is given, of exactly one row.
package status
