// Package names keeps the hosts files of containers, in which those of one network find
// each other by name: between nerdctl's markers, made from the meta.json that each
// container has beside its file, in nerdctl's format and under nerdctl's lock. What stands
// outside of the markers is the user's and stays.
package names
