package keeper

import (
	"strings"
	"testing"
)

func TestLastWords(t *testing.T) {
	const boot = `time="2026-11-23T21:58:00Z" level=warning msg="careful now"` + "\n"
	for _, tc := range []struct{ name, log, want string }{
		{"how it ended", boot + "containerd: no space left on device\n", "no space left on device"},
		{"an error with its cause", boot + `time="x" level=error msg="cannot open \"meta.db\"" error="read only" id=a` + "\n", `cannot open "meta.db": read only`},
		{"only warnings", boot, ""},
		{"a panic", "panic: oh no\n\ngoroutine 1 [running]:\n", "panic: oh no"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := wording(tc.log); !strings.HasPrefix(got, tc.want) || (tc.want == "" && got != "") {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}
