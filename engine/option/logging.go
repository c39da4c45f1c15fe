package option

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/template"

	units "github.com/docker/go-units"

	"gantry/engine/api"
)

// The options of the container's log.
const (
	KeyLogDriver Key = "log-driver"
	KeyLogOpt    Key = "log-opt"
)

// The log drivers that are carried out.
const (
	logJSONFile = "json-file"
	logJournald = "journald"
	logNone     = "none"
)

// logging are the rows about where the container's output goes.
func logging() []row {
	return []row{
		{
			Option: Option{
				Key: KeyLogDriver, Label: "Log driver", Section: SectionAdvanced, Kind: KindChoice, Form: true,
				Default: logJSONFile, Choices: []string{logJSONFile, logJournald, logNone},
				Value: "string", Help: "Where the container's output is kept",
			},
			put: putLogDriver,
			take: func(r *api.CreateRequest) []string {
				return unless(logJSONFile, r.HostConfig.LogConfig.Type)
			},
		},
		{
			Option: Option{
				Key: KeyLogOpt, Label: "Log options", Section: SectionAdvanced, Kind: KindKeyValue, Repeat: true, Form: true,
				Value: "list", Example: "max-size=10m", Help: "Option of the log driver; json-file has max-size, max-file, labels, env and tag",
			},
			put: putLogOpt, take: takeLogOpts,
		},
	}
}

// otherDrivers are Docker's drivers that need a service of their own; local is a format
// that only Docker reads.
const otherDrivers = " local syslog gelf fluentd awslogs splunk etwlogs gcplogs "

func putLogDriver(b *build, v string) {
	const fix = "write json-file, journald or none"
	switch {
	case v == logJournald && b.facts.Host.OS != "" && !b.facts.Host.Journal:
		b.refuse("this host has no journal of systemd's", "write json-file or none")
	case v == logJSONFile || v == logJournald || v == logNone:
		b.host.LogConfig.Type = v
	case v == "local":
		b.refuse("keeps logs in a format that only Docker reads", "json-file with --log-opt max-size=20m --log-opt max-file=5 keeps as much")
	case strings.Contains(otherDrivers, " "+v+" "):
		b.refuse("is not carried out: gantry's logger sends nothing over a network", "write journald and have the journal forward it, or json-file and have a collector read that")
	default:
		b.refuse(fmt.Sprintf("unknown logging driver %q", v), fix)
	}
}

func putLogOpt(b *build, v string) {
	name, value, given := strings.Cut(v, "=")
	if name == "" || !given {
		b.refuse(fmt.Sprintf("invalid logging opts format: %q", v), "write name=value, such as max-size=10m")
		return
	}
	if b.host.LogConfig.Config == nil {
		b.host.LogConfig.Config = map[string]string{}
	}
	b.host.LogConfig.Config[name] = value
}

func takeLogOpts(r *api.CreateRequest) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(r.HostConfig.LogConfig.Config)) {
		out = append(out, k+"="+r.HostConfig.LogConfig.Config[k])
	}
	return out
}

// acrossLogging checks the options of the log driver by that driver.
func (b *build) acrossLogging(d Draft) {
	driver := b.host.LogConfig.Type
	if driver == "" {
		driver = logJSONFile
	}
	for i, v := range d.values(KeyLogOpt) {
		name, value, given := strings.Cut(v, "=")
		if name == "" || !given {
			continue
		}
		if reason, fix := b.logOptFlaw(driver, name, value); reason != "" {
			b.refuseAt(KeyLogOpt, i, v, reason, fix)
		}
	}
}

func (b *build) logOptFlaw(driver, name, value string) (reason, fix string) {
	if driver == logNone {
		return "invalid logging opts for driver none", "leave it out: nothing is kept"
	}
	switch name {
	case "labels", "env":
		return "", ""
	case "tag":
		if _, err := template.New("tag").Parse(value); err != nil {
			return "the tag is not a template: " + err.Error(), "write it like tag={{.Name}}/{{.ID}}"
		}
		return "", ""
	case "labels-regex", "env-regex":
		return name + " is not carried out", "name them: " + strings.TrimSuffix(name, "-regex") + "=a,b"
	case "mode":
		if value == "blocking" {
			return "", ""
		}
		return "the log is always written before the container goes on", "write mode=blocking, or leave it out"
	case "max-buffer-size":
		return "has no effect without mode=non-blocking, which is not carried out", "leave it out"
	}
	if driver == logJSONFile {
		switch name {
		case "max-size":
			return maxSizeFlaw(value)
		case "max-file":
			if n, err := strconv.Atoi(value); err != nil {
				return fmt.Sprintf("max-file %q is not a whole number", value), "write a number such as 3"
			} else if n < 1 {
				return "max-file cannot be less than 1", ""
			}
			if _, ok := b.host.LogConfig.Config["max-size"]; !ok {
				return "max-file has no effect without max-size", "add max-size=10m"
			}
			return "", ""
		case "compress":
			if on, err := strconv.ParseBool(value); err == nil && !on {
				return "", ""
			}
			return "rotated logs are not compressed", "leave it out"
		case "log-path":
			return "logs lie in the container's state directory", "leave it out"
		}
	}
	return fmt.Sprintf("unknown log opt '%s' for %s log driver", name, driver), ""
}

func maxSizeFlaw(value string) (reason, fix string) {
	if value == "-1" {
		return "", ""
	}
	n, err := units.FromHumanSize(value)
	switch {
	case err != nil:
		return fmt.Sprintf("max-size %q is not a size", value), "write a number and a unit, such as 10m"
	case n <= 0:
		return "max-size must be a positive number", ""
	}
	return "", ""
}
