package commit

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	docker "github.com/moby/docker-image-spec/specs-go/v1"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/sys/signal"

	"gantry/engine/api"
	"gantry/engine/option"
)

// Config is an image's configuration with what Docker adds to the OCI's.
type Config = docker.DockerOCIImageConfig

// flaw is what is wrong with an instruction, and what to write.
type flaw struct{ reason, fix string }

func (e *flaw) Error() string { return e.reason }

func wrong(fix, reason string, args ...any) error { return &flaw{fmt.Sprintf(reason, args...), fix} }

// Instruct changes an image's configuration by instructions as a Dockerfile has them: those
// that change nothing but the configuration. What is wrong comes as api.FieldErrors, of all
// lines at once; then the configuration is of no use.
func Instruct(cfg *Config, lines []string) error {
	var errs api.FieldErrors
	// An entrypoint drops the command that was for another one, but not the one that comes
	// with it, in whatever order they stand.
	command, entrypoint := false, false
	for i, line := range lines {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, rest = strings.ToUpper(name), strings.TrimSpace(rest)
		var f *flaw
		if errors.As(instruct(cfg, name, rest), &f) {
			errs = append(errs, api.FieldError{Field: "change", Index: i, Value: line, Reason: f.reason, Fix: f.fix})
		}
		command, entrypoint = command || name == "CMD", entrypoint || name == "ENTRYPOINT"
	}
	if len(errs) > 0 {
		return errs
	}
	if entrypoint && !command && len(cfg.Entrypoint) > 0 {
		cfg.Cmd = nil
	}
	return nil
}

func instruct(cfg *Config, name, rest string) (err error) {
	switch name {
	case "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR":
	case "":
		return wrong(`write one such as CMD ["top"]`, "is empty")
	default:
		return wrong("use CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME or WORKDIR", "%s is not an instruction that a commit can carry out", name)
	}
	if rest == "" {
		return wrong("", "nothing follows %s", name)
	}
	switch name {
	case "CMD":
		cfg.Cmd = command(cfg.Shell, rest)
		return nil
	case "ENTRYPOINT":
		cfg.Entrypoint = command(cfg.Shell, rest)
		return nil
	case "HEALTHCHECK":
		cfg.Healthcheck, err = health(rest)
		return err
	case "ONBUILD":
		cfg.OnBuild = append(cfg.OnBuild, rest)
		return nil
	}
	if variable(rest) {
		return wrong(`write the value itself, or \$ for the sign`, "variables are not replaced here")
	}
	switch name {
	case "ENV":
		return pairs(rest, func(k, v string) { cfg.Env = setEnv(cfg.Env, k, v) })
	case "LABEL":
		if cfg.Labels == nil {
			cfg.Labels = map[string]string{}
		}
		return pairs(rest, func(k, v string) { cfg.Labels[k] = v })
	case "VOLUME":
		var list []string
		if json.Unmarshal([]byte(rest), &list) != nil {
			list, err = words(rest)
		}
		for _, v := range list {
			if v = strings.TrimSpace(v); v == "" {
				return wrong("", "a volume's path is empty")
			}
			set(&cfg.Volumes, v)
		}
		return err
	}
	list, err := words(rest)
	if err != nil {
		return err
	}
	if name == "EXPOSE" {
		return expose(cfg, list)
	}
	one := strings.Join(list, " ")
	switch name {
	case "STOPSIGNAL":
		if _, err := signal.ParseSignal(one); err != nil {
			return wrong("write a name such as SIGTERM or a number from 1 to 64", "invalid signal: %s", one)
		}
		cfg.StopSignal = one
	case "USER":
		cfg.User = one
	case "WORKDIR":
		if !path.IsAbs(one) {
			one = path.Join("/", cfg.WorkingDir, one)
		}
		cfg.WorkingDir = path.Clean(one)
	}
	return nil
}

// command is what is to be run: a JSON list of words, or a line for the shell.
func command(shell []string, rest string) []string {
	list := []string{}
	if strings.HasPrefix(rest, "[") && json.Unmarshal([]byte(rest), &list) == nil {
		return list
	}
	if len(shell) == 0 {
		shell = []string{"/bin/sh", "-c"}
	}
	return append(slices.Clone(shell), rest)
}

