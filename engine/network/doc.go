// Package network is what the engine knows of networks: it makes, lists and removes them,
// says what a container is to have in a plan (package wire), and checks before a start
// what would fail in it. The set-up itself is package native's, in gantry-helper.
//
// Who calls what:
//
//   - create: Publish, then Plan and wire.WritePlan into the state dir.
//   - start: Plan again, Check, wire.WritePlan; all under the container's lock.
//   - the OCI hook: native.Setup; the logger: port.Hold before it says ready and
//     native.Release at the exit.
//   - remove: native.ReleaseDead before the state dir goes.
//   - a new engine, and now and then: native.Sweep and native.Repair.
package network
