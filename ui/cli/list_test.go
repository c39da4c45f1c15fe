package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
)

// crowd is a host with a container in every state, and one that would hurt a terminal.
func crowd(t *testing.T) *desk {
	t.Helper()
	d := sit(t)
	now := d.Now()
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for i, c := range []api.Container{
		{Name: "web", Image: "nginx:1.27", Command: []string{"nginx", "-g", "daemon off; user www;"}, State: api.StateRunning, Pid: 7, StartedAt: ago(3 * time.Minute),
			Ports: []api.Port{{HostPort: 8080, ContainerPort: 80, Protocol: "tcp"}, {ContainerPort: 443, Protocol: "tcp"}}, Networks: []string{"bridge"}, Labels: map[string]string{"tier": "front", "a": "b"}},
		{Name: "db", Image: "docker.io/library/postgres:17", State: api.StatePaused, StartedAt: ago(2 * time.Hour), Command: []string{"postgres"}},
		{Name: "job", State: api.StateExited, ExitCode: 137, ExitKnown: true, FinishedAt: ago(2 * time.Hour), Command: []string{"sh"}},
		{Name: "lost", State: api.StateExited, Command: []string{"sh"}},
		{Name: "new", State: api.StateCreated, Command: []string{"sh"}},
		{Name: "flap", State: api.StateRestarting, ExitCode: 1, ExitKnown: true, FinishedAt: ago(4 * time.Second), Command: []string{"sh"}},
		{Name: "\x1b]0;owned\anew\tline\n\u202egnp", State: api.StateRunning, StartedAt: ago(time.Second), Command: []string{"\x1b[2J"}, Labels: map[string]string{"x": "\x1b[31m"}},
	} {
		c.ID = strings.Repeat(string("0123456789"[i]), 64)
		c.CreatedAt = ago(time.Duration(i+1) * time.Hour)
		d.Add(c)
	}
	return d
}

func TestPsIsDockersTable(t *testing.T) {
	d := crowd(t)
	got := d.gantry("ps", "-a")
	want := `CONTAINER ID   IMAGE            COMMAND                  CREATED             STATUS                       PORTS                            NAMES
000000000000   nginx:1.27       "nginx -g daemon off…"   About an hour ago   Up 3 minutes                 0.0.0.0:8080->80/tcp, 443/tcp    web
111111111111   postgres:17      "postgres"               2 hours ago         Up 2 hours (Paused)                                           db
222222222222   busybox:latest   "sh"                     3 hours ago         Exited (137) 2 hours ago                                      job
333333333333   busybox:latest   "sh"                     4 hours ago         Exited (unknown)                                              lost
444444444444   busybox:latest   "sh"                     5 hours ago         Created                                                       new
555555555555   busybox:latest   "sh"                     6 hours ago         Restarting (1) 4 seconds ago                                  flap
`
	lines := strings.SplitAfter(got.out, "\n")
	if len(lines) != 9 {
		t.Fatalf("%d lines:\n%s", len(lines), got.out)
	}
	if squeeze(strings.Join(lines[:7], "")) != squeeze(want) {
		t.Errorf("got\n%s\nwant\n%s", got.out, want)
	}
	hostile := lines[7]
	if strings.ContainsAny(got.out, "\x1b\a\t\u202e") || !strings.HasPrefix(hostile, "666666666666") {
		t.Errorf("a name that would hurt: %q", hostile)
	}
	// Every column begins where its title does.
	for _, title := range []string{"IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"} {
		at := len([]rune(lines[0][:strings.Index(lines[0], title)]))
		for _, l := range lines[1:8] {
			r := []rune(l)
			if title != "PORTS" && (len(r) <= at || r[at] == ' ' || r[at-1] != ' ') {
				t.Errorf("%s is not under its title in %q", title, l)
			}
		}
	}
}

// squeeze makes blanks one, so that a table's words count and not its widths.
func squeeze(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(lines, "\n")
}

func TestPsLeavesOutWhatDoesNotRun(t *testing.T) {
	d := crowd(t)
	if got := d.gantry("ps", "-q"); got.out != "000000000000\n111111111111\n555555555555\n666666666666\n" {
		t.Errorf("%q", got.out)
	}
	if got := d.gantry("ps", "-aq", "--no-trunc"); strings.Count(got.out, "\n") != 7 || !strings.HasPrefix(got.out, strings.Repeat("0", 64)+"\n") {
		t.Errorf("%q", got.out)
	}
	if got := sit(t).gantry("ps"); strings.Count(got.out, "\n") != 1 || got.code != 0 {
		t.Errorf("an empty list: %q", got.out)
	}
}