// health reads what follows HEALTHCHECK, by the rules of the options of docker run.
func health(rest string) (*docker.HealthcheckConfig, error) {
	var d option.Draft
	d.Set(option.KeyImage, "none")
	for strings.HasPrefix(rest, "--") {
		var flag string
		flag, rest, _ = strings.Cut(rest, " ")
		rest = strings.TrimSpace(rest)
		name, value, ok := strings.Cut(strings.TrimPrefix(flag, "--"), "=")
		key := option.Key("health-" + name)
		switch key {
		case option.KeyHealthInterval, option.KeyHealthTimeout, option.KeyHealthStartPeriod, option.KeyHealthStartInterval, option.KeyHealthRetries:
		default:
			return nil, wrong("use --interval, --timeout, --start-period, --start-interval or --retries", "%s is not an option of HEALTHCHECK", flag)
		}
		if !ok {
			return nil, wrong("write "+flag+"=VALUE", "%s has no value", flag)
		}
		d.Set(key, value)
	}
	kind, cmd, _ := strings.Cut(rest, " ")
	cmd = strings.TrimSpace(cmd)
	switch kind = strings.ToUpper(kind); {
	case kind == "NONE" && cmd == "":
		return &docker.HealthcheckConfig{Test: []string{"NONE"}}, nil
	case kind != "CMD" || cmd == "":
		return nil, wrong("write HEALTHCHECK [OPTIONS] CMD COMMAND", "says neither CMD with a command nor NONE")
	}
	parsed := d.Parse(option.Facts{})
	for _, p := range parsed.Problems {
		if strings.HasPrefix(p.Field, "health-") {
			return nil, wrong(p.Fix, "--%s %s", strings.TrimPrefix(p.Field, "health-"), p.Reason)
		}
	}
	h := &docker.HealthcheckConfig{Test: []string{"CMD-SHELL", cmd}}
	if got := parsed.Request.Config.Healthcheck; got != nil {
		h.Interval, h.Timeout, h.StartPeriod, h.StartInterval, h.Retries = got.Interval, got.Timeout, got.StartPeriod, got.StartInterval, got.Retries
	}
	var list []string
	if strings.HasPrefix(cmd, "[") && json.Unmarshal([]byte(cmd), &list) == nil {
		h.Test = append([]string{"CMD"}, list...)
	}
	return h, nil
}

func expose(cfg *Config, list []string) error {
	for _, w := range list {
		r, err := network.ParsePortRange(w)
		if err != nil || r.Start() == 0 {
			return wrong("write 80, 53/udp or 8000-8010", "%s is not a port", w)
		}
		for p := range r.All() {
			set(&cfg.ExposedPorts, p.String())
		}
	}
	return nil
}

// pairs reads NAME=VALUE NAME=VALUE…, or the older NAME VALUE.
func pairs(rest string, put func(k, v string)) error {
	list, err := words(rest)
	if err != nil {
		return err
	}
	if !strings.Contains(list[0], "=") {
		if len(list) == 1 {
			return wrong("write "+list[0]+"=VALUE", "%s has no value", list[0])
		}
		put(list[0], strings.Join(list[1:], " "))
		return nil
	}
	for _, w := range list {
		k, v, ok := strings.Cut(w, "=")
		if !ok || k == "" {
			return wrong("put a value with blanks in quotes", "%s is not NAME=VALUE", w)
		}
		put(k, v)
	}
	return nil
}

func words(rest string) ([]string, error) {
	list, err := option.SplitWords(rest)
	if err == nil && (len(list) == 0 || list[0] == "") {
		return nil, wrong("", "is empty")
	}
	if err != nil {
		return nil, wrong("", "%s", err)
	}
	return list, nil
}

// variable reports whether a text names a variable where Docker would put its value.
func variable(text string) bool {
	single := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'':
			single = !single
		case c == '\\' && !single:
			i++
		case c == '$' && !single:
			return true
		}
	}
	return false
}

func setEnv(env []string, k, v string) []string {
	env = slices.Clone(env)
	for i, kv := range env {
		if name, _, _ := strings.Cut(kv, "="); name == k {
			env[i] = k + "=" + v
			return env
		}
	}
	return append(env, k+"="+v)
}

func set(m *map[string]struct{}, k string) {
	if *m == nil {
		*m = map[string]struct{}{}
	}
	(*m)[k] = struct{}{}
}
