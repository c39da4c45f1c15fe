// Package nft keeps one nftables table for each engine and IP version: published ports as
// elements of maps, networks as elements of sets. A start of a container adds its elements
// in one batch, its end takes them out in one; the chains never change. Both tables are
// named alike, and everything in them can be made anew from the leases.
//
// What the table does:
//
//   - guard: a packet for 127.0.0.0/8 from another interface than lo is dropped before
//     anything else looks at it. The bridges have route_localnet set so that ports can be
//     reached on the loopback; without the guard a container could reach what listens there.
//   - prerouting, output: what comes for a published port goes to its container.
//   - postrouting: containers' packets leave with the host's address; so does what comes
//     from the loopback or from a container to a published port, or the answer would not
//     find its way back.
//   - forward: a container is reached by its own network, by answers and by published
//     ports; nobody crosses the border of an internal network.
package nft
