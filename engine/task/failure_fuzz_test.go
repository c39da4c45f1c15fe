package task

import (
	"errors"
	"testing"
	"unicode/utf8"

	"gantry/engine/api"
)

// FuzzStartFailed: whatever a runtime prints, it becomes one of Docker's exit codes, a
// cause and a sentence that is whole.
func FuzzStartFailed(f *testing.F) {
	for _, s := range []string{
		"", "unknown", `exec: "nope": executable file not found in $PATH`, "OCI runtime create failed: runc create failed: : permission denied", ": : :",
		"error running createRuntime hook #0: exit status 1, stdout: , stderr: \x1b[31m", "is a directory: not a directory: no such file or directory\n",
	} {
		f.Add("web", "sh", s)
	}
	f.Fuzz(func(t *testing.T, name, command, text string) {
		was := errors.New(text)
		err := StartFailed(name, command, was)
		e, ok := errors.AsType[*api.StartError](err)
		if !ok {
			t.Fatalf("%q becomes %T", text, err)
		}
		if e.Code < 125 || e.Code > 128 || e.Cause == "" || e.Name != name {
			t.Errorf("%q becomes %+v", text, e)
		}
		if utf8.ValidString(text) && utf8.ValidString(command) && !utf8.ValidString(e.Error()) {
			t.Errorf("%q is cut within a letter: %q", text, e.Error())
		}
	})
}
