// Package dockerd reads what Docker's daemon writes down of its containers, below its data
// root: containers/ID/config.v2.json and hostconfig.json, and the configuration of the image.
// containerd itself knows little of them. Nothing is written there.
package dockerd
