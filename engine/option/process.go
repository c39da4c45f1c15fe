package option

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/moby/sys/signal"

	"gantry/engine/api"
)

// process are the rows about the process that the container runs.
func process() []row {
	return []row{
		{
			Option: Option{
				Key: KeyEntrypoint, Label: "Entrypoint", Section: SectionProcess, Kind: KindText, Form: true,
				Value: "string", Example: "/bin/sh", Help: "Program to run in place of the image's entrypoint; its command is dropped too",
			},
			put:   func(b *build, v string) { b.config.Entrypoint = []string{v} },
			take:  takeEntrypoint,
			empty: true,
		},
		{
			Option: Option{
				Key: KeyEnv, Short: "e", Label: "Environment", Section: SectionProcess, Kind: KindKeyValue, Repeat: true, Form: true,
				Value: "list", Example: "NAME=value", Help: "Set an environment variable; a name alone copies this host's value",
			},
			put: putEnv, take: takeEnv, brief: true,
		},
		{
			Option: Option{
				Key: KeyEnvFile, Label: "Env files", Section: SectionProcess, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "web.env", Help: "Read environment variables from a file of NAME=value lines; --env goes before it",
			},
			put: putEnvFile,
			// What was read is in the request as variables, and comes back as those.
			take: func(*api.CreateRequest) []string { return nil },
		},
		{
			Option: Option{
				Key: KeyWorkdir, Short: "w", Label: "Work dir", Section: SectionProcess, Kind: KindPath, Form: true,
				Value: "string", Example: "/app", Help: "Directory inside the container to start in",
			},
			put:   putWorkdir,
			take:  func(r *api.CreateRequest) []string { return text(r.Config.WorkingDir) },
			brief: true,
		},
		{
			Option: Option{
				Key: KeyUser, Short: "u", Label: "User", Section: SectionProcess, Kind: KindText, Form: true,
				Value: "string", Example: "1000:1000", Help: "User and group to run as, by name or number: user[:group]",
			},
			put:   putUser,
			take:  func(r *api.CreateRequest) []string { return text(r.Config.User) },
			brief: true,
		},
		{
			Option: Option{
				Key: KeyHostname, Short: "h", Label: "Hostname", Section: SectionProcess, Kind: KindText, Form: true,
				Value: "string", Example: "web-1", Help: "Host name inside the container; its short ID when not given",
			},
			put:  putHostname,
			take: func(r *api.CreateRequest) []string { return text(r.Config.Hostname) },
		},
		{
			Option: Option{
				Key: KeyLabel, Short: "l", Label: "Labels", Section: SectionProcess, Kind: KindKeyValue, Repeat: true, Form: true,
				Value: "list", Example: "team=web", Help: "Attach a label to the container",
			},
			put: putLabel, take: takeLabels,
		},
		{
			Option: Option{
				Key: KeyInteractive, Short: "i", Label: "Interactive", Section: SectionProcess, Kind: KindBool,
				Default: "false", Form: true, Help: "Keep standard input open",
			},
			put:  func(b *build, v string) { b.putBool(v, &b.config.OpenStdin) },
			take: func(r *api.CreateRequest) []string { return on(r.Config.OpenStdin) },
			lead: true,
		},
		{
			Option: Option{
				Key: KeyStopSignal, Label: "Stop signal", Section: SectionProcess, Kind: KindText, Form: true,
				Value: "string", Example: "SIGQUIT", Help: "Signal that asks the container to stop; the image's, else SIGTERM, when not given",
			},
			put:  putStopSignal,
			take: func(r *api.CreateRequest) []string { return text(r.Config.StopSignal) },
		},
		{
			Option: Option{
				Key: KeyStopTimeout, Label: "Stop timeout", Section: SectionProcess, Kind: KindNumber, Unit: "seconds", Form: true,
				Value: "int", Example: "30", Help: "Seconds to wait for a stop before killing; 10 when not given, -1 for ever",
			},
			put:  putStopTimeout,
			take: takeStopTimeout,
		},
	}
}

