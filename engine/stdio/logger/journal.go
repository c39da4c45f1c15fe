package logger

import (
	"bytes"
	"encoding/binary"
	"net"

	"gantry/engine/stdio/wire"
)

// journalSocket is where systemd's journal takes entries.
const journalSocket = "/run/systemd/journal/socket"

// The priorities of syslog by which Docker tells the streams apart.
const (
	priorityInfo  = "6"
	priorityError = "3"
)

// journal sends entries to systemd's journal with the fields that Docker's driver sets.
type journal struct {
	conn  *net.UnixConn
	to    *net.UnixAddr
	about []byte // the fields that every entry has
	msg   []byte
}

func openJournal(socket, id string, facts wire.LogFacts) (*journal, error) {
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Net: "unixgram"})
	if err != nil {
		return nil, err
	}
	j := &journal{conn: conn, to: &net.UnixAddr{Name: socket, Net: "unixgram"}}
	short := id[:min(len(id), 12)]
	tag := facts.Tag
	if tag == "" {
		tag = short
	}
	for _, f := range [][2]string{
		{"CONTAINER_ID", short}, {"CONTAINER_ID_FULL", id}, {"CONTAINER_NAME", facts.Name},
		{"CONTAINER_TAG", tag}, {"IMAGE_NAME", facts.Image}, {"SYSLOG_IDENTIFIER", tag},
	} {
		j.about = appendField(j.about, f[0], []byte(f[1]))
	}
	for k, v := range facts.Attrs {
		if k = fieldName(k); k != "" {
			j.about = appendField(j.about, k, []byte(v))
		}
	}
	return j, nil
}

// write sends one message an entry. The journal that does not take it is not waited for
// longer than its socket is full; what it refuses is lost, as with any journal.
func (j *journal) write(stream string, from func(each func(entry []byte))) {
	priority := priorityInfo
	if stream == "stderr" {
		priority = priorityError
	}
	from(func(entry []byte) {
		text, whole := bytes.CutSuffix(entry, []byte{'\n'})
		j.msg = append(j.msg[:0], j.about...)
		j.msg = appendField(j.msg, "PRIORITY", []byte(priority))
		if !whole {
			j.msg = appendField(j.msg, "CONTAINER_PARTIAL_MESSAGE", []byte("true"))
		}
		j.msg = appendField(j.msg, "MESSAGE", text)
		j.conn.WriteToUnix(j.msg, j.to)
	})
}

func (j *journal) close() error { return j.conn.Close() }

// appendField writes a field in the journal's own form: NAME=value, or, as what has line
// ends must be, the name alone and the value after its length.
func appendField(b []byte, name string, value []byte) []byte {
	b = append(b, name...)
	if bytes.IndexByte(value, '\n') < 0 {
		b = append(b, '=')
	} else {
		b = append(b, '\n')
		b = binary.LittleEndian.AppendUint64(b, uint64(len(value)))
	}
	return append(append(b, value...), '\n')
}

// fieldName is a name as the journal allows: capitals, digits and underscores, not beginning
// with one. "" when nothing is left.
func fieldName(s string) string {
	b := bytes.ToUpper([]byte(s))
	for i, c := range b {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			b[i] = '_'
		}
	}
	return string(bytes.TrimLeft(b, "_0123456789"))
}
