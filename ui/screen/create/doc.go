// Package create is the form for a new container.
//
// Its rows are the table of engine/option; what they hold is a Draft. At every change the
// whole draft is parsed again, so that what is wrong stands under its row, and the docker
// run line below is always the one that does the same. The form does nothing by itself:
// it ends in a SubmitMsg or a CloseMsg.
package create
