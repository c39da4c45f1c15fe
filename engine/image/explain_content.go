package image

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"syscall"

	"github.com/docker/go-units"

	"gantry/engine/api"
)

// fromSize is for documents that nobody wants to read.
func fromSize(err error) verdict {
	var bomb *bombError
	if errors.As(err, &bomb) {
		return verdict{cause: api.PullTooBig, detail: bomb.Error()}
	}
	var big *bigError
	if errors.As(err, &big) {
		return tooBig(big.what, big.size)
	}
	// The resolver has no type for this, and says of it that it was not found.
	if m := rejected().FindStringSubmatch(err.Error()); m != nil {
		var size int64
		if _, serr := fmt.Sscan(m[1], &size); serr == nil {
			return tooBig("its manifest", size)
		}
	}
	return verdict{}
}

var rejected = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`rejecting (\d+) byte manifest`) })

func tooBig(what string, size int64) verdict {
	if size <= 0 {
		return verdict{cause: api.PullTooBig, detail: fmt.Sprintf("%s has more than %s", what, units.HumanSize(maxDocument))}
	}
	return verdict{cause: api.PullTooBig, detail: fmt.Sprintf("%s has %s", what, units.HumanSize(float64(size)))}
}

// bytesOf is "3 MB of 5 MB".
func bytesOf(got, size int64) string {
	return units.HumanSize(float64(got)) + " of " + units.HumanSize(float64(size))
}

var fullPath = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(/\S+): (no space left on device|disk quota exceeded)`)
})

// fromDisk finds the disk that is full, as far down as it is not containerd's affair.
func fromDisk(err error) verdict {
	text := err.Error()
	if m := fullPath().FindStringSubmatch(text); m != nil {
		dir, _, _ := strings.Cut(m[1], "/io.containerd.")
		dir, _, _ = strings.Cut(dir, "/tmpmounts/")
		return verdict{cause: api.PullDiskFull, detail: dir}
	}
	if errors.Is(err, syscall.ENOSPC) || strings.Contains(text, "no space left on device") || strings.Contains(text, "disk quota exceeded") {
		return verdict{cause: api.PullDiskFull}
	}
	return verdict{}
}

// fromContent reads what containerd says when it writes content and unpacks it.
func fromContent(err error) verdict {
	text := err.Error()
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("wrong diff id"):
		return verdict{cause: api.PullCorrupt, detail: "a layer is not the one that the image's config names"}
	case has("unexpected commit digest", "unexpected digest"):
		return verdict{cause: api.PullCorrupt, detail: "the digest does not fit, not even when fetched again"}
	case has("expected size", "short read", "unexpected commit size", "size validation", "content size of zero", "unexpected size", "416 Requested Range"):
		return verdict{cause: api.PullCorrupt, detail: "the size does not fit"}
	case has("failed to extract layer"):
		return verdict{cause: api.PullBadLayer, detail: whyNotUnpacked(text)}
	case has("schema 1 not supported", "docker.distribution.manifest.v1"):
		return verdict{cause: api.PullNotImage, detail: "its format is too old (schema 1); it must be built again"}
	case has("expected manifest but found index", "expected index but found manifest"):
		return verdict{cause: api.PullNotImage, detail: "it is not what its media type says"}
	case has("too many descriptors"):
		return verdict{cause: api.PullTooBig, detail: "it names more than 10000 parts"}
	case has("blocked by image verifier"):
		return verdict{cause: api.PullPolicy, detail: firstLine(afterLast(text, "blocked by image verifier"))}
	case has("invalid character", "cannot unmarshal", "unexpected end of JSON input"):
		return verdict{cause: api.PullNotImage, detail: "its manifest cannot be read"}
	}
	return verdict{}
}

// inMount is where containerd has a snapshot while it unpacks into it.
var inMount = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`mount callback failed on \S+: |/\S*/containerd-mount[0-9]+`)
})

// whyNotUnpacked is the end of containerd's error: the file, and what the kernel or the
// reader of archives said.
func whyNotUnpacked(text string) string {
	// What stands before names the layer, whose media type may have gzip in it.
	if _, why, ok := strings.Cut(text, `": `); ok {
		text = why
	}
	text = inMount().ReplaceAllString(text, "")
	switch {
	case strings.Contains(text, "invalid whiteout name"):
		return "it deletes what cannot be deleted"
	case strings.HasPrefix(text, "link ") && strings.Contains(text, "no such file"):
		return "it has a link to a file that it does not have"
	case strings.Contains(text, "too many links"):
		return "it has links that lead in a circle"
	case strings.Contains(text, "unhandled tar header type"):
		return "it has a kind of file that no image has"
	case strings.Contains(text, "unexpected EOF"):
		return "it ends too soon"
	case strings.Contains(text, "invalid tar header"), strings.Contains(text, "archive/tar"),
		strings.Contains(text, "gzip"), strings.Contains(text, "flate"), strings.Contains(text, "zstd"), strings.Contains(text, "magic number"):
		return "it is a damaged archive"
	case strings.Contains(text, "file name too long"):
		return "it has a file whose name is too long"
	case strings.Contains(text, "operation not permitted"):
		return "this host does not let it have a file that it brings"
	}
	parts := strings.Split(strings.TrimSuffix(text, ": unknown"), ": ")
	return firstLine(strings.Join(parts[max(0, len(parts)-2):], ": "))
}

// damaged reports whether a blob did not arrive as it was announced, so that it is worth
// fetching once more from its first byte.
func damaged(err error) bool {
	var short *shortError
	text := err.Error()
	return errors.As(err, &short) || strings.Contains(text, "unexpected commit digest") || strings.Contains(text, "expected size") ||
		statusOf(err) == http.StatusRequestedRangeNotSatisfiable || strings.Contains(text, "unhandled content range") || strings.Contains(text, "discard to offset")
}
