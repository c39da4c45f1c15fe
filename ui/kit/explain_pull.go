package kit

import (
	"fmt"
	"strings"

	"gantry/engine/api"
)

// explainPull puts a failed pull into words.
func explainPull(e *api.PullError) Explanation {
	x := pullCause(e)
	if x.Title == "" {
		x.Title = fmt.Sprintf("%s could not be pulled", e.Ref)
	}
	if e.Detail != "" {
		if x.Detail != "" {
			x.Detail += ": "
		}
		x.Detail += e.Detail
	}
	if x.Detail == "" {
		x.Detail = because(e.Err)
	}
	return x
}

func pullCause(e *api.PullError) Explanation {
	host := e.Registry
	if host == "" {
		host = "the registry"
	}
	switch e.Cause {
	case api.PullBadReference:
		return Explanation{Title: fmt.Sprintf("%q is not an image name", e.Ref), Fix: "write it as name:tag or registry/name:tag, in small letters"}
	case api.PullNoTag:
		return Explanation{Title: fmt.Sprintf("No such image: %s", e.Ref), Detail: host + " does not have this name or this tag", Fix: "check the spelling and the tag"}
	case api.PullDenied:
		return Explanation{Detail: host + " says there is no such repository, or it wants a login", Fix: "check the name; if it is private: docker login " + login(e)}
	case api.PullLogin:
		return Explanation{Detail: "the login for " + host + " was refused", Fix: "log in again: docker login " + login(e)}
	case api.PullRateLimit:
		return Explanation{Detail: host + " has limited the number of pulls", Fix: "wait, or log in: docker login " + login(e)}
	case api.PullUnreachable:
		return Explanation{Detail: host + " is not reachable", Fix: "check the network and the proxy settings"}
	case api.PullDNS:
		return Explanation{Detail: "the name " + host + " cannot be resolved", Fix: "check the spelling and /etc/resolv.conf"}
	case api.PullTLS:
		return Explanation{Detail: "the certificate of " + host + " is not trusted", Fix: "put its CA into /etc/containerd/certs.d/" + login(e) + "/ca.crt"}
	case api.PullPlainHTTP:
		return Explanation{Detail: host + " speaks plain HTTP, which is allowed on this host only", Fix: "allow it in /etc/containerd/certs.d/" + login(e) + "/hosts.toml, or give the registry a certificate"}
	case api.PullPlatform:
		return pullPlatform(e)
	case api.PullCorrupt:
		return Explanation{Detail: "what arrived is not what " + host + " announced", Fix: "try again; if it goes on, the image or a proxy is broken"}
	case api.PullDiskFull:
		return Explanation{Detail: "the disk is full", Fix: "free some space; what was pulled so far is taken back"}
	case api.PullNotImage:
		return Explanation{Detail: "it is not a container image, or its format is too old"}
	case api.PullServer:
		return Explanation{Detail: host + " failed", Fix: "try again later"}
	case api.PullEngine:
		return Explanation{Detail: "containerd went away", Fix: "try again when the engine is back"}
	case api.PullNotHere:
		return Explanation{Title: fmt.Sprintf("No such image here: %s", e.Ref), Detail: "and --pull never was asked for", Fix: "pull it first, or take --pull missing"}
	}
	return Explanation{}
}

func pullPlatform(e *api.PullError) Explanation {
	x := Explanation{Title: fmt.Sprintf("%s has nothing for %s", e.Ref, e.Wanted), Fix: "choose another image"}
	if len(e.Platforms) > 0 {
		x.Detail = "it has " + strings.Join(e.Platforms, ", ")
		x.Fix = "choose one of these with --platform, or another image"
	}
	return x
}

// login is the registry as docker login and certs.d want it.
func login(e *api.PullError) string {
	if e.Registry == "" {
		return "REGISTRY"
	}
	return e.Registry
}
