package create

// Task is what a form is for. The zero Task makes a new container.
type Task struct {
	Edit      string // the container that is made anew in its own place
	Duplicate string // the container that this one begins like
}

// title is what stands in the form's frame.
func (t Task) title() string {
	switch {
	case t.Edit != "":
		return "Edit " + t.Edit
	case t.Duplicate != "":
		return "Duplicate of " + t.Duplicate
	}
	return "New container"
}

// verbs are the words on the buttons: to have it run, and not to.
func (t Task) verbs() (start, rest string) {
	if t.Edit != "" {
		return "Recreate & start", "Recreate"
	}
	return "Create & start", "Create"
}

// about says what the buttons do.
func (t Task) about() (start, rest string) {
	if t.Edit != "" {
		return "Make " + t.Edit + " anew with these options and start it; what changes is shown first", "Make " + t.Edit + " anew; it is not started"
	}
	return "Create the container and start it", "Create the container; it is not started"
}
