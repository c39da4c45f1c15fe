package option

import (
	"slices"

	"github.com/moby/moby/api/types/container"
)

// across applies the rules that look at more than one option.
func (b *build) across(d Draft) {
	if !d.Has(KeyImage) {
		b.needImage()
	}
	if len(b.fileEnv) > 0 {
		b.config.Env = append(b.fileEnv, b.config.Env...)
	}
	b.acrossStreams()
	b.acrossPorts(d)
	b.acrossRestart(d)
	b.acrossNetwork(d)
	b.acrossMounts()
	b.acrossMemory(d)
	b.acrossCPU(d)
	b.acrossLogging(d)
	b.acrossHealth()
	b.acrossLabels(d)
	b.acrossSecurity(d)
	b.acrossSysctls(d)
	b.acrossSpaces(d)
	if d.Has(KeyEntrypoint) && d.Get(KeyEntrypoint) == "" && !d.Has(KeyArgs) {
		b.refuseAt(KeyArgs, 0, "", "no command specified: an empty entrypoint drops the image's command too", "write the command to run")
	}
	if b.host.Privileged {
		for _, k := range []Key{KeyCapAdd, KeyCapDrop} {
			for i, v := range d.values(k) {
				b.warnAt(k, i, v, "has no effect: a privileged container has every capability", "")
			}
		}
	}
	if b.req.Platform == "" {
		b.platformFromEnv()
	}
}

// acrossStreams settles which streams are held, as Docker's client does.
func (b *build) acrossStreams() {
	if p := b.host.RestartPolicy.Name; b.config.OpenStdin && !b.config.Tty && p != "" && p != container.RestartPolicyDisabled {
		b.warnAt(KeyInteractive, 0, "true", "is only for the first run: one that the restart policy begins has no standard input", "")
	}
	if b.detach && len(b.attach) > 0 {
		b.refuseAt(KeyAttach, 0, b.attach[0], "conflicting options: cannot specify both --attach and --detach", "leave out one of them")
	}
	if b.detach {
		b.config.AttachStdout, b.config.AttachStderr = false, false
		return
	}
	b.config.AttachStdin = b.config.OpenStdin
	if len(b.attach) > 0 { // with input among those, -i adds it
		b.config.AttachStdout, b.config.AttachStderr = slices.Contains(b.attach, "stdout"), slices.Contains(b.attach, "stderr")
	}
	b.config.StdinOnce = b.config.OpenStdin
}

func (b *build) needImage() {
	b.refuseAt(KeyImage, 0, "", "an image is needed", "for example nginx:1.27")
}
