// Package native sets up the networks of a started container by netlink and nftables, with
// no other program, and takes them down again. The OCI hook calls Setup with the process
// that the container will be, the logger Release when it has ended, the engine Sweep and
// Repair. Each is keyed to one start: called twice it does nothing the second time, and
// called late it leaves what a newer start has alone.
//
// Everything a start holds is in its lease before it exists, so whatever is killed in
// between, the next Setup, Release or Sweep finds it.
package native
