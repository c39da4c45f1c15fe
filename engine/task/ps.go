package task

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/containerd/containerd/api/services/tasks/v1"
	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/errdefs/pkg/errgrpc"
)

// Pids are the host's numbers of all processes of a container.
func Pids(ctx context.Context, c *client.Client, id string) ([]int, error) {
	resp, err := c.TaskService().ListPids(ctx, &tasks.ListPidsRequest{ContainerID: id})
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", errgrpc.ToNative(err))
	}
	pids := make([]int, len(resp.Processes))
	for i, p := range resp.Processes {
		pids[i] = int(p.Pid)
	}
	return pids, nil
}

// Titles are the columns of ps -ef.
func Titles() []string {
	return []string{"UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"}
}

// Row is a process in these columns, from /proc; ok is false when it has ended.
func Row(pid int, boot, now time.Time) (row []string, ok bool) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return nil, false
	}
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		return nil, false
	}
	cmdline, err := os.ReadFile(filepath.Join(dir, "cmdline"))
	if err != nil {
		return nil, false
	}
	return row8(string(stat), string(status), string(cmdline), boot, now)
}

// row8 makes a row of the three files.
func row8(stat, status, cmdline string, boot, now time.Time) ([]string, bool) {
	open, shut := strings.IndexByte(stat, '('), strings.LastIndexByte(stat, ')')
	if open < 0 || shut < open {
		return nil, false
	}
	// The fields are numbered from the third, the state.
	const ppid, terminal, utime, stime, start = 4 - 3, 7 - 3, 14 - 3, 15 - 3, 22 - 3
	f := strings.Fields(stat[shut+1:])
	if len(f) <= start {
		return nil, false
	}
	number := func(i int) int64 { n, _ := strconv.ParseInt(f[i], 10, 64); return n }
	used := time.Duration(number(utime)+number(stime)) * time.Second / clockTick
	began := boot.Add(time.Duration(number(start)) * time.Second / clockTick)
	share := 0
	if age := now.Sub(began); age > 0 {
		share = min(int(100*used/age), 99)
	}
	command := strings.TrimRight(strings.ReplaceAll(cmdline, "\x00", " "), " ")
	if command == "" {
		command = "[" + stat[open+1:shut] + "]"
	}
	return []string{
		owner(status), strings.TrimSpace(stat[:open]), f[ppid], strconv.Itoa(share), startText(began, now),
		terminalText(number(terminal)), clock(used), command,
	}, true
}

// owner is the name that this host has for a process's user.
func owner(status string) string {
	for line := range strings.Lines(status) {
		if ids, ok := strings.CutPrefix(line, "Uid:"); ok {
			f := strings.Fields(ids)
			if len(f) < 2 {
				break
			}
			if u, err := user.LookupId(f[1]); err == nil {
				return u.Username
			}
			return f[1]
		}
	}
	return "?"
}

// startText is when a process began, as ps tells it.
func startText(began, now time.Time) string {
	began, now = began.Local(), now.Local()
	switch {
	case now.Sub(began) < 24*time.Hour:
		return began.Format("15:04")
	case began.Year() == now.Year():
		return began.Format("Jan02")
	}
	return began.Format("2006")
}

// terminalText is a terminal by its device number.
func terminalText(n int64) string {
	if n == 0 {
		return "?"
	}
	const pts, console = 136, 4
	major, minor := n>>8&0xfff, n&0xff|n>>12&0xfff00
	switch {
	case major >= pts && major < pts+8:
		return "pts/" + strconv.FormatInt((major-pts)<<20|minor, 10)
	case major == console:
		return "tty" + strconv.FormatInt(minor, 10)
	}
	return "?"
}

// clock is a time of work: "00:01:40".
func clock(d time.Duration) string {
	s := int64(d / time.Second)
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}
