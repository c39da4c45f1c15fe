package keymap

import (
	"slices"
	"strings"
	"testing"
)

func TestDefaultHasNoClash(t *testing.T) {
	for _, c := range Default().Conflicts() {
		t.Error(c)
	}
}

func TestEveryEntryHasKeysAndHelp(t *testing.T) {
	for _, scope := range Scopes() {
		if scope.Title() == string(scope) {
			t.Errorf("scope %s has no title", scope)
		}
		for _, e := range Default().Entries(scope) {
			if e.Help == "" || e.Long == "" || len(e.Keys) == 0 {
				t.Errorf("%s in %s: help %q, long %q, keys %v", e.Action, scope, e.Help, e.Long, e.Keys)
			}
			if len(e.Help) > 16 {
				t.Errorf("%s: %q is too long for a footer", e.Action, e.Help)
			}
			for _, k := range e.Keys {
				if err := CheckKey(k); err != nil {
					t.Errorf("%s: %v", e.Action, err)
				}
			}
			if len(e.Long) > 42 {
				t.Errorf("%s: %q is too long for the help on a small screen", e.Action, e.Long)
			}
			if strings.HasSuffix(e.Long, ".") {
				t.Errorf("%s: %q ends with a full stop", e.Action, e.Long)
			}
		}
	}
}

func TestLookup(t *testing.T) {
	for _, c := range []struct {
		scope Scope
		key   string
		want  Action
		why   string
	}{
		{Containers, "n", ContainerNew, "its own"},
		{Logs, "n", LogNext, "another scope, another meaning"},
		{Containers, "j", Down, "falls through to everywhere"},
		{Containers, "ctrl+d", HalfDown, "never destroys"},
		{Containers, "d", ContainerRemove, "its own"},
		{Containers, "Z", "", "not bound"},
		{Containers, "D", Doctor, "falls through to everywhere"},
		{Engine, "r", Retry, "its own"},
		{Engine, "D", Doctor, "falls through to everywhere"},
		{Create, "pgdown", FormPageDown, "its own"},
		{Create, "D", "", "text"},
		{Create, "ctrl+s", FormStart, "its own"},
		{Create, "q", "", "text"},
		{Create, "j", "", "text"},
		{Create, "?", "", "text"},
		{Create, "ctrl+c", Interrupt, "heard everywhere"},
		{Create, "esc", Back, "its own"},
		{Create, "up", FormPrev, "its own"},
		{Dialog, "q", "", "a question is to be answered"},
		{Dialog, "ctrl+c", Interrupt, "heard everywhere"},
		{Line, "enter", LineAccept, "its own"},
		{Global, "q", Quit, "global"},
		{Scope("elsewhere"), "?", Help, "falls through"},
		{Pulls, "c", JobCancel, "its own"},
		{Detail, "right", TabNext, "its own"},
		{Containers, "enter", ContainerDetail, "its own"},
	} {
		got, ok := Default().Lookup(c.scope, c.key)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s in %s does %q, want %q (%s)", c.key, c.scope, got, c.want, c.why)
		}
	}
}

func TestWhatDestroysIsMarked(t *testing.T) {
	m := Default()
	for _, a := range []Action{ContainerRemove, ContainerKill} {
		if e, _ := m.Entry(a); !e.Dangerous {
			t.Errorf("%s is not marked as dangerous", a)
		}
	}
}

