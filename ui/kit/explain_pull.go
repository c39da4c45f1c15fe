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

// pullCause has the words of each cause; those that are about the way to the registry
// stand by themselves.
func pullCause(e *api.PullError) Explanation {
	host := e.Host()
	switch e.Cause {
	case api.PullBadReference:
		return Explanation{Title: fmt.Sprintf("%q is not an image name", e.Ref), Fix: "write it as name:tag or registry/name:tag, in small letters"}
	case api.PullNoTag:
		return pullNoTag(e, host)
	case api.PullDenied:
		return Explanation{Detail: host + " says there is no such repository, or it wants a login", Fix: "check the name; if it is private: docker login " + login(e)}
	case api.PullForbidden:
		return Explanation{Detail: host + " does not allow it", Fix: "ask whoever runs it for the right to pull, or log in as somebody else: docker login " + login(e)}
	case api.PullLogin:
		return Explanation{Detail: "the login for " + host + " was refused", Fix: "log in again: docker login " + login(e)}
	case api.PullRateLimit:
		return Explanation{Detail: host + " has limited the number of pulls", Fix: "wait, or log in: docker login " + login(e)}
	case api.PullPlatform:
		return pullPlatform(e)
	case api.PullCorrupt:
		return Explanation{Detail: "what arrived is not what " + host + " announced", Fix: "try again; if it goes on, the image or a proxy is broken"}
	case api.PullBadLayer:
		return Explanation{Detail: "a layer cannot be unpacked", Fix: "the image is broken; tell whoever made it"}
	case api.PullTooBig:
		return Explanation{Detail: "it is more than an image can be", Fix: "check the name; this is not a usable image"}
	case api.PullDiskFull:
		return Explanation{Detail: "the disk is full", Fix: "free some space; what was pulled so far is taken back"}
	case api.PullNotImage:
		return Explanation{Detail: "it is not a container image that can be used", Fix: "check the name; what is there was made for another program"}
	case api.PullPolicy:
		return Explanation{Detail: "an image verifier of this host blocks it", Fix: "ask whoever runs this host"}
	case api.PullServer:
		return Explanation{Detail: host + " failed", Fix: "try again later"}
	case api.PullEngine:
		return Explanation{Detail: "containerd went away", Fix: "try again when the engine is back: it goes on where it was"}
	case api.PullNotHere:
		return Explanation{Title: fmt.Sprintf("No such image here: %s", e.Ref), Detail: "and --pull never was asked for", Fix: "pull it first, or take --pull missing"}
	case api.PullSettings:
		return Explanation{Detail: "this host's settings for " + login(e) + " are damaged", Fix: "mend that file, or remove it"}
	}
	return pullWay(e, host)
}

// pullWay is for what happens before a registry says anything about an image.
func pullWay(e *api.PullError, host string) Explanation {
	certs := "/etc/containerd/certs.d/" + host
	switch e.Cause {
	case api.PullUnreachable:
		return Explanation{Detail: host + " is not reachable", Fix: "check the network and the proxy settings"}
	case api.PullSilent:
		return Explanation{Detail: host + " sends nothing", Fix: "try again: what has come is kept; if it goes on, check the network and the proxy settings"}
	case api.PullProxy:
		return Explanation{Detail: "the proxy " + host + " is in the way", Fix: "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"}
	case api.PullDNS:
		return Explanation{Detail: "the name " + host + " cannot be resolved", Fix: "check the spelling and /etc/resolv.conf"}
	case api.PullTLS:
		return Explanation{Detail: "the certificate of " + host + " is not trusted", Fix: "put its CA into " + certs + "/ca.crt"}
	case api.PullTLSName:
		return Explanation{Detail: "the certificate of " + host + " is for another name", Fix: "use a name that it is for, or get it a certificate for this one"}
	case api.PullTLSExpired:
		return Explanation{Detail: "the certificate of " + host + " is not valid now", Fix: "have it renewed; if the date is wrong here, set the clock"}
	case api.PullTLSHandshake:
		return Explanation{Detail: host + " and gantry find no TLS that both speak", Fix: "check the port; a registry that wants a client's certificate finds it in " + certs}
	case api.PullPlainHTTP:
		return Explanation{Detail: host + " speaks plain HTTP, which is allowed on this host only", Fix: "allow it in " + certs + "/hosts.toml, or give the registry a certificate"}
	case api.PullWantsTLS:
		return Explanation{Detail: host + " wants HTTPS and was asked in plain HTTP", Fix: "write https:// in " + "/etc/containerd/certs.d/" + login(e) + "/hosts.toml"}
	case api.PullLoop:
		return Explanation{Detail: host + " sends the pull round in circles", Fix: "tell whoever runs it"}
	}
	return Explanation{}
}

func pullNoTag(e *api.PullError, host string) Explanation {
	x := Explanation{Title: fmt.Sprintf("No such image: %s", e.Ref), Detail: host + " does not have this name or this tag", Fix: "check the spelling and the tag"}
	switch {
	case e.NoRepo:
		x.Detail, x.Fix = host+" has no repository of this name", "check the spelling of the name"
	case len(e.Tags) > 0:
		x.Detail = host + " has the name, but not this tag"
		x.Fix = "take one of its tags: " + strings.Join(e.Tags, ", ")
	}
	return x
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
