package image

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/containerd/containerd/v2/core/remotes/docker/auth"
	remoteerrors "github.com/containerd/containerd/v2/core/remotes/errors"
)

// notes are what servers said beside their answers in one pull.
type notes struct {
	mu     sync.Mutex
	realms map[string]bool // addresses of token servers, without a query
	tokens int             // that were given
	served string          // host that gave the manifest
	limit  http.Header     // of the last 429
}

// note reads an answer's headers.
func (r *remote) note(req *http.Request, resp *http.Response) {
	n := &r.notes
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case resp.StatusCode == http.StatusUnauthorized:
		for _, c := range auth.ParseAuthHeader(resp.Header) {
			if realm := c.Parameters["realm"]; c.Scheme == auth.BearerAuth && realm != "" {
				n.realms[withoutQuery(realm)] = true
			}
		}
	case resp.StatusCode == http.StatusTooManyRequests:
		n.limit = resp.Header
	case resp.StatusCode >= 300:
	case n.realms[withoutQuery(req.URL.String())]:
		n.tokens++
	case req.Response == nil && strings.Contains(req.URL.Path, "/manifests/"):
		n.served = req.URL.Host
		if r.serves != nil {
			r.serves(req.URL.Host)
		}
	}
}

func withoutQuery(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return address
}

// isRealm reports whether an address is that of a token server.
func (n *notes) isRealm(address string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.realms[withoutQuery(address)]
}

func (n *notes) tokensGiven() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.tokens
}

// bear decides whether to try again after a refusal, and when.
func (r *remote) bear(resp *http.Response, try int) (time.Duration, bool) {
	host := resp.Request.URL.Host
	pause, asked := askedFor(resp.Header, r.now())
	switch {
	case asked && pause > r.patience.Wait, try >= r.patience.Tries:
		return 0, false
	case asked:
		r.say(fmt.Sprintf("%s asks to wait %s", host, inWords(pause)))
		return max(pause, time.Millisecond), true
	}
	r.say(fmt.Sprintf("%s answered %s, trying again", host, resp.Status))
	return r.patience.before(try), true
}

// limits words what the last 429 said of the registry's limit.
func (n *notes) limits(now time.Time) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var said []string
	if of, window, ok := quota(n.limit.Get("Ratelimit-Limit")); ok {
		s := of + " pulls"
		if window > 0 {
			s += " in " + inWords(window)
		}
		if left, _, ok := quota(n.limit.Get("Ratelimit-Remaining")); ok {
			s += ", " + left + " left"
		}
		said = append(said, s)
	}
	if pause, ok := askedFor(n.limit, now); ok {
		said = append(said, "it says to try again after "+inWords(pause))
	}
	return strings.Join(said, "; ")
}

// quota reads "100;w=21600": so many in a window of seconds.
func quota(header string) (of string, window time.Duration, ok bool) {
	of, rest, _ := strings.Cut(header, ";")
	if of == "" || strings.Trim(of, "0123456789") != "" {
		return "", 0, false
	}
	if w, found := strings.CutPrefix(strings.TrimSpace(rest), "w="); found {
		window, _ = time.ParseDuration(w + "s") // without it there is only the number to tell
	}
	return of, window, true
}

// inWords is a time as a person says it: "3 s", "5 min", "6 h".
func inWords(d time.Duration) string {
	switch {
	case d < time.Second && d > 0:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()+0.5))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()+0.5))
	}
	return fmt.Sprintf("%d h", int(d.Hours()+0.5))
}

// statusError is what containerd's client would have made of an answer: the status and,
// where it has some, the registry's own errors.
func statusError(resp *http.Response) error {
	err := remoteerrors.NewUnexpectedStatusErr(resp)
	var status remoteerrors.ErrUnexpectedStatus
	var said docker.Errors
	if errors.As(err, &status) && json.Unmarshal(status.Body, &said) == nil && len(said) > 0 {
		return errors.Join(err, said)
	}
	return err
}
