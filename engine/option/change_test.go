package option

import (
	"strings"
	"testing"
)

func TestChangesAreTold(t *testing.T) {
	old := draft("image", "nginx:1", "name", "web", "publish", "8080:80", "publish", "443:443", "env", "A=1", "env", "B=2", "tty", "false", "args", "a b")
	edited := old.With(draft("publish", "443:443", "publish", "8081:80", "env", "B=2", "env", "A=1", "memory", "1g", "args", "c", "args", "a b"))
	var got []string
	for _, c := range Changes(old, edited) {
		got = append(got, c.String())
	}
	want := []string{
		`args: "a b" → c "a b"`, "env: A=1 B=2 → B=2 A=1", "publish: 8080:80 → 8081:80", "memory: not given → 1g",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	same := old.Clone()
	same.Unset(KeyTty)
	if c := Changes(old, same); len(c) > 0 {
		t.Errorf("a default is no change: %+v", c)
	}
	if old.Get(KeyMemory) != "" {
		t.Error("With has changed the draft itself")
	}
}

func TestSecretsAreKnownByTheirNames(t *testing.T) {
	for _, name := range []string{"POSTGRES_PASSWORD", "db_pass", "GITHUB_TOKEN", "TS_AUTHKEY", "AWS_SECRET_ACCESS_KEY", "API_KEY", "TLS_PRIVATE_KEY"} {
		if !Secret(name) {
			t.Errorf("%s is taken for harmless", name)
		}
	}
	for _, name := range []string{"PATH", "TZ", "KEYBOARD", "PUID", "POSTGRES_USER", "NODE_ENV", "MONKEY"} {
		if Secret(name) {
			t.Errorf("%s is taken for a secret", name)
		}
	}
}
