// Package scroll shows the lines of a log: the newest 10,000, at most 8 MiB, and of a
// line at most 16 KiB. Only the lines on the screen are ever wrapped or coloured, so
// neither a million lines nor one line of a megabyte makes it slow. While it follows, the
// newest line is at the bottom; any movement upwards stops that, going to the end starts it.
package scroll
