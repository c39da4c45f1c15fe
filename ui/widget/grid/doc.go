// Package grid is a live table: rows have IDs, and the selection belongs to an ID, not
// to a line. It survives refreshes, filters and an empty list, and its row keeps its
// place on the screen while others come and go. Only the visible rows are ever drawn,
// and each only once for a revision of it.
package grid