func TestConflicts(t *testing.T) {
	m := New([]Entry{
		{Action: Quit, Scope: Global, Keys: []string{"q"}},
		{Action: Interrupt, Scope: Global, Keys: []string{"ctrl+c"}},
		{Action: ContainerNew, Scope: Containers, Keys: []string{"n"}},
		{Action: ContainerKill, Scope: Containers, Keys: []string{"n"}},
		{Action: ContainerLogs, Scope: Containers, Keys: []string{"q"}},
		{Action: LogFollow, Scope: Logs, Keys: []string{"q"}, Shadows: true},
		{Action: FormStart, Scope: Create, Keys: []string{"ctrl+c"}},
	})
	got := m.Conflicts()
	want := []Conflict{
		{Scope: Containers, Key: "n", First: ContainerNew, Second: ContainerKill},
		{Scope: Containers, Key: "q", First: ContainerLogs, Second: Quit, Hidden: true},
		{Scope: Create, Key: "ctrl+c", First: FormStart, Second: Interrupt, Hidden: true},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

func TestLoadPutsKeysOver(t *testing.T) {
	m := Default()
	over, err := m.Load(strings.NewReader(`
[containers]
"container.remove" = ["Z", "delete"]
"container.kill" = []
[create]
"form.start" = ["alt+enter"]
`))
	if err != nil {
		t.Fatal(err)
	}
	if a, _ := over.Lookup(Containers, "Z"); a != ContainerRemove {
		t.Errorf("Z does %q", a)
	}
	for _, key := range []string{"d", "K"} {
		if a, ok := over.Lookup(Containers, key); ok {
			t.Errorf("%s still does %q", key, a)
		}
	}
	if got := over.Pick(ContainerKill, ContainerRemove); len(got) != 1 || got[0].Key() != "Z" || !got[0].Changed {
		t.Errorf("a footer would show %v", got)
	}
	if a, _ := m.Lookup(Containers, "d"); a != ContainerRemove {
		t.Error("the map that was loaded over has changed")
	}
}

func TestLoadIsStrict(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no such scope":          {"[kitchen]\n\"app.quit\" = [\"x\"]", "[kitchen]: no such scope"},
		"no such action":         {"[containers]\n\"container.fly\" = [\"x\"]", "no such action"},
		"an action elsewhere":    {"[logs]\n\"container.new\" = [\"x\"]", "no such action there"},
		"no such key":            {"[containers]\n\"container.new\" = [\"enterr\"]", "is not a key"},
		"a modifier alone":       {"[containers]\n\"container.new\" = [\"ctrl+\"]", "is not a key"},
		"an empty key":           {"[containers]\n\"container.new\" = [\"\"]", "is not a key"},
		"a shifted letter":       {"[containers]\n\"container.new\" = [\"shift+n\"]", "write the shifted letter"},
		"a clash":                {"[containers]\n\"container.new\" = [\"s\"]", "bound to both"},
		"hiding a global key":    {"[containers]\n\"container.new\" = [\"q\"]", "hides app.quit"},
		"text in a form":         {"[create]\n\"form.start\" = [\"s\"]", "is text here"},
		"no way out":             {"[global]\n\"app.interrupt\" = []", "needs a key"},
		"the wrong type":         {"[containers]\n\"container.new\" = \"x\"", "must be a list of keys"},
		"a key that is no text":  {"[containers]\n\"container.new\" = [3]", "a key is a text, not a number"},
		"a key given twice":      {"[containers]\n\"container.new\" = [\"x\", \"x\"]", "is there twice"},
		"a key beside the table": {"theme = \"dark\"", "stands in no table"},
		"a strange word":         {"[containers]\n\"container.new\" = { kees = [\"x\"] }", "kees: no such key"},
		"no way back":            {"[create]\n\"app.back\" = []", "needs a key"},
		"interrupt is for all":   {"[create]\n\"form.start\" = { keys = [\"ctrl+c\"], shadows = true }", "hides app.interrupt"},
		"the line is named":      {"[containers]\n\n\"container.new\" = [\"s\"]", "line 3: containers: s is bound to both"},
	} {
		if _, err := Default().Load(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q in it", name, err, c.want)
		}
	}
}

func TestLoadNamesAllThatIsWrong(t *testing.T) {
	_, err := Default().Load(strings.NewReader("[kitchen]\n\"a\" = [\"x\"]\n[containers]\n\"container.new\" = [\"enterr\"]\n\"container.logs\" = [\"s\"]\n"))
	if err == nil {
		t.Fatal("it was loaded")
	}
	for _, want := range []string{"line 2: [kitchen]", "line 4:", "line 5: containers: s"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
}

func TestAnEntryMayShadowAGlobalKeyIfItSaysSo(t *testing.T) {
	m, err := Default().Load(strings.NewReader("[containers]\n\"container.copy\" = { keys = [\"D\"], shadows = true }"))
	if err != nil {
		t.Fatal(err)
	}
	if a, _ := m.Lookup(Containers, "D"); a != ContainerCopy {
		t.Errorf("D does %q in the list", a)
	}
	if a, _ := m.Lookup(Logs, "D"); a != Doctor {
		t.Errorf("D does %q elsewhere", a)
	}
	_, err = Default().Load(strings.NewReader("[containers]\n\"container.copy\" = [\"D\"]"))
	if err == nil || !strings.Contains(err.Error(), "shadows = true") {
		t.Errorf("without saying so: %v", err)
	}
}

// FuzzLoad looks for overrides that are taken but leave a key that should do two things.
func FuzzLoad(f *testing.F) {
	f.Add("[containers]\n\"container.new\" = [\"x\"]")
	f.Add("[global]\n\"app.quit\" = [\"ctrl+q\"]")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Default().Load(strings.NewReader(text))
		if err != nil {
			return
		}
		if c := m.Conflicts(); len(c) > 0 {
			t.Errorf("%v", c)
		}
	})
}
