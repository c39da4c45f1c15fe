package option

import (
	"fmt"
	"strconv"
	"strings"

	"gantry/engine/api"
)

// identity are further rows about the process and its name.
func identity() []row {
	return []row{
		{
			Option: Option{
				Key: KeyGroupAdd, Label: "Groups", Section: SectionProcess, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "audio", Help: "Further group to join, by name in the image or number",
			},
			put:  putGroupAdd,
			take: func(r *api.CreateRequest) []string { return r.HostConfig.GroupAdd },
		},
		{
			Option: Option{
				Key: KeyUmask, Label: "Umask", Section: SectionProcess, Kind: KindText, Form: true,
				Value: "octal", Example: "0027", Help: "Permissions that new files are not given, in octal digits",
			},
			put: func(b *build, v string) {
				n, err := strconv.ParseUint(v, 8, 32)
				if err != nil || n > 0o777 {
					b.refuse("is not a umask", "write octal digits up to 0777, such as 0027")
					return
				}
				b.host.Umask = new(uint32(n))
			},
			take: func(r *api.CreateRequest) []string {
				if r.HostConfig.Umask == nil {
					return nil
				}
				return []string{fmt.Sprintf("%04o", *r.HostConfig.Umask)}
			},
		},
		{
			Option: Option{
				Key: KeyAnnotation, Label: "Annotations", Section: SectionAdvanced, Kind: KindKeyValue, Repeat: true, Form: true,
				Value: "list", Example: "com.example.owner=me", Help: "Annotation of the OCI spec, for the runtime and its hooks",
			},
			put:  putAnnotation,
			take: func(r *api.CreateRequest) []string { return pairs(r.HostConfig.Annotations) },
		},
	}
}

func putGroupAdd(b *build, v string) {
	n, err := strconv.ParseInt(v, 10, 64)
	switch {
	case v == "" || strings.ContainsAny(v, ": \t\n"):
		b.refuse("is not a group", "write a name of the image's /etc/group, or a number")
	case err == nil && (n < 0 || n > maxUID):
		b.refuse("uids and gids must be in range 0-2147483647", "")
	default:
		b.host.GroupAdd = append(b.host.GroupAdd, v)
	}
}

func putAnnotation(b *build, v string) {
	key, value, _ := strings.Cut(v, "=")
	switch {
	case key == "":
		b.refuse(fmt.Sprintf("invalid annotation '%s': empty name", v), "write key=value")
	case strings.HasPrefix(key, "nerdctl/"):
		b.refuse("annotations that begin with nerdctl/ are reserved: hooks go by them", "choose another key")
	default:
		if b.host.Annotations == nil {
			b.host.Annotations = map[string]string{}
		}
		b.host.Annotations[key] = value
	}
}
