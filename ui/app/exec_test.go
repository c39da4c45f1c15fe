package app_test

import (
	"testing"

	"gantry/ui/uitest"
)

// A command that cannot be meant is refused at its field, before anything is run.
func TestACommandToRunIsChecked(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		w, end := begin(t, populated(), 120, 36)
		defer end()
		w.calm().Press("X")
		w.read().Type("sh -c 'echo").Press("tab", "tab").Type("tmp").Press("tab").Type("=b")
		w.Press("ctrl+s").Want("Run a command in db", "is not NAME=value", "must begin with /", "quote")
		if n := count(w.e, "Exec"); n != 0 {
			t.Errorf("it was run %d times", n)
		}
		w.Press("esc")
		w.calm().Press("j", "j") // cache is paused
		w.calm().Press("X").WantNot("Run a command").Want("cache is paused")
	})
}
