// Package conflist reads and writes networks as CNI configuration lists in nerdctl's
// format, at nerdctl's file names and under nerdctl's lock, so that each program uses the
// networks that the other has made.
package conflist
