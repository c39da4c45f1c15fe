// Package app is the workbench's root model: the only tea.Model. It owns the panes,
// hands keys to the one that is meant, lays everything out as rectangles, and carries
// out what the screens ask for as jobs.
//
// Messages go one way: keys and news come in at Update, panes are called directly, and
// whatever takes time is a Cmd whose result comes back as a message with an ID.
package app
