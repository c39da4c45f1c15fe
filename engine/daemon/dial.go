package daemon

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/pkg/dialer"
	"github.com/containerd/log"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"gantry/engine/api"
)

// serveTime is how long a containerd has to say that it serves.
const serveTime = 3 * time.Second

// knock connects to a socket and hangs up: the quickest way to tell what is there, and
// the one that leaves the errno intact. Its error is an *api.UnavailableError.
func knock(ctx context.Context, address string) error {
	var d net.Dialer
	ctx, cancel := context.WithTimeout(ctx, serveTime)
	defer cancel()
	conn, err := d.DialContext(ctx, "unix", address)
	if err != nil {
		return unavailable(address, err)
	}
	return conn.Close()
}

// Dial connects to a containerd that is up and makes sure that it serves; it waits at
// most 3 s for its word. Its error is an *api.UnavailableError.
//
// The connection mends itself: after a loss gRPC tries again after 100 ms, then ever
// more slowly, at least every 2 s.
func Dial(ctx context.Context, ep Endpoint) (*client.Client, error) {
	c, err := Open(ctx, ep)
	if err != nil {
		return nil, err
	}
	if err := serving(ctx, c); err != nil {
		return nil, errors.Join(hung(ctx, ep, unavailable(ep.Address, err), err), c.Close())
	}
	return c, nil
}

// Ask makes sure that a containerd serves, as Dial does, and is Probe at the same time. That it
// does not serve goes before whatever else is wrong.
func Ask(ctx context.Context, ep Endpoint, c *client.Client) (Caps, error) {
	probing, cancel := context.WithCancel(ctx)
	defer cancel()
	var caps Caps
	var perr error
	var probe sync.WaitGroup
	probe.Go(func() { caps, perr = Probe(probing, c) })
	if err := serving(ctx, c); err != nil {
		cancel()
		probe.Wait()
		return Caps{}, hung(ctx, ep, unavailable(ep.Address, err), err)
	}
	probe.Wait()
	return caps, perr
}

// Open makes a client of a socket that somebody listens at. Whether that is a containerd which
// serves is for Ask to find out.
func Open(ctx context.Context, ep Endpoint, opts ...grpc.DialOption) (*client.Client, error) {
	// The client's packages log to stderr, where a screen may be drawn.
	log.L.Logger.SetOutput(io.Discard)
	if err := knock(ctx, ep.Address); err != nil {
		return nil, err
	}
	c, err := client.New(ep.Address, client.WithDialOpts(append(opts,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(dialer.ContextDialer),
		grpc.WithIdleTimeout(0), // else a connection that is at rest looks like one that was lost
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff: backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second},
			// Longer than serving waits, so that one that is silent is not taken for something else.
			MinConnectTimeout: 2 * serveTime,
		}),
	)))
	if err != nil {
		return nil, unavailable(ep.Address, err)
	}
	return c, nil
}

// serving asks the health service. It does not wait for a connection to come about, as
// the client's own IsServing does, so that something else's answer is seen as such.
func serving(ctx context.Context, c *client.Client) error {
	ctx, cancel := context.WithTimeout(ctx, serveTime)
	defer cancel()
	r, err := c.HealthService().Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	if err != nil {
		return err
	}
	if r.Status != grpc_health_v1.HealthCheckResponse_SERVING {
		return errors.New("it says that it is not serving")
	}
	return nil
}

// unavailable tells the causes apart: by errno where there is one, else by what gRPC says.
func unavailable(address string, err error) error {
	u := &api.UnavailableError{Address: address, Cause: api.UnavailableAny, Err: err}
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENOTDIR):
		u.Cause = api.NoSocket
	case errors.Is(err, fs.ErrPermission):
		u.Cause = api.Denied
	case errors.Is(err, unix.ECONNREFUSED):
		u.Cause = api.Refused
	case errors.Is(err, unix.EPROTOTYPE), errors.Is(err, unix.ENOTSOCK):
		u.Cause = api.NotContainerd
	case errors.Is(err, context.Canceled):
		u.Detail = "cancelled"
	case errors.Is(err, context.DeadlineExceeded):
		u.Detail = "no answer within 3 s"
	default:
		byStatus(u, err)
	}
	return u
}

// byStatus words what came back over a connection that was made.
func byStatus(u *api.UnavailableError, err error) {
	s, ok := status.FromError(err)
	if !ok {
		return
	}
	text := s.Message()
	switch {
	case s.Code() == codes.Unimplemented, foreign(text):
		u.Cause = api.NotContainerd
	case s.Code() == codes.PermissionDenied, strings.Contains(text, "permission denied"):
		u.Cause = api.Denied
	case strings.Contains(text, "no such file"):
		u.Cause = api.NoSocket
	case strings.Contains(text, "connection refused"):
		u.Cause = api.Refused
	case s.Code() == codes.DeadlineExceeded:
		u.Detail = "no answer within 3 s"
	case s.Code() == codes.Canceled:
		u.Detail = "cancelled"
	default:
		u.Detail = text
	}
}

// foreign recognises the marks of a server that does not speak gRPC: another protocol's
// answer, or none but a closed connection.
func foreign(text string) bool {
	for _, mark := range []string{"server preface", "HTTP status code", "malformed", "http2:", "frame too large", "broken pipe", "connection reset"} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}
