package option

import (
	"strings"
)

// platformVariable is the environment variable that stands in for --platform, as in Docker's client.
const platformVariable = "DOCKER_DEFAULT_PLATFORM"

func putPlatform(b *build, v string) {
	p, reason := b.parsePlatform(v)
	if reason != "" {
		b.refuse(reason, "write os/arch[/variant], such as linux/arm64")
		return
	}
	host := b.facts.Host
	if host.Arch != "" && !runs(host.Arch, arch(p)) {
		b.warn("this host is "+host.OS+"/"+host.Arch+": it runs only where the kernel has an emulator for it", "")
	}
	b.req.Platform = p
}

func (b *build) platformFromEnv() {
	if v, ok := b.lookup(platformVariable); ok && v != "" {
		b.key, b.index, b.value = KeyPlatform, 0, v
		putPlatform(b, v)
	}
}

// parsePlatform reads os/arch[/variant], an os or an architecture alone, into its usual
// form; a reason says why it cannot.
func (b *build) parsePlatform(v string) (platform, reason string) {
	parts := strings.Split(strings.ToLower(v), "/")
	host := b.facts.Host
	os, arch, variant := "linux", "", ""
	switch {
	case len(parts) > 3:
		return "", "has more than three parts"
	case len(parts) > 1:
		os, arch = parts[0], parts[1]
		if len(parts) == 3 {
			variant = parts[2]
		}
	case knownOS(parts[0]):
		os, arch = parts[0], host.Arch
	default:
		arch = parts[0]
	}
	arch, variant = normalArch(arch, variant)
	switch {
	case !knownOS(os):
		return "", `unknown operating system "` + os + `"`
	case host.OS != "" && os != host.OS:
		return "", "containers for " + os + " do not run on this host"
	case arch == "" && len(parts) == 1:
		return os, ""
	case !knownArch(arch):
		return "", `unknown architecture "` + arch + `"`
	case len(parts) == 3 && parts[2] == "" || !consists(variant, "._-"):
		return "", "the variant is not a valid one"
	}
	platform = os + "/" + arch
	if variant != "" {
		platform += "/" + variant
	}
	return platform, ""
}

// normalArch turns the names that uname and distributions use into Go's.
func normalArch(arch, variant string) (string, string) {
	switch arch {
	case "x86_64", "x86-64", "amd64":
		if variant == "v1" {
			variant = ""
		}
		return "amd64", variant
	case "aarch64", "arm64":
		if variant == "8" || variant == "v8" {
			variant = ""
		}
		return "arm64", variant
	case "i386", "i686":
		return "386", ""
	case "armhf":
		return "arm", "v7"
	case "armel":
		return "arm", "v6"
	case "arm":
		switch variant {
		case "", "7":
			variant = "v7"
		case "5", "6", "8":
			variant = "v" + variant
		}
		return "arm", variant
	}
	return arch, variant
}

func knownOS(os string) bool {
	switch os {
	case "linux", "windows", "darwin", "freebsd":
		return true
	}
	return false
}

func knownArch(arch string) bool {
	switch arch {
	case "amd64", "arm64", "arm", "386", "ppc64", "ppc64le", "s390x", "riscv64", "loong64", "mips", "mipsle", "mips64", "mips64le":
		return true
	}
	return false
}

// arch is the second part of a platform.
func arch(platform string) string {
	parts := strings.Split(platform, "/")
	if len(parts) < 2 {
		return ""
	}
	return parts[1]
}

// runs reports whether a host runs programs of an architecture by itself.
func runs(host, arch string) bool {
	return arch == "" || arch == host || host == "amd64" && arch == "386" || host == "arm64" && arch == "arm"
}
