package option

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"gantry/engine/api"
)

// files are the facts of a host with some files.
func files(f map[string]string) Facts {
	out := facts()
	out.Host.File = func(name string) ([]byte, error) {
		if text, ok := f[name]; ok {
			return []byte(text), nil
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return out
}

func TestEnvFile(t *testing.T) {
	long := "L=" + strings.Repeat("x", maxEnvLine-2)
	tests := []struct {
		name, text string
		want       []string
		problems   []string
	}{
		{name: "nothing", text: ""},
		{name: "lines, comments and blanks", text: "A=1\n# B=2\n\n   \n\tC=3\n  #D=4", want: []string{"A=1", "C=3"}},
		{name: "as editors of Windows save it", text: "\ufeffA=1\r\nB=2\r\n", want: []string{"A=1", "B=2"}},
		{name: "quotes, blanks and more signs are part of a value", text: "A=\"x y\" \nB='1'\nC=a=b#c\nD=", want: []string{`A="x y" `, "B='1'", "C=a=b#c", "D="}},
		{name: "a name alone is this host's, or dropped", text: "FROM_HOST\nNOT_THERE\nEMPTY", want: []string{"FROM_HOST=1", "EMPTY="}},
		{name: "twice", text: "A=1\nA=2", want: []string{"A=1", "A=2"}},
		{name: "other letters", text: "GRÜN=日本", want: []string{"GRÜN=日本"}},
		{name: "the longest line", text: long + "\nA=1", want: []string{long, "A=1"}},
		{
			name: "all that is wrong", text: "=1\nA B=2\nB =3\nC=\xff\nD=a\x00b\nE=ok\n" + long + "x\nexport F=1\nG\u00a0H",
			problems: []string{
				"--env-file: x.env:1: there is no name before the = (write NAME=value)",
				"--env-file: x.env:2: variable 'A B' contains whitespaces (write NAME=value)",
				"--env-file: x.env:3: variable 'B ' contains whitespaces (write NAME=value)",
				"--env-file: x.env:4: is not valid UTF-8 (save the file as UTF-8)",
				"--env-file: x.env:5: contains a NUL byte (leave it out)",
				"--env-file: x.env:7: the line has 65537 bytes, 65536 is the limit",
				"--env-file: x.env:8: variable 'export F' contains whitespaces (write NAME=value)",
				"--env-file: x.env:9: variable 'G\u00a0H' contains whitespaces (write NAME=value)",
			},
			want: []string{"E=ok"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := draft("image", "a", "env-file", "x.env").Parse(files(map[string]string{"x.env": tt.text}))
			if got := sentences(p.Problems); !slices.Equal(got, tt.problems) {
				t.Errorf("problems\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.problems, "\n"))
			}
			if got := p.Request.Config.Env; !slices.Equal(got, tt.want) {
				t.Errorf("variables %.200q, want %.200q", got, tt.want)
			}
		})
	}
}

// Later wins in a container's environment, so --env stands behind every file.
func TestEnvGoesBeforeEnvFiles(t *testing.T) {
	f := files(map[string]string{"a": "X=a\nNOWHERE", "b": "X=b"})
	d, err := FromArgs(strings.Fields("-e X=flag --env-file a --env-file=b image"))
	if err != nil {
		t.Fatal(err)
	}
	p := d.Parse(f)
	if p.Err() != nil || !slices.Equal(p.Request.Config.Env, []string{"X=a", "X=b", "X=flag"}) || !slices.Equal(p.Request.EnvFromHost, []string{"NOWHERE"}) {
		t.Errorf("%q, from host %q, %v", p.Request.Config.Env, p.Request.EnvFromHost, p.Err())
	}
	again := FromRequest(p.Request).Parse(Facts{})
	if !slices.Equal(again.Request.Config.Env, p.Request.Config.Env) {
		t.Errorf("duplicated without the files: %q", again.Request.Config.Env)
	}
}

func TestEnvFileThatCannotBeRead(t *testing.T) {
	many := strings.Repeat("no name\n", maxEnvFlaws+7)
	f := files(map[string]string{"many": many})
	p := draft("image", "a", "env-file", "none", "env-file", "many", "env-file", "").Parse(f)
	got := sentences(p.Problems)
	if len(got) != 1+maxEnvFlaws+1+1 || got[0] != "--env-file: none: there is no such file" ||
		got[maxEnvFlaws+1] != "--env-file: many: 7 more lines are wrong (is it a file of NAME=value lines?)" ||
		got[maxEnvFlaws+2] != "--env-file: needs the name of a file" {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	for i, want := range map[int]api.FieldError{0: {Index: 0, Value: "none"}, 3: {Index: 1, Value: "many"}} {
		if e := p.Problems[i]; e.Index != want.Index || e.Value != want.Value {
			t.Errorf("problem %d is at value %d, %q", i, e.Index, e.Value)
		}
	}
	if p := draft("image", "a", "env-file", "none").Parse(facts()); p.Err() != nil {
		t.Errorf("before files can be read nothing is concluded: %v", p.Err())
	}
}
