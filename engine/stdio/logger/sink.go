package logger

import (
	"encoding/json"
	"fmt"
	"time"

	"gantry/engine/stdio/wire"
)

// sink is where a container's log goes. Entries are written by one goroutine at a time, and
// are where they belong when write returns.
type sink interface {
	write(stream string, from func(each func(entry []byte)))
	close() error
}

// openSink begins the log that the state directory asks for.
func openSink(cfg Config, dir *wire.Dir) (sink, error) {
	log, err := wire.ReadLogConfig(cfg.StateDir)
	if err != nil {
		return nil, err
	}
	facts, err := wire.ReadLogFacts(cfg.StateDir)
	if err != nil {
		return nil, err
	}
	switch log.Driver {
	case wire.LogNone:
		return nowhere{}, nil
	case wire.LogJournald:
		return openJournal(journalSocket, cfg.ID, facts)
	case wire.LogJSONFile:
	default:
		return nil, fmt.Errorf("the log driver %s is not one of json-file, journald and none", log.Driver)
	}
	f, err := openLog(dir.File(wire.LogFile(cfg.ID)))
	if err != nil {
		return nil, err
	}
	if f.max, f.files, err = log.Rotation(); err != nil {
		f.close()
		return nil, err
	}
	s := &jsonFile{logFile: f}
	if len(facts.Attrs) > 0 {
		if s.attrs, err = json.Marshal(facts.Attrs); err != nil {
			f.close()
			return nil, err
		}
	}
	return s, nil
}

// nowhere keeps nothing.
type nowhere struct{}

func (nowhere) write(_ string, from func(each func(entry []byte))) { from(func([]byte) {}) }
func (nowhere) close() error                                       { return nil }

// encMax is how many bytes of entries are gathered for one write.
const encMax = 64 << 10

// jsonFile is Docker's json-file log.
type jsonFile struct {
	*logFile
	enc   []byte
	attrs []byte // JSON that every entry carries; nil for none
}

// write appends entries. One read is one write and has one time, unless it is very much or
// the file is full.
func (s *jsonFile) write(stream string, from func(each func(entry []byte))) {
	at := stamp(time.Now())
	from(func(entry []byte) {
		s.enc = appendEntry(s.enc, entry, s.attrs, stream, at)
		if len(s.enc) >= encMax || s.full(len(s.enc)) {
			s.flush()
		}
	})
	s.flush()
}

func (s *jsonFile) flush() {
	s.logFile.write(s.enc)
	s.enc = s.enc[:0]
}
