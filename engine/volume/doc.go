// Package volume keeps volumes: directories of their own that outlive the containers they are
// mounted into. They lie where nerdctl's do, `volumes/<namespace>/<name>/_data` below the record
// store, with nerdctl's volume.json beside the data, so that both see the same ones.
//
// It also resolves what a request wants mounted, and fills a new volume from the image. A
// fill that a crash cut short is finished or undone by whoever next opens the volume, never
// left half done: the files are copied beside the data first, and then moved in.
package volume
