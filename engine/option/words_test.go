package option

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestLine(t *testing.T) {
	tests := []struct {
		draft Draft
		want  string
	}{
		{Draft{}, "docker run"},
		{
			draft("memory", "512m", "image", "nginx:1.27", "detach", "true", "name", "web", "env", "A=1", "env", "B=two words"),
			`docker run -d --name web -e A=1 -e "B=two words" -m 512m nginx:1.27`,
		},
		{
			draft("image", "busybox", "tty", "true", "interactive", "true", "rm", "true", "args", "sh", "args", "-c", "args", "exit 7"),
			`docker run -it --rm busybox sh -c "exit 7"`,
		},
		{draft("image", "a", "tty", "true", "detach", "true"), "docker run -d -t a"},
		{draft("image", "a", "interactive", "true", "tty", "false"), "docker run -i --tty=false a"},
		{draft("image", "a", "entrypoint", "", "args", "sh"), `docker run --entrypoint "" a sh`},
		{draft("image", "a", "read-only", "true", "privileged", "1"), "docker run --read-only --privileged=1 a"},
		{
			draft("image", "a", "workdir", "/w", "user", "0:0", "hostname", "h", "label", "x=y", "network", "host", "pids-limit", "-1", "cap-drop", "ALL"),
			"docker run -w /w -u 0:0 --hostname h --label x=y --network host --pids-limit -1 --cap-drop ALL a",
		},
		{draft("args", "x"), `docker run "" x`},
		{draft("image", "-a"), "docker run -- -a"},
	}
	for _, tt := range tests {
		if got := tt.draft.Line("docker run"); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

// Any draft, sensible or not, comes back from its own words, and from its line.
func TestWordsRoundTrip(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		d := randomDraft(rnd)
		roundTrip(t, d)
	}
}

func roundTrip(t *testing.T, d Draft) {
	t.Helper()
	words := d.Words()
	back, err := FromArgs(words)
	if err != nil || !back.Equal(d) {
		t.Fatalf("%+v\n→ %q\n→ %+v, %v", d.Entries(), words, back.Entries(), err)
	}
	split, err := SplitWords(d.Line("docker run"))
	if err != nil || !slices.Equal(split[2:], words) {
		t.Fatalf("%s\n→ %q, %v", d.Line("docker run"), split, err)
	}
	p, err := FromLine(d.Line("docker run"))
	if err != nil || !p.Draft.Equal(d) || len(p.Leftovers) > 0 {
		t.Fatalf("%s\n→ %s, %v", d.Line("docker run"), told(p), err)
	}
}

func randomDraft(rnd *rand.Rand) Draft {
	var d Draft
	for range rnd.IntN(12) {
		r := &rows[rnd.IntN(len(rows))]
		v := randomString(rnd)
		if r.Kind == KindBool && rnd.IntN(4) > 0 {
			v = []string{"true", "false"}[rnd.IntN(2)]
		}
		d.Add(r.Key, v)
	}
	return d
}

func randomString(rnd *rand.Rand) string {
	pieces := []string{
		"a", "B", "7", "-", "--", "=", " ", "'", `"`, `\`, "$", "`", "!", "\n", "\t", "\x1b", "\xff", "é", "\u202e", "it",
		"-it", "true", "false", "--name", "/", ":", "#", "*", "~", "&", ";", "{", "(",
	}
	s := ""
	for range rnd.IntN(5) {
		s += pieces[rnd.IntN(len(pieces))]
	}
	return s
}

func FuzzWords(f *testing.F) {
	f.Add("--rm", "-it", "-eA=1", "--name=web", "busybox", "-c")
	f.Add("-itm", "5", "--", "-x", "", "--tty=maybe")
	f.Add("-p", "80:80", "--net", "host", "-", "x")
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g string) {
		got, err := FromArgs([]string{a, b, c, d, e, g})
		if err == nil {
			roundTrip(t, got)
		}
		got.Parse(facts())
	})
}
