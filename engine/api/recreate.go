package api

// RecreateOptions says how a container takes the place of another.
type RecreateOptions struct {
	Keep    bool // the old one stays, stopped, under another name
	NoStart bool // the new one is made, and left to be started
}

// Recreated is the result of a recreate.
type Recreated struct {
	Created
	OldName string // what the old one is called now; "" when it is gone
}

// RecreateError is a recreate that failed after the old container was touched, and what has
// become of that one.
type RecreateError struct {
	Name string // of the old container
	// Back is set when the old one is as it was; else it is put right when the engine can be
	// reached again.
	Back    bool
	Running bool // the old one ran before
	Err     error
}

func (e *RecreateError) Error() string { return e.Err.Error() }

func (e *RecreateError) Unwrap() error { return e.Err }

// Remembered is what is known of how a container was created.
type Remembered struct {
	Request CreateRequest
	// Exact is set when the request is the very one that the container was created with.
	Exact bool
	// Unread is what could not be found out, one sentence each: "health check: kept by
	// dockerd alone"; empty when Exact.
	Unread []string
}
