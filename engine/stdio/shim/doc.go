// Package shim asks a container's shim how the container ended.
//
// gantry-helper must learn that without containerd, which may be away. It needs two
// calls of the shim's task service, State and Wait. They are spoken here by hand: the
// ttrpc frame is ten bytes and the messages have a handful of fields, while the ttrpc
// and protobuf modules would double the memory of a process that runs once for every
// running container (1.0 MB against 2.0 MB of anonymous memory). The tests talk to the
// real ttrpc server with the real messages.
package shim
