package option

import (
	"slices"
	"strings"

	"github.com/moby/term"

	"gantry/engine/api"
)

// The options that are more about the caller than about the container.
const (
	KeyQuiet        Key = "quiet"
	KeyCIDFile      Key = "cidfile"
	KeyLabelFile    Key = "label-file"
	KeyContentTrust Key = "disable-content-trust"
	KeyAttach       Key = "attach"
	KeyDetachKeys   Key = "detach-keys"
	KeySigProxy     Key = "sig-proxy"
)

// caller are those rows.
func caller() []row {
	none := func(*api.CreateRequest) []string { return nil }
	return []row{
		{
			Option: Option{
				Key: KeyLabelFile, Label: "Label files", Section: SectionProcess, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "web.labels", Help: "Read labels from a file of key=value lines; --label goes before it",
			},
			put: putLabelFile,
			// What was read is in the request as labels, and comes back as those.
			take: none,
		},
		{
			Option: Option{
				Key: KeyCIDFile, Label: "ID file", Section: SectionAdvanced, Kind: KindText, Form: true,
				Value: "string", Example: "/run/web.cid", Help: "Write the container's ID to this file, which must not be there yet",
			},
			put:  func(b *build, v string) { b.host.ContainerIDFile = v },
			take: func(r *api.CreateRequest) []string { return text(r.HostConfig.ContainerIDFile) },
		},
		{
			Option: Option{
				Key: KeyQuiet, Short: "q", Label: "Quiet", Section: SectionAdvanced, Kind: KindBool, Default: "false", Client: true,
				Help: "Do not tell how a pull goes",
			},
			put:  func(b *build, v string) { b.putBool(v, &b.client.Quiet) },
			take: none,
		},
		{
			Option: Option{
				Key: KeyAttach, Short: "a", Label: "Attach", Section: SectionAdvanced, Kind: KindText, Repeat: true, Client: true,
				Value: "stream", Example: "stdout", Help: "Connect to stdin, stdout or stderr only",
			},
			put:  putAttach,
			take: none,
		},
		{
			Option: Option{
				Key: KeyDetachKeys, Label: "Detach keys", Section: SectionAdvanced, Kind: KindText, Client: true,
				Value: "keys", Example: "ctrl-x,q", Help: "Keys that let go of the container; ctrl-p,ctrl-q when not given",
			},
			put: func(b *build, v string) {
				if _, err := term.ToBytes(v); err != nil {
					b.refuse(err.Error(), "for example ctrl-p,ctrl-q")
					return
				}
				b.client.DetachKeys = v
			},
			take: none,
		},
		{
			Option: Option{
				Key: KeySigProxy, Label: "Pass signals", Section: SectionAdvanced, Kind: KindBool, Default: "true", Client: true,
				Help: "Pass signals on to the container; on when not given",
			},
			put: func(b *build, v string) {
				on := true
				b.putBool(v, &on)
				b.client.KeepSignals = !on
			},
			take: none,
		},
		{
			Option: Option{
				Key: KeyContentTrust, Label: "No content trust", Section: SectionAdvanced, Kind: KindBool, Default: "false", Client: true,
				Help: "Accepted and without effect: Docker has given content trust up",
			},
			put: func(b *build, v string) {
				var set bool
				b.putBool(v, &set)
				b.warn("has no effect: Docker has given content trust up", "leave it out")
			},
			take: none,
		},
	}
}

// putAttach takes one stream's name, in any case as Docker does.
func putAttach(b *build, v string) {
	v = strings.ToLower(v)
	if !slices.Contains([]string{"stdin", "stdout", "stderr"}, v) {
		b.refuse("valid streams are stdin, stdout and stderr", "write one of them, and the option once more for another")
		return
	}
	b.attach = append(b.attach, v)
}

// putLabelFile reads a file of labels by Docker's rules: a key alone is a label without a
// value.
func putLabelFile(b *build, v string) {
	if v == "" {
		b.refuse("needs the name of a file", "")
		return
	}
	if b.facts.Host.File == nil {
		return
	}
	data, err := b.facts.Host.File(v)
	if err != nil {
		b.refuse(fileFlaw(v, err), "")
		return
	}
	lines, flaws := readEnvFile(data)
	for _, f := range flaws[:min(len(flaws), maxEnvFlaws)] {
		b.refuse(v+": "+f.reason, f.fix)
	}
	for _, l := range lines {
		b.fileLabels = append(b.fileLabels, l)
		putLabel(b, l)
	}
}

// acrossLabels gives the labels of the command line the last word over those of files.
func (b *build) acrossLabels(d Draft) {
	if len(b.fileLabels) == 0 {
		return
	}
	problems := len(b.problems)
	for i, v := range d.values(KeyLabel) {
		b.key, b.index, b.value = KeyLabel, i, v
		putLabel(b, v)
	}
	b.problems = b.problems[:problems] // they were told already
}
