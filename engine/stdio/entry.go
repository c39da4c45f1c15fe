package stdio

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"gantry/engine/api"
)

// errDamaged is a line of a log that is not an entry.
var errDamaged = errors.New("damaged line")

// The fixed parts of an entry as Docker, nerdctl and gantry write it.
const (
	entryHead   = `{"log":"`
	entryStream = `,"stream":"`
	entryTime   = `,"time":"`
	entryTail   = `"}`
)

// parseEntry reads one line of a json-file log, newline left out, and appends its text
// to text. The usual form is read by hand, several times as fast as any other form of
// the same JSON (other orders, more fields).
func parseEntry(line, text []byte) (api.LogLine, []byte, error) {
	if l, all, ok := parseUsual(line, text); ok {
		return l, all, nil
	}
	var e struct {
		Log    *string   `json:"log"`
		Stream string    `json:"stream"`
		Time   time.Time `json:"time"`
	}
	if json.Unmarshal(line, &e) != nil || e.Log == nil {
		return api.LogLine{}, text, errDamaged
	}
	from := len(text)
	text = append(text, *e.Log...)
	return api.LogLine{Time: e.Time, Stderr: e.Stream == "stderr", Text: own(text, from)}, text, nil
}

// own is what was appended to b from an index on, such that nothing can be appended to it
// in b's memory.
func own(b []byte, from int) []byte { return b[from:len(b):len(b)] }

func parseUsual(line, text []byte) (l api.LogLine, all []byte, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(entryHead))
	if !ok {
		return l, text, false
	}
	from := len(text)
	all, rest, ok = unquote(text, rest)
	if !ok {
		return l, text, false
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(entryStream)); !ok {
		return l, text, false
	}
	stream, rest, ok := bytes.Cut(rest, []byte{'"'})
	if !ok || string(stream) != "stdout" && string(stream) != "stderr" {
		return l, text, false
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(entryTime)); !ok {
		return l, text, false
	}
	if rest, ok = bytes.CutSuffix(rest, []byte(entryTail)); !ok {
		return l, text, false
	}
	if l.Time.UnmarshalText(rest) != nil {
		return api.LogLine{}, text, false
	}
	return api.LogLine{Time: l.Time, Stderr: string(stream) == "stderr", Text: own(all, from)}, all, true
}

// unquote appends the inside of a JSON string that b begins in to text; rest is what
// follows the closing quote. It refuses what encoding/json refuses.
func unquote(text, b []byte) (all, rest []byte, ok bool) {
	start := 0
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c == '"':
			return append(text, b[start:i]...), b[i+1:], true
		case c < ' ':
			return text, nil, false
		case c != '\\':
			i++
		default:
			text = append(text, b[start:i]...)
			var n int
			if text, n = unescape(text, b[i:]); n == 0 {
				return text, nil, false
			}
			i += n
			start = i
		}
	}
	return text, nil, false
}

// unescape appends what the escape at the beginning of b stands for, and returns how long
// the escape is; 0 if it is none.
func unescape(text, b []byte) ([]byte, int) {
	if len(b) < 2 {
		return text, 0
	}
	switch c := b[1]; c {
	case 'n':
		return append(text, '\n'), 2
	case 'r':
		return append(text, '\r'), 2
	case 't':
		return append(text, '\t'), 2
	case 'b':
		return append(text, '\b'), 2
	case 'f':
		return append(text, '\f'), 2
	case '"', '\\', '/':
		return append(text, c), 2
	case 'u':
		r, ok := hex4(b[2:])
		if !ok {
			return text, 0
		}
		if utf16.IsSurrogate(r) {
			if len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
				if low, ok := hex4(b[8:]); ok {
					if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
						return utf8.AppendRune(text, both), 12
					}
				}
			}
			r = utf8.RuneError
		}
		return utf8.AppendRune(text, r), 6
	}
	return text, 0
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[:4]), 16, 16)
	return rune(n), err == nil
}
