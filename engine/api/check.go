package api

// Checked is what a create would meet now, as far as that can be known before it.
type Checked struct {
	Problems FieldErrors // what would fail
	Notes    FieldErrors // what will happen beside what was asked for: a directory that is made
	Dirs     []string    // of this host that are not there and would be made
}

// RemoteImage is what a registry has under a name, for one platform.
type RemoteImage struct {
	Name      string // full reference
	Platform  string
	Platforms []string // all that it is there for
	Layers    int
	Size      int64 // compressed bytes to fetch, if nothing of it is here
}
