package option

import (
	"strconv"
	"time"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
)

// The options of the container's health check.
const (
	KeyHealthCmd           Key = "health-cmd"
	KeyHealthInterval      Key = "health-interval"
	KeyHealthTimeout       Key = "health-timeout"
	KeyHealthRetries       Key = "health-retries"
	KeyHealthStartPeriod   Key = "health-start-period"
	KeyHealthStartInterval Key = "health-start-interval"
	KeyNoHealthcheck       Key = "no-healthcheck"
)

// healthNone is the test of a container whose image's check is not run.
const healthNone = "NONE"

// health are the rows about how the container's health is looked at.
func health() []row {
	return []row{
		{
			Option: Option{
				Key: KeyHealthCmd, Label: "Health check", Section: SectionAdvanced, Kind: KindText, Form: true,
				Value: "string", Example: "curl -f http://localhost/ || exit 1", Help: "Command that tells by its exit code whether the container is healthy; the image's when not given",
			},
			put: func(b *build, v string) { b.health().Test = []string{"CMD-SHELL", v} },
			take: func(r *api.CreateRequest) []string {
				if h := r.Config.Healthcheck; h != nil && len(h.Test) == 2 && h.Test[0] == "CMD-SHELL" {
					return h.Test[1:]
				}
				return nil
			},
		},
		duration(KeyHealthInterval, "Check every", "10s", "Time between two health checks; 30s when not given", func(h *container.HealthConfig) *time.Duration { return &h.Interval }),
		duration(KeyHealthTimeout, "Check limit", "5s", "Time after which a health check has failed; 30s when not given", func(h *container.HealthConfig) *time.Duration { return &h.Timeout }),
		{
			Option: Option{
				Key: KeyHealthRetries, Label: "Check tries", Section: SectionAdvanced, Kind: KindNumber, Form: true,
				Value: "int", Example: "3", Help: "Failures in a row that make the container unhealthy; 3 when not given",
			},
			put: func(b *build, v string) {
				n, err := strconv.Atoi(v)
				switch {
				case err != nil:
					b.refuse("is not a whole number", "write a number such as 3")
				case n < 0:
					b.refuse("cannot be negative", "")
				case n > 0:
					b.health().Retries = n
				}
			},
			take: func(r *api.CreateRequest) []string {
				if h := r.Config.Healthcheck; h != nil && h.Retries != 0 {
					return []string{strconv.Itoa(h.Retries)}
				}
				return nil
			},
		},
		duration(KeyHealthStartPeriod, "Start period", "1m", "Time from the start on in which failed checks do not count", func(h *container.HealthConfig) *time.Duration { return &h.StartPeriod }),
		duration(KeyHealthStartInterval, "Start every", "2s", "Time between two checks in the start period; 5s when not given", func(h *container.HealthConfig) *time.Duration { return &h.StartInterval }),
		{
			Option: Option{
				Key: KeyNoHealthcheck, Label: "No check", Note: "not the image's either", Section: SectionAdvanced, Kind: KindBool, Default: "false", Form: true,
				Help: "Do not look at the container's health, whatever its image says",
			},
			put: func(b *build, v string) {
				var off bool
				if b.putBool(v, &off); off {
					b.noHealth = true
				}
			},
			take: func(r *api.CreateRequest) []string {
				h := r.Config.Healthcheck
				return on(h != nil && len(h.Test) == 1 && h.Test[0] == healthNone)
			},
		},
	}
}

// health is the request's check in the making.
func (b *build) health() *container.HealthConfig {
	if b.config.Healthcheck == nil {
		b.config.Healthcheck = &container.HealthConfig{}
	}
	return b.config.Healthcheck
}

// duration is a row of the health check that is a time; 0 leaves it to the image.
func duration(k Key, label, example, help string, of func(*container.HealthConfig) *time.Duration) row {
	return row{
		Option: Option{Key: k, Label: label, Section: SectionAdvanced, Kind: KindText, Form: true, Value: "duration", Example: example, Help: help},
		put: func(b *build, v string) {
			d, err := time.ParseDuration(v)
			switch {
			case err != nil:
				b.refuse("is not a time", "write a number and a unit, such as 30s, 1m30s or 500ms")
			case d < 0:
				b.refuse("cannot be negative", "")
			case d > 0 && d < time.Millisecond:
				b.refuse("cannot be less than 1ms", "")
			case d > 0:
				*of(b.health()) = d
			}
		},
		take: func(r *api.CreateRequest) []string {
			if r.Config.Healthcheck == nil || *of(r.Config.Healthcheck) == 0 {
				return nil
			}
			return []string{of(r.Config.Healthcheck).String()}
		},
	}
}

// acrossHealth refuses to look and not to look.
func (b *build) acrossHealth() {
	if !b.noHealth {
		return
	}
	if b.config.Healthcheck != nil {
		b.refuseAt(KeyNoHealthcheck, 0, "true", "conflicts with --health-* options", "leave one of them out")
		return
	}
	b.config.Healthcheck = &container.HealthConfig{Test: []string{healthNone}}
}
