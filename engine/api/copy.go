package api

import "io"

// CopyOptions say how files are copied between this host and a container.
type CopyOptions struct {
	Archive bool // keep owner and group
	Follow  bool // copy what the source links to, not the link
	// In is a tar to be unpacked in the place of files of this host; Out receives one.
	In  io.Reader
	Out io.Writer
}
