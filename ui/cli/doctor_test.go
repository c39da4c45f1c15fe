package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"gantry/engine/api"
)

// look runs gantry doctor over findings and returns its exit code and both outputs.
func look(t *testing.T, lang string, found []api.Finding, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(t.Context(), append([]string{"--data-root", "/d", "doctor"}, args...), Deps{
		Doctor: func(_ context.Context, opt Options) []api.Finding {
			if opt.DataRoot != "/d" {
				t.Errorf("options: %+v", opt)
			}
			return found
		},
		Out: &o, Err: &e, Getenv: func(k string) string { return map[string]string{"LANG": lang}[k] },
	})
	return code, o.String(), e.String()
}

var findings = []api.Finding{
	{Level: api.FindingOK, What: "user", Detail: "root"},
	{Level: api.FindingNote, What: "AppArmor", Detail: "off"},
	{Level: api.FindingWarn, What: "free space", Detail: "0.5 GiB", Fix: "free some"},
	{Level: api.FindingBad, What: "engine", Detail: "down \x1b[31m\nat <x>", Fix: "start it"},
}

func TestDoctorPrintsALineAFinding(t *testing.T) {
	code, out, _ := look(t, "C.UTF-8", findings)
	want := `✓ ok    user        root
· note  AppArmor    off
! warn  free space  0.5 GiB
                    free some
✗ bad   engine      down  at <x>
                    start it

1 bad, 1 warning
`
	if code != 1 || out != want {
		t.Errorf("code %d\n%s", code, out)
	}
	code, out, _ = look(t, "C", findings[:2])
	if want := "+ ok    user      root\n- note  AppArmor  off\n\nall well\n"; code != 0 || out != want {
		t.Errorf("code %d\n%s", code, out)
	}
}

// A warning alone is no failure: scripts ask whether gantry can work.
func TestDoctorFailsOnlyWhenSomethingIsBad(t *testing.T) {
	if code, _, _ := look(t, "C", findings[:3]); code != 0 {
		t.Errorf("code %d", code)
	}
}

func TestDoctorJSONIsAnObjectALine(t *testing.T) {
	code, out, _ := look(t, "C", findings, "--format", "json")
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if code != 1 || len(lines) != len(findings) {
		t.Fatalf("code %d\n%s", code, out)
	}
	for i, l := range lines {
		var f api.Finding
		if err := json.Unmarshal([]byte(l), &f); err != nil || f != findings[i] {
			t.Errorf("%s: %+v, %v", l, f, err)
		}
	}
	if !strings.Contains(lines[3], "<x>") || strings.Contains(lines[0], "fix") {
		t.Errorf("%s", out)
	}
	if code, _, errOut := look(t, "C", findings, "--format", "yaml"); code != 1 || !strings.Contains(errOut, "yaml") {
		t.Errorf("code %d, %s", code, errOut)
	}
}

func TestNoDoctorNoCommand(t *testing.T) {
	var out bytes.Buffer
	d := Deps{Out: &out, Err: &out, Getenv: func(string) string { return "" }}
	if Main(t.Context(), []string{"--help"}, d); strings.Contains(out.String(), "doctor") {
		t.Errorf("%s", out.String())
	}
	if code := Main(t.Context(), []string{"doctor"}, d); code == 0 {
		t.Error("it ran")
	}
}
