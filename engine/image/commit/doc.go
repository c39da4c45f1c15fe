// Package commit makes an image of what a container changed: the image that it was made of,
// its own configuration over that one's, and one more layer.
package commit
