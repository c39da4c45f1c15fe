// Package record is what is remembered about containers, in nerdctl's format: the
// labels of the containerd record, and a tree of small files per containerd.
//
// The tree is `<store>/{containers,names,etchosts}/<namespace>/…`, where store is
// `<record root>/<first 8 hex of sha256 of the socket path>`. Directories are locked
// with flock on the directory itself, single values are written to a temporary file
// and renamed: nerdctl's protocol, so that both can work on the same tree.
//
// The package knows neither containerd's client nor the network, so that the helper
// that every start pays for can import it.
package record
