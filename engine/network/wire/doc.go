// Package wire is what the engine, the OCI hook and the logger tell each other about a
// container's networks by files in its state dir: the plan, which the engine writes before
// a start, and the lease, which the hook writes when it has carried the plan out and the
// logger gives back when the container has ended. It knows no containerd and no netlink,
// because every running container's logger holds it in memory.
package wire
