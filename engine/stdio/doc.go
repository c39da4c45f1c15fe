// Package stdio is a container's standard streams as the engine sees them: the URI that
// makes gantry-helper its logger, the clients that attach to that logger, and the log
// files it writes.
//
// The logger owns the streams for the whole life of the container, whether anybody
// looks or not. It writes Docker's json-file format, and passes the raw bytes to every
// client on a socket in the state directory. Its own code is in stdio/logger; what
// both sides share is in stdio/wire.
package stdio
