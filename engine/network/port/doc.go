// Package port knows which ports of the host are in use and by whom, and holds those that
// a container publishes: what listens on one would otherwise take it away unseen, since
// packets for a published port never come to a socket.
package port
