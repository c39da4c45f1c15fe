// Package ui is the workbench: it runs the root model on a terminal, and sees to it that
// whatever ends the program, the terminal is given back as it was and what was begun is
// taken back.
package ui
