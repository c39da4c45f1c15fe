package option

import (
	"strconv"

	"gantry/engine/api"
)

// basics are the rows of the form's first page, and detach.
func basics() []row {
	return []row{
		{
			Option: Option{
				Key: KeyImage, Label: "Image", Section: SectionBasics, Kind: KindText, Positional: true, Form: true,
				Value: "IMAGE", Example: "nginx:1.27", Help: "Image to run, from a registry or already here",
			},
			put:  putImage,
			take: func(r *api.CreateRequest) []string { return text(r.Config.Image) },
		},
		{
			Option: Option{
				Key: KeyName, Label: "Name", Section: SectionBasics, Kind: KindText, Form: true,
				Value: "string", Example: "web", Help: "Name of the container; made up when not given",
			},
			put:  putName,
			take: func(r *api.CreateRequest) []string { return text(r.Name) },
		},
		{
			Option: Option{
				Key: KeyArgs, Label: "Command", Section: SectionBasics, Kind: KindWords, Repeat: true, Positional: true, Form: true,
				Value: "COMMAND [ARG...]", Example: `nginx -g "daemon off;"`, Help: "Command and arguments in place of the image's own",
			},
			put:  func(b *build, v string) { b.config.Cmd = append(b.config.Cmd, v) },
			take: takeArgs,
		},
		{
			Option: Option{
				Key: KeyDetach, Short: "d", Label: "Detach", Section: SectionBasics, Kind: KindBool, Default: "false", Client: true,
				Help: "Leave the container running in the background and print its ID",
			},
			put:  func(b *build, v string) { b.putBool(v, &b.detach) },
			take: func(r *api.CreateRequest) []string { return on(!r.Config.AttachStdout && !r.Config.AttachStderr) },
			lead: true,
		},
		{
			Option: Option{
				Key: KeyTty, Short: "t", Label: "Tty", Section: SectionBasics, Kind: KindBool, Default: "false", Form: true,
				Help: "Give the container a terminal",
			},
			put:  func(b *build, v string) { b.putBool(v, &b.config.Tty) },
			take: func(r *api.CreateRequest) []string { return on(r.Config.Tty) },
			lead: true,
		},
		{
			Option: Option{
				Key: KeyRemove, Label: "Remove", Note: "when it exits", Section: SectionBasics, Kind: KindBool, Default: "false", Form: true,
				Help: "Remove the container when it exits",
			},
			put:  func(b *build, v string) { b.putBool(v, &b.host.AutoRemove) },
			take: func(r *api.CreateRequest) []string { return on(r.HostConfig.AutoRemove) },
			lead: true,
		},
		{
			Option: Option{
				Key: KeyPull, Label: "Pull", Section: SectionBasics, Kind: KindChoice, Default: api.PullMissing, Form: true,
				Choices: []string{api.PullMissing, api.PullAlways, api.PullNever},
				Value:   "string", Help: "When to ask the registry for the image",
			},
			put:  putPull,
			take: func(r *api.CreateRequest) []string { return unless(api.PullMissing, r.Pull) },
		},
		{
			Option: Option{
				Key: KeyPlatform, Label: "Platform", Section: SectionBasics, Kind: KindText, Form: true,
				Value: "string", Example: "linux/arm64", Help: "Platform of the image; this host's when not given",
			},
			put:  putPlatform,
			take: func(r *api.CreateRequest) []string { return text(r.Platform) },
		},
	}
}

// putBool reads a switch as Docker's flags do.
func (b *build) putBool(v string, to *bool) {
	set, err := strconv.ParseBool(v)
	if err != nil {
		b.refuse("is on or off", "write true or false")
		return
	}
	*to = set
}

func putPull(b *build, v string) {
	switch v {
	case api.PullMissing, api.PullAlways, api.PullNever:
		b.req.Pull = v
	default:
		b.refuse(`must be one of "always", "missing" or "never"`, "")
	}
}

// maxName is the longest file name, since names are files in the records.
const maxName = 255

func putName(b *build, v string) {
	switch {
	case len(v) > maxName:
		b.refuse("is longer than 255 bytes", "")
	case len(v) == 1 && alphanumeric(v[0]):
		b.refuse("needs at least two characters", "")
	case !alphanumeric(v[0]):
		b.refuse("must begin with a letter or a digit", "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
	case !consists(v[1:], "_.-"):
		b.refuse("only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed", "")
	default:
		b.req.Name = v
	}
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// consists reports whether s has only ASCII letters, digits and the bytes of more.
func consists(s, more string) bool {
next:
	for i := range len(s) {
		if alphanumeric(s[i]) {
			continue
		}
		for j := range len(more) {
			if s[i] == more[j] {
				continue next
			}
		}
		return false
	}
	return true
}
