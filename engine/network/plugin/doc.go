// Package plugin sets up networks that another program than gantry made, by the CNI
// plugins that are found on the host, as nerdctl does it: same container names, same
// arguments, one run at a time under nerdctl's lock. It takes tens of milliseconds a
// network, and more memory than gantry-helper may have, so the helper has a copy of
// gantry do it.
package plugin
