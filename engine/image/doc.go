// Package image knows images: what a reference means, which of them are here, and how
// one comes here from a registry.
//
// Pulling is client-side. gantry's own process talks to the registry, so its proxies,
// certificates and credentials apply, every byte can be counted, and it works with
// each containerd from 1.6 on; containerd keeps the content and unpacks the layers.
package image
