// Package shelf is a list of things that are read when they are asked for: networks,
// volumes, images. It reads them in the background, orders and filters them, and shows
// beside the list what is known of the selected one, which is asked for when the cursor
// has rested on it. What can be done to a thing is its screen's business.
package shelf