func putEnv(b *build, v string) {
	name, _, given := strings.Cut(v, "=")
	if name == "" {
		b.refuse("invalid environment variable: "+v, "write NAME=value")
		return
	}
	if given {
		b.config.Env = append(b.config.Env, v)
		return
	}
	b.config.Env = b.copyEnv(b.config.Env, name, "")
}

// copyEnv appends a variable of the caller's environment, if it is there. where says who asks
// for it, when that is not the value being read.
func (b *build) copyEnv(to []string, name, where string) []string {
	b.req.EnvFromHost = append(b.req.EnvFromHost, name)
	value, ok := b.lookup(name)
	switch {
	case !ok:
		return to
	case !utf8.ValidString(value):
		b.refuse(where+"the value of "+name+" on this host is not valid UTF-8", "write "+name+"=value")
		return to
	}
	return append(to, name+"="+value)
}

// lookup is a variable of the caller's environment; the last one of a name counts.
func (b *build) lookup(name string) (string, bool) {
	env := b.facts.Host.Env
	for i := len(env) - 1; i >= 0; i-- {
		if e := env[i]; len(e) > len(name) && e[len(name)] == '=' && e[:len(name)] == name {
			return e[len(name)+1:], true
		}
	}
	return "", false
}

func putWorkdir(b *build, v string) {
	if !strings.HasPrefix(v, "/") {
		b.refuse(fmt.Sprintf("the working directory '%s' is invalid, it needs to be an absolute path", v), "begin it with /")
		return
	}
	b.config.WorkingDir = v
}

// maxUID is the highest number that user lookup takes.
const maxUID = 1<<31 - 1

func putUser(b *build, v string) {
	user, group, colon := strings.Cut(v, ":")
	switch {
	case user == "":
		b.refuse("the user is missing before the colon", "write user:group")
		return
	case colon && group == "":
		b.refuse("the group is missing after the colon", "write user:group")
		return
	case strings.Contains(group, ":"):
		b.refuse("has more than one colon", "write user:group")
		return
	}
	for _, part := range []string{user, group} {
		if n, err := strconv.Atoi(part); err == nil && (n < 0 || n > maxUID) {
			b.refuse("uids and gids must be in range 0-2147483647", "")
			return
		}
	}
	b.config.User = v
}

// maxHostname is the kernel's limit.
const maxHostname = 64

func putHostname(b *build, v string) {
	switch {
	case len(v) > maxHostname:
		b.refuse("is longer than 64 bytes", "")
	case !consists(v, "-._"):
		b.refuse("only letters, digits, - and . are allowed", "")
	case strings.Trim(v, "-.") != v:
		b.refuse("must begin and end with a letter or a digit", "")
	default:
		b.config.Hostname = v
	}
}

func putStopSignal(b *build, v string) {
	s, err := signal.ParseSignal(v)
	if err != nil || s < 1 || s > 64 {
		b.refuse("invalid signal: "+v, "write a name such as SIGTERM or a number from 1 to 64")
		return
	}
	b.config.StopSignal = v
}

// maxStopTimeout keeps the seconds countable in nanoseconds, and in 32 bits.
const maxStopTimeout = 1<<31 - 1

func putStopTimeout(b *build, v string) {
	n, err := strconv.Atoi(v)
	switch {
	case err != nil:
		b.refuse("is not a whole number", "write seconds, such as 30")
	case n < -1:
		b.refuse("cannot be negative", "write -1 to wait for ever")
	case n > maxStopTimeout:
		b.refuse("is more than 68 years", "write -1 to wait for ever")
	default:
		b.config.StopTimeout = &n
	}
}

func takeStopTimeout(r *api.CreateRequest) []string {
	if r.Config.StopTimeout == nil {
		return nil
	}
	return []string{strconv.Itoa(*r.Config.StopTimeout)}
}
