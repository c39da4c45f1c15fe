// Package field is one row of a form: a text, a choice, a check box or a list of texts,
// with a label before it and a problem or a note under it. Only the focused row is an
// editor, so a form of sixty rows costs no more than one. A field knows nothing of
// options: what it holds are raw strings, and what is wrong with them is told to it.
package field
