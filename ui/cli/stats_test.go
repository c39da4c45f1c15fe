package cli

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
)

func TestStatsAreDockersTable(t *testing.T) {
	d := sit(t)
	web := d.Add(api.Container{ID: strings.Repeat("a", 64), Name: "web", State: api.StateRunning, MemoryLimit: 64 << 20, CreatedAt: d.Now()})
	host := d.Add(api.Container{ID: strings.Repeat("b", 64), Name: "host", State: api.StatePaused, CreatedAt: d.Now().Add(-time.Hour)})
	d.Add(api.Container{ID: strings.Repeat("c", 64), Name: "old", State: api.StateExited, CreatedAt: d.Now().Add(-2 * time.Hour)})
	d.SetSample(web, api.Sample{Memory: 16 << 20, Pids: 3, Net: true, NetRx: 1200, NetTx: 345, BlockRead: 5e6})
	d.SetSample(host, api.Sample{Memory: 1 << 20, Pids: 1})
	d.Use(web, 150)
	got := d.gantry("stats", "--no-stream")
	want := `CONTAINER ID NAME CPU % MEM USAGE / LIMIT MEM % NET I/O BLOCK I/O PIDS
aaaaaaaaaaaa web 150.00% 16MiB / 64MiB 25.00% 1.2kB / 345B 5MB / 0B 3
bbbbbbbbbbbb host 0.00% 1MiB / 8GiB 0.01% -- 0B / 0B 1
`
	if got.code != 0 || squeeze(got.out) != squeeze(want) {
		t.Errorf("%d %s\n%s\nwant\n%s", got.code, got.err, squeeze(got.out), want)
	}
	got = d.gantry("stats", "--no-stream", "--format", "json", "old")
	var row map[string]string
	if err := json.Unmarshal([]byte(got.out), &row); err != nil || row["Name"] != "old" || row["CPUPerc"] != "--" || row["MemUsage"] != "-- / --" {
		t.Errorf("%v, %v", row, err)
	}
	if got := d.gantry("stats", "--no-stream", "none"); got.code != 1 || got.out != "" || !strings.Contains(got.err, "none") {
		t.Errorf("%+v", got)
	}
	if got := d.gantry("stats", "-a", "--no-stream"); strings.Count(got.out, "\n") != 4 {
		t.Errorf("all: %s", got.out)
	}
}

func TestTopIsATable(t *testing.T) {
	d := sit(t)
	d.Add(api.Container{Name: "web", State: api.StateRunning, Pid: 7, Command: []string{"nginx", "\x1b[2J"}})
	got := d.gantry("top", "web", "-o", "pid,args")
	if got.code != 0 || squeeze(got.out) != "UID PID PPID C STIME TTY TIME CMD\nroot 7 1 0 12:00 ? 00:00:00 nginx\n" && !strings.Contains(got.out, "nginx") {
		t.Errorf("%+v", got)
	}
	if strings.Contains(got.out, "\x1b") || !d.Called("Top "+d.all()[0]+" -o pid,args") {
		t.Errorf("%q, %v", got.out, d.Calls())
	}
	d.Add(api.Container{Name: "old", State: api.StateExited})
	if got := d.gantry("top", "old"); got.code != 1 || got.out != "" {
		t.Errorf("%+v", got)
	}
}

func TestAShellCompletesNames(t *testing.T) {
	d := sit(t)
	d.Add(api.Container{Name: "web", State: api.StateRunning})
	d.Add(api.Container{Name: "week", State: api.StateExited})
	for line, want := range map[string]string{
		"__complete stop we": "web\n", "__complete start w": "week\n", "__complete rm we": "web\nweek\n",
		"__complete exec ": "web\n", "__complete rename web ": "",
	} {
		words := strings.Split(line, " ")
		got := d.gantry(words...)
		names, _, _ := strings.Cut(got.out, ":")
		if got.code != 0 || sorted(names) != want {
			t.Errorf("%s: %d %q, want %q", line, got.code, got.out, want)
		}
	}
}

// all are the IDs of the containers there are.
func (d *desk) all() []string {
	list, err := d.Containers(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	var ids []string
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	return ids
}

// sorted are lines in order.
func sorted(s string) string {
	lines := strings.SplitAfter(s, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "")
}
