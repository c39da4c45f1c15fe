package api_test

import (
	"strings"
	"testing"
	"unicode"

	"gantry/engine/api"
)

var owners = []api.Owner{
	api.OwnerGantry, api.OwnerNerdctl, api.OwnerKubernetes, api.OwnerDocker, api.OwnerBuildKit, api.OwnerOther,
}

// TestPolicyIsTheTable holds what is allowed, warned about and denied: a, w, d, in the order
// of owners.
func TestPolicyIsTheTable(t *testing.T) {
	sign := map[api.Verdict]byte{api.Allow: 'a', api.Warn: 'w', api.Deny: 'd'}
	table := map[api.Act]string{
		api.ActInspect: "aaaaaa",
		api.ActLogs:    "aadddd",
		api.ActExec:    "aawwda",
		api.ActAttach:  "addddd",
		api.ActPause:   "aawada",
		api.ActUnpause: "aawada",
		api.ActStop:    "aawwda",
		api.ActKill:    "aawwda",
		api.ActStart:   "aadddw",
		api.ActRestart: "aadddw",
		api.ActRemove:  "aadddw",
		api.ActRename:  "aadddd",
		api.ActUpdate:  "aadddw",
		api.ActCommit:  "aaddda",
		api.ActCopy:    "aaaada",
	}
	for _, a := range api.Acts() {
		var got []byte
		for _, o := range owners {
			r := api.Policy(o, a)
			got = append(got, sign[r.Verdict])
			if (r.Verdict == api.Allow) != (r.Reason == "") {
				t.Errorf("%s of %s: the reason of %c is %q", a, o, sign[r.Verdict], r.Reason)
			}
			if r.Reason != "" && (unicode.IsUpper(rune(r.Reason[0])) || strings.HasSuffix(r.Reason, ".")) {
				t.Errorf("%s of %s: %q is not half a sentence", a, o, r.Reason)
			}
		}
		if string(got) != table[a] {
			t.Errorf("%s is %s, not %s", a, got, table[a])
		}
		if a.Verb() == "" {
			t.Errorf("%s has no verb", a)
		}
	}
}
