// Package option is the docker run vocabulary as one table.
//
// Each row of the table ties a flag to its row in a form, its place in a request, its
// checks and its help. A Draft holds what a person wrote, as raw strings by option; the
// form, the command line and files all make Drafts. Draft.Parse turns one into a request
// and names everything that is wrong with it, field by field. Nothing here keeps state
// or does I/O, but for the env files that a draft names, which are read through the facts;
// so a whole form can be checked at every key press.
package option
