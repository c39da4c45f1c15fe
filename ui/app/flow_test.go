package app_test

// create fills the form in and sends it off to be created and started.
func (w *world) create(image, name string) {
	w.t.Helper()
	w.Press("n").Type(image).Press("tab").Type(name).Press("ctrl+s")
}
