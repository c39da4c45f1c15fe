package logger

import "unicode/utf8"

const hex = "0123456789abcdef"

// appendEntry appends one line of the log as Docker's json-file driver writes it. stamp
// is the time in RFC 3339 with nanoseconds, attrs a JSON object or nil.
func appendEntry(b, text, attrs []byte, stream, stamp string) []byte {
	b = append(b, `{"log":"`...)
	b = appendEscaped(b, text)
	b = append(b, `","stream":"`...)
	b = append(b, stream...)
	if attrs != nil {
		b = append(b, `","attrs":`...)
		b = append(b, attrs...)
		b = append(b, `,"time":"`...)
	} else {
		b = append(b, `","time":"`...)
	}
	b = append(b, stamp...)
	return append(b, "\"}\n"...)
}

// appendEscaped appends text as the inside of a JSON string, with the escapes that
// Docker uses: those of HTML too, and the replacement character for what is not UTF-8.
func appendEscaped(b, text []byte) []byte {
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
				i++
				continue
			}
			b = append(b, text[start:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			default:
				b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(append(b, text[start:i]...), `\ufffd`...)
		case r == '\u2028' || r == '\u2029':
			b = append(append(b, text[start:i]...), `\u202`...)
			b = append(b, hex[r&15])
		default:
			i += size
			continue
		}
		i += size
		start = i
	}
	return append(b, text[start:]...)
}