func TestPsJSONHasDockersFieldsAndTheTextsAsTheyAre(t *testing.T) {
	d := crowd(t)
	lines := strings.Split(strings.TrimSpace(d.gantry("ps", "-a", "--no-trunc", "--format", "json").out), "\n")
	if len(lines) != 7 {
		t.Fatalf("%d lines", len(lines))
	}
	var web, hostile map[string]string
	if err := json.Unmarshal([]byte(lines[0]), &web); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(lines[6]), &hostile); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		"ID": strings.Repeat("0", 64), "Names": "web", "Image": "nginx:1.27", "Command": `"nginx -g daemon off; user www;"`, "State": "running", "Status": "Up 3 minutes",
		"Ports": "0.0.0.0:8080->80/tcp, 443/tcp", "Labels": "a=b,tier=front", "Networks": "bridge", "RunningFor": "About an hour ago", "LocalVolumes": "0", "Mounts": "", "Size": "0B", "Platform": "linux/amd64",
	} {
		if got, ok := web[field]; !ok || got != want {
			t.Errorf("%s is %q, not %q", field, got, want)
		}
	}
	if at, err := time.Parse("2006-01-02 15:04:05 -0700 MST", web["CreatedAt"]); err != nil || !at.Equal(d.Now().Add(-time.Hour)) {
		t.Errorf("CreatedAt %q", web["CreatedAt"])
	}
	// JSON is for programs: it escapes by itself, and must not lose anything.
	if hostile["Names"] != "\x1b]0;owned\anew\tline\n\u202egnp" || strings.ContainsAny(lines[6], "\x1b\a") {
		t.Errorf("%q", lines[6])
	}
}

func TestImagesAreListed(t *testing.T) {
	d := sit(t)
	d.AddImage("registry.example:5000/team/app:3", api.ImageConfig{})
	got := d.gantry("images")
	if got.code != 0 || !strings.HasPrefix(squeeze(got.out), "REPOSITORY TAG IMAGE ID PLATFORM CREATED SIZE\nbusybox latest ") ||
		!strings.Contains(squeeze(got.out), "\nregistry.example:5000/team/app 3 ") {
		t.Errorf("%s", got.out)
	}
	lines := strings.Split(strings.TrimSpace(d.gantry("images", "--format", "json").out), "\n")
	var row map[string]string
	if err := json.Unmarshal([]byte(lines[1]), &row); err != nil || row["Repository"] != "registry.example:5000/team/app" || row["Tag"] != "3" || len(row["ID"]) != 12 {
		t.Errorf("%v (%v)", row, err)
	}
	if ids := strings.Fields(d.gantry("images", "-q").out); len(ids) != 2 || ids[1] != row["ID"] {
		t.Errorf("%q", ids)
	}
	d.OnPull("nginx:1.27")
	if got := d.gantry("pull", "nginx:1.27"); got.code != 0 || got.out != "docker.io/library/nginx:1.27\n" || !strings.Contains(got.err, "Pulled nginx:1.27") {
		t.Errorf("pull: %+v", got)
	}
}

func TestLogsArePrintedByteForByte(t *testing.T) {
	d := sit(t)
	id := d.Add(api.Container{Name: "web", State: api.StateExited, ExitKnown: true})
	d.Log(id, "one", "two \x1b[31mred\x1b[0m", "three")
	for line, want := range map[string]string{
		"logs web":                         "one\ntwo \x1b[31mred\x1b[0m\nthree\n",
		"logs --tail 1 web":                "three\n",
		"logs --tail 0 web":                "",
		"logs --tail all web":              "one\ntwo \x1b[31mred\x1b[0m\nthree\n",
		"logs --tail -1 web":               "one\ntwo \x1b[31mred\x1b[0m\nthree\n",
		"logs -f --tail 1 " + id[:12]:      "three\n",
		"logs -t --tail 1 web":             "2026-03-01T12:00:00.000000000Z three\n",
		"logs --timestamps --tail 2 " + id: "2026-03-01T12:00:00.000000000Z two \x1b[31mred\x1b[0m\n2026-03-01T12:00:00.000000000Z three\n",
	} {
		if got := d.gantry(strings.Fields(line)...); got.code != 0 || got.out != want || got.err != "" {
			t.Errorf("%s: %d %q %q", line, got.code, got.out, got.err)
		}
	}
	if got := d.gantry("logs", "nothing"); got.code != 1 || got.out != "" || !strings.Contains(got.err, "nothing") {
		t.Errorf("%+v", got)
	}
}
