package engine_test

import (
	"flag"
	"os"
	"testing"

	"gantry/engine/option"
)

var updateReference = flag.Bool("update-reference", false, "write engine/option/REFERENCE.md anew")

func TestTheReferenceIsThatOfTheTable(t *testing.T) {
	const page = "option/REFERENCE.md"
	if *updateReference {
		if err := os.WriteFile(page, []byte(option.Reference()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(page)
	if err != nil || string(b) != option.Reference() {
		t.Errorf("%s is not what the table says (%v): go test -run Reference ./engine -update-reference", page, err)
	}
}
