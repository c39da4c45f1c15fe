package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gantry/ui/strict"
)

// The settings, by their place in config.toml.
const (
	Theme       = "theme"
	ASCII       = "ascii"
	Mouse       = "mouse"
	AskStop     = "confirm.stop"
	Engine      = "engine.use"
	Address     = "engine.address"
	Namespace   = "engine.namespace"
	DataRoot    = "engine.data-root"
	StopTimeout = "stop.timeout"
	Insecure    = "pull.insecure-registries"
)

// Setting is one thing that can be set.
type Setting struct {
	Key     string
	Flag    string // without dashes; "" when there is none
	Env     string // variable; "" when there is none
	Default string // as it is shown
	Help    string // one sentence, for the example
	Example string // as it is written in the example
	// read makes a value of the file or of text a text that is fit, or says what is wrong with it.
	read func(v any) (string, error)
}

// Settings are all of them, in the order of the example.
func Settings() []Setting {
	return []Setting{
		{Key: Theme, Flag: "theme", Env: "GANTRY_THEME", Default: "auto", Example: `"auto"`, read: text(notEmpty),
			Help: "The colours: auto is dark or light as the terminal is; 'gantry themes' lists the others."},
		{Key: ASCII, Flag: "ascii", Env: "GANTRY_ASCII", Default: "auto", Example: "false", read: boolean,
			Help: "Signs of ASCII only. Left out, the terminal and the locale decide."},
		{Key: Mouse, Default: "none", Example: `"none"`, read: text(oneOf("none")),
			Help: "The mouse selects text as the terminal has it; gantry does not take it yet."},
		{Key: AskStop, Default: "false", Example: "false", read: boolean,
			Help: "Ask before a container is stopped."},
		{Key: Engine, Flag: "engine", Default: "auto", Example: `"auto"`, read: text(oneOf("auto", "system", "embedded")),
			Help: "Which containerd: auto, system or embedded."},
		{Key: Address, Flag: "address", Env: "CONTAINERD_ADDRESS", Default: "", Example: `"/run/containerd/containerd.sock"`, read: text(socket),
			Help: "The socket of a containerd, instead of looking for one."},
		{Key: Namespace, Flag: "namespace", Env: "CONTAINERD_NAMESPACE", Default: "default", Example: `"default"`, read: text(identifier),
			Help: "The namespace of containerd to work in."},
		{Key: DataRoot, Flag: "data-root", Env: "GANTRY_DATA_ROOT", Default: "/var/lib/gantry", Example: `"/var/lib/gantry"`, read: text(absolute),
			Help: "The folder of gantry's own engine."},
		{Key: StopTimeout, Default: "", Example: `"10s"`, read: duration,
			Help: "How long a container has to end when it is stopped, before it is killed; 0s kills at once.\nLeft out, each has its own time, else 10 seconds."},
		{Key: Insecure, Default: "", Example: `["registry.local:5000"]`, read: registries,
			Help: "Registries that may speak plain HTTP, or show a certificate that nobody knows.\nThose on this host may anyway; better is a hosts.toml in certs.d, with the registry's own certificate."},
	}
}

// find is the setting with a key.
func find(key string) (Setting, bool) {
	all := Settings()
	i := slices.IndexFunc(all, func(s Setting) bool { return s.Key == key })
	if i < 0 {
		return Setting{}, false
	}
	return all[i], true
}

func text(check func(string) error) func(any) (string, error) {
	return func(v any) (string, error) {
		s, ok := v.(string)
		if !ok {
			return "", errors.New("must be a text, not " + strict.Type(v))
		}
		return s, check(s)
	}
}

// boolean takes true and false, from the environment and flags also as texts.
func boolean(v any) (string, error) {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v), nil
	case flagText:
		b, err := strconv.ParseBool(string(v))
		if err != nil {
			return "", fmt.Errorf("%q: must be true or false", string(v))
		}
		return strconv.FormatBool(b), nil
	}
	return "", errors.New("must be true or false, not " + strict.Type(v))
}

// flagText is a value that has no other way to be written than as a text.
type flagText string

// duration takes "90s" and "1m30s", and a whole number of seconds.
func duration(v any) (string, error) {
	var d time.Duration
	switch v := v.(type) {
	case int64:
		if v < 0 || v > int64(24*time.Hour/time.Second) {
			return "", fmt.Errorf("%d: must be from 0 to 86400 seconds", v)
		}
		d = time.Duration(v) * time.Second
	case string:
		var err error
		if d, err = time.ParseDuration(v); err != nil || d < 0 || d > 24*time.Hour {
			return "", fmt.Errorf("%q is not a time from 0s to 24h: write 10s or 1m30s", v)
		}
	default:
		return "", errors.New("must be a time such as \"10s\", not " + strict.Type(v))
	}
	return d.String(), nil
}

// registries are host names with an optional port; in text a comma is between them.
func registries(v any) (string, error) {
	list, ok := v.([]any)
	if !ok {
		return "", errors.New("must be a list of texts, not " + strict.Type(v))
	}
	var hosts []string
	for _, e := range list {
		s, ok := e.(string)
		if !ok {
			return "", errors.New("must be a list of texts; " + strict.Type(e) + " is in it")
		}
		if !regexp.MustCompile(`^(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)(:[0-9]{1,5})?$`).MatchString(s) {
			return "", fmt.Errorf("%q is not a registry: write its name and port, without http:// and path", s)
		}
		hosts = append(hosts, s)
	}
	return strings.Join(hosts, ","), nil
}

func notEmpty(s string) error {
	if s == "" {
		return errors.New("must not be empty")
	}
	return nil
}

func oneOf(choices ...string) func(string) error {
	return func(s string) error {
		if slices.Contains(choices, s) {
			return nil
		}
		if len(choices) == 1 {
			return fmt.Errorf("%q: there is only %s", s, choices[0])
		}
		last := len(choices) - 1
		return fmt.Errorf("%q: must be %s or %s", s, strings.Join(choices[:last], ", "), choices[last])
	}
}

func socket(s string) error {
	if !filepath.IsAbs(strings.TrimPrefix(s, "unix://")) {
		return fmt.Errorf("%q: must be the whole path of a socket", s)
	}
	return nil
}

func absolute(s string) error {
	if !filepath.IsAbs(s) {
		return fmt.Errorf("%q: must be a whole path, from / on", s)
	}
	return nil
}

// identifier is containerd's rule for names of namespaces.
func identifier(s string) error {
	if len(s) > 76 || !regexp.MustCompile(`^[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*$`).MatchString(s) {
		return fmt.Errorf("%q is not a name: letters and digits, with single . _ - between them", s)
	}
	return nil
}
