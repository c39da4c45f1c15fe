package option

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/docker/go-units"

	"gantry/engine/api"
)

// ulimits is the row about the limits that processes have each.
func ulimits() []row {
	return []row{{
		Option: Option{
			Key: KeyUlimit, Label: "Ulimits", Section: SectionResources, Kind: KindKeyValue, Repeat: true, Form: true,
			Value: "list", Example: "nofile=1024:2048", Help: "Limit of each process: name=soft[:hard]; -1 for none",
		},
		put: putUlimit,
		take: func(r *api.CreateRequest) []string {
			var out []string
			for _, u := range r.HostConfig.Ulimits {
				out = append(out, u.String())
			}
			return out
		},
	}}
}

// Ulimits are the names that ulimit knows.
func Ulimits() []string {
	return strings.Fields("core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack")
}

// putUlimit keeps one limit of each name, the last one, sorted by name, as Docker's client does.
func putUlimit(b *build, v string) {
	u, err := units.ParseUlimit(v)
	if err != nil {
		name, _, _ := strings.Cut(v, "=")
		fix := "write name=soft or name=soft:hard, such as nofile=1024:2048"
		if near := nearest(name, Ulimits()); near != "" && !slices.Contains(Ulimits(), name) {
			fix = "did you mean " + near + "?"
		}
		reason := err.Error()
		if errors.Is(err, strconv.ErrSyntax) || errors.Is(err, strconv.ErrRange) {
			reason = "has a limit that is not a whole number"
		}
		b.refuse(reason, fix)
		return
	}
	if u.Soft < -1 || u.Hard < -1 {
		b.refuse("cannot be negative", "write -1 for no limit")
		return
	}
	all := slices.DeleteFunc(b.host.Ulimits, func(o *units.Ulimit) bool { return o.Name == u.Name })
	at, _ := slices.BinarySearchFunc(all, u, func(x, y *units.Ulimit) int { return cmp.Compare(x.Name, y.Name) })
	b.host.Ulimits = slices.Insert(all, at, u)
}
