package kit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"gantry/engine/api"
)

func TestExplain(t *testing.T) {
	pull := func(c api.PullCause) error {
		return fmt.Errorf("create: %w", &api.PullError{Ref: "app:3", Registry: "reg.example", Cause: c, Wanted: "linux/arm64", Platforms: []string{"linux/amd64", "linux/386"}, Err: errors.New("inner")})
	}
	start := func(c api.StartCause) error {
		return &api.StartError{Name: "web", Command: "ngnix", Cause: c, Code: 127, Err: errors.New("inner")}
	}
	gone := func(c api.UnavailableCause) error {
		return &api.UnavailableError{Address: "/run/c.sock", Cause: c, Detail: "a detail", Err: errors.New("inner")}
	}
	for name, c := range map[string]struct {
		err                error
		title, detail, fix string // parts
	}{
		"a recreate that did not start": {&api.RecreateError{Name: "web", Back: true, Running: true, Err: start(api.CauseNotFound)}, "web did not start", "no such program in the image; the old container runs again", "check the command"},
		"a recreate cancelled":          {&api.RecreateError{Name: "web", Back: true, Err: context.Canceled}, "Cancelled", "the old container is as it was", ""},
		"a recreate without its engine": {&api.RecreateError{Name: "web", Err: gone(api.EngineDown)}, "", "is brought back when the engine", "start it"},
		"a bad name":                    {pull(api.PullBadReference), `"app:3" is not an image name`, "", "name:tag"},
		"no tag":                        {pull(api.PullNoTag), "No such image: app:3", "reg.example", "spelling"},
		"denied":                        {pull(api.PullDenied), "app:3 could not be pulled", "wants a login", "docker login reg.example"},
		"login":                         {pull(api.PullLogin), "app:3 could not be pulled", "login for reg.example was refused", "docker login reg.example"},
		"rate limit":                    {pull(api.PullRateLimit), "app:3 could not be pulled", "limited", "wait"},
		"unreachable":                   {pull(api.PullUnreachable), "app:3 could not be pulled", "not reachable", "network"},
		"dns":                           {pull(api.PullDNS), "app:3 could not be pulled", "cannot be resolved", "resolv.conf"},
		"tls":                           {pull(api.PullTLS), "app:3 could not be pulled", "not trusted", "certs.d/reg.example"},
		"plain http":                    {pull(api.PullPlainHTTP), "app:3 could not be pulled", "plain HTTP", "hosts.toml"},
		"platform":                      {pull(api.PullPlatform), "app:3 has nothing for linux/arm64", "linux/amd64, linux/386", "--platform"},
		"corrupt":                       {pull(api.PullCorrupt), "app:3 could not be pulled", "announced", "try again"},
		"disk full":                     {pull(api.PullDiskFull), "app:3 could not be pulled", "disk is full", "free some space"},
		"not an image":                  {pull(api.PullNotImage), "app:3 could not be pulled", "not a container image", "another program"},
		"server":                        {pull(api.PullServer), "app:3 could not be pulled", "reg.example failed", "later"},
		"engine":                        {pull(api.PullEngine), "app:3 could not be pulled", "containerd went away", "engine is back"},
		"never":                         {pull(api.PullNotHere), "No such image here: app:3", "--pull never", "--pull missing"},
		"another pull":                  {pull(api.PullOther), "app:3 could not be pulled", "inner", ""},
		"no program":                    {start(api.CauseNotFound), "web did not start", "ngnix: no such program", "check the command"},
		"no program to run in one":      {&api.StartError{Name: "web", Command: "ngnix", Exec: true, Cause: api.CauseNotFound}, "Nothing was run in web", "ngnix: no such program", "check the command"},
		"not executable":                {start(api.CausePermission), "web did not start", "not executable", "sh"},
		"not a directory":               {start(api.CauseNotDir), "web did not start", "inner", "mounted"},
		"mount":                         {start(api.CauseMount), "web did not start", "inner", "sources"},
		"cgroup":                        {start(api.CauseCgroup), "web did not start", "inner", "limits"},
		"hook":                          {start(api.CauseHook), "web did not start", "inner", "network"},
		"port":                          {start(api.CausePort), "web did not start", "inner", "another port"},
		"rootfs":                        {start(api.CauseRootfs), "web did not start", "snapshot is gone", "anew"},
		"skew":                          {start(api.CauseSkew), "web did not start", "upgraded", "restart containerd"},
		"another start":                 {start(api.CauseOther), "web did not start", "inner", ""},
		"no socket":                     {gone(api.NoSocket), "No containerd at /run/c.sock", "", "--engine embedded"},
		"denied socket":                 {gone(api.Denied), "No permission on /run/c.sock", "root", "sudo"},
		"not root":                      {gone(api.NotRoot), "needs root", "", "sudo"},
		"refused":                       {gone(api.Refused), "Nobody listens on /run/c.sock", "not running", "start containerd"},
		"not containerd":                {gone(api.NotContainerd), "is not containerd's socket", "a detail", "--address"},
		"no payload":                    {gone(api.NoPayload), "built without its engine", "", "go generate"},
		"engine failed":                 {gone(api.EngineFailed), "did not start", "a detail", "gantry engine status"},
		"engine down":                   {gone(api.EngineDown), "/run/c.sock is down", "last time", "--engine"},
		"disk of engine":                {gone(api.EngineFull), "data root is full", "a detail", "--data-root"},
		"read-only":                     {gone(api.EngineReadOnly), "cannot be written", "a detail", "mount it writable"},
		"damaged data":                  {gone(api.EngineDamaged), "damaged", "a detail", "backup"},
		"newer data":                    {gone(api.EngineNewer), "newer containerd", "a detail", "gantry that wrote it"},
		"hung":                          {gone(api.EngineHung), "/run/c.sock does not answer", "a detail", "gantry engine restart"},
		"dying":                         {gone(api.EngineDying), "again and again", "a detail", "gantry doctor"},
		"not available":                 {gone(api.UnavailableAny), "is not available", "a detail", "gantry engine status"},
		"one field":                     {api.FieldErrors{{Field: "memory", Reason: "below 6 MiB", Fix: "6m or more"}}, "--memory: below 6 MiB", "", "6m or more"},
		"a field alone":                 {fmt.Errorf("create: %w", api.FieldError{Field: "image", Reason: "missing"}), "Image: missing", "", ""},
		"several fields":                {api.FieldErrors{{Field: "image", Reason: "missing"}, {Field: "cpus", Reason: "no number"}}, "2 things to mend", "image: missing\n--cpus: no number", ""},
		"no container":                  {&api.NotFoundError{Kind: "container", Name: "web"}, "No such container: web", "", "ps -a"},
		"no image":                      {&api.NotFoundError{Kind: "image", Name: "app"}, "No such image: app", "", "gantry images"},
		"ambiguous":                     {&api.AmbiguousError{Prefix: "3f", IDs: []string{"3f2a91c04b7d00", "3fa0"}}, "3f is the beginning of 2 IDs", "3f2a91c04b7d, 3fa0", "more of it"},
		"name in use":                   {&api.NameInUseError{Name: "web", ID: "3f2a91c04b7d99", State: api.StateRunning}, "The name web is taken", "3f2a91c04b7d, which is running", "another name"},
		"network in use":                {&api.NetworkInUseError{Name: "back", By: []string{"web", "db"}}, "The network back is in use", "by web, db", "remove these"},
		"volume in use":                 {&api.VolumeInUseError{Name: "data", By: []string{"web", "db"}}, "The volume data is in use", "by web, db", "remove these"},
		"volume held":                   {&api.VolumeInUseError{Name: "data"}, "The volume data is in use", "being made", "remove these"},
		"mount as it is":                {&api.MountError{Source: "/srv", Target: "/data", Reason: "is gone from this host", Fix: "make it again"}, "Cannot mount /srv", "at /data: it is gone", "make it again"},
		"state":                         {&api.StateError{Action: "remove", Name: "web", State: api.StateRunning, Fix: "stop it first"}, "Cannot remove web", "it is running", "stop it first"},
		"owner":                         {&api.OwnerError{Action: "stop", Name: "web", Owner: api.OwnerKubernetes, Reason: "the kubelet would start it again"}, "Cannot stop web", "Kubernetes: the kubelet", "kubectl"},
		"unsupported":                   {&api.UnsupportedError{What: "restart policy on-failure", Reason: "containerd 1.6 knows only always"}, "Restart policy on-failure is not supported here", "1.6", ""},
		"cancelled":                     {fmt.Errorf("pull: %w", context.Canceled), "Cancelled", "", ""},
		"too long":                      {fmt.Errorf("pull: %w", context.DeadlineExceeded), "It took too long", "", "try again"},
		"detached":                      {api.ErrDetached, "Detached", "goes on", ""},
		"no space":                      {&os.PathError{Op: "write", Path: "/x", Err: syscall.ENOSPC}, "The disk is full", "/x", "free"},
		"not permitted":                 {&os.PathError{Op: "open", Path: "/x", Err: os.ErrPermission}, "Not permitted", "/x", "root"},
		"anything else":                 {errors.New("mkdir /x: no such file"), "Mkdir /x: no such file", "", ""},
		"a hostile detail":              {errors.New("x\x1b]0;t\x07 \x1b[31my\nz"), "X y z", "", ""},
	} {
		e := Explain(c.err)
		if !strings.Contains(e.Title, c.title) || !strings.Contains(e.Detail, c.detail) || !strings.Contains(e.Fix, c.fix) {
			t.Errorf("%s:\n got  %+v\n want %+v", name, e, c)
		}
		if c.fix == "" && e.Fix != "" {
			t.Errorf("%s: unexpected fix %q", name, e.Fix)
		}
		line := e.Line()
		if strings.ContainsAny(line, "\n\x1b") || !strings.HasPrefix(line, e.Title) || strings.HasSuffix(line, ".") {
			t.Errorf("%s: as one line: %q", name, line)
		}
		if e.Fix != "" && !strings.Contains(line, e.Fix) {
			t.Errorf("%s: the line does not say what to do: %q", name, line)
		}
	}
}

func TestExplainNothing(t *testing.T) {
	if e := Explain(nil); e != (Explanation{}) {
		t.Errorf("got %+v", e)
	}
}

// A cancelled pull is a cancel, not a failure of the registry.
func TestACancelInsideAnErrorIsACancel(t *testing.T) {
	err := &api.PullError{Ref: "app:3", Registry: "r", Cause: api.PullOther, Err: context.Canceled}
	if e := Explain(err); e.Title != "Cancelled" {
		t.Errorf("got %+v", e)
	}
}
