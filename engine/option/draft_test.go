package option

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
)

func TestDraftKeepsWhatWasWritten(t *testing.T) {
	var d Draft
	if !d.Empty() || d.Has(KeyName) || d.Get(KeyName) != "" || d.All(KeyEnv) != nil {
		t.Fatalf("the zero draft is not empty: %+v", d)
	}
	d.Add(KeyEnv, "B=2")
	d.Add(KeyEnv, "A=1")
	d.Set(KeyName, "one")
	d.Set(KeyName, "two", "three")
	d.SetIndex(KeyEnv, 0, "B=3")
	d.SetIndex(KeyEnv, 9, "C=4")
	d.Set("net", "host")
	want := []Entry{{KeyName, []string{"three"}}, {KeyEnv, []string{"B=3", "A=1", "C=4"}}, {KeyNetwork, []string{"host"}}}
	if diff := cmp.Diff(want, d.Entries()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	d.RemoveIndex(KeyEnv, 0)
	d.RemoveIndex(KeyEnv, 7)
	d.Unset(KeyName)
	if got := d.All(KeyEnv); !slices.Equal(got, []string{"A=1", "C=4"}) || d.Has(KeyName) || d.Get("net") != "host" {
		t.Errorf("after removing: %+v", d.Entries())
	}
	d.RemoveIndex(KeyEnv, 0)
	d.RemoveIndex(KeyEnv, 0)
	d.Unset(KeyNetwork)
	if !d.Empty() {
		t.Errorf("something is left: %+v", d.Entries())
	}
}

func TestEmptyingABoxUnsetsIt(t *testing.T) {
	d := draft("name", "web", "entrypoint", "sh", "args", "x")
	d.Set(KeyName, "")
	d.Set(KeyEntrypoint, "")
	d.Add(KeyArgs, "")
	if d.Has(KeyName) {
		t.Error("an empty name is no name")
	}
	if !d.Has(KeyEntrypoint) {
		t.Error("an empty entrypoint takes the image's away, so it must stay")
	}
	if got := d.All(KeyArgs); !slices.Equal(got, []string{"x", ""}) {
		t.Errorf("an argument may be empty: %q", got)
	}
}

func TestCopiesOfADraftAreIndependent(t *testing.T) {
	a := draft("image", "a", "env", "A=1", "env", "B=2")
	b, c := a, a.Clone()
	b.SetIndex(KeyEnv, 0, "changed")
	c.Add(KeyEnv, "C=3")
	b.Set(KeyName, "b")
	a.All(KeyEnv)[0] = "changed"
	a.Entries()[0].Values[0] = "changed"
	if want := draft("image", "a", "env", "A=1", "env", "B=2"); !a.Equal(want) {
		t.Errorf("changed through a copy: %+v", a.Entries())
	}
}

func TestBool(t *testing.T) {
	d := draft("tty", "1", "rm", "false", "interactive", "perhaps")
	if !d.Bool(KeyTty) || d.Bool(KeyRemove) || d.Bool(KeyInteractive) || d.Bool(KeyPrivileged) {
		t.Error("only tty is on")
	}
}

func TestChangedCountsByHand(t *testing.T) {
	d := draft("image", "a", "name", "n", "args", "x", "args", "y", "detach", "true", "tty", "false", "pull", "missing",
		"env", "A=1", "env", "B=2", "user", "0", "network", "bridge", "unheard-of", "1")
	want := map[Section]int{SectionBasics: 2, SectionProcess: 3, SectionNetwork: 0, SectionResources: 0}
	for s, n := range want {
		if got := d.Changed(s); got != n {
			t.Errorf("%s: %d, want %d", s, got, n)
		}
	}
}

func TestDraftAsAFile(t *testing.T) {
	d := draft("image", "a", "env", "A=1", "env", "A=1", "entrypoint", "", "from-the-future", "1", "from-the-future", "2")
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var back Draft
	if err := json.Unmarshal(data, &back); err != nil || !back.Equal(d) {
		t.Errorf("JSON: %s gives %+v, %v", data, back.Entries(), err)
	}
	if err := json.Unmarshal([]byte(`{"image":1}`), &back); err == nil {
		t.Error("JSON that is no list of entries is accepted")
	}
	type file struct{ Options []Entry }
	text, err := toml.Marshal(file{d.Entries()})
	if err != nil {
		t.Fatal(err)
	}
	var f file
	if err := toml.Unmarshal(text, &f); err != nil || !FromEntries(f.Options).Equal(d) {
		t.Errorf("TOML: %s gives %+v, %v", text, f, err)
	}
}
