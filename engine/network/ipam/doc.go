// Package ipam gives out addresses by the files of CNI's host-local plugin, under that
// plugin's own lock: nerdctl, which runs the plugin, and gantry take addresses of one
// network from one place. The format is the plugin's: `<dir>/<network>/<address>` holds
// the owner and the interface, `last_reserved_ip.N` the address that set N gave out last.
package ipam
