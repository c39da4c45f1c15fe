package kit

import "unicode/utf8"

// sequence is the length of the escape sequence at the beginning of s, which begins
// with ESC or a C1 character. A sequence that never ends, or that holds what does not
// belong into it, counts as its introducer alone: the text after it stays to be read.
func sequence(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if r == 0x1b {
		if n == len(s) {
			return n
		}
		c := s[n]
		switch {
		case c == '[':
			return control(s, n+1)
		case c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_':
			return message(s, n+1, c == ']')
		case c >= 0x20 && c <= 0x2f:
			return escape(s, n)
		case c >= 0x30 && c <= 0x7e:
			return n + 1
		}
		return n
	}
	switch r {
	case 0x9b:
		return control(s, n)
	case 0x9d:
		return message(s, n, true)
	case 0x90, 0x98, 0x9e, 0x9f:
		return message(s, n, false)
	}
	return n
}

// control is the length of a CSI sequence whose parameters begin at i.
func control(s string, i int) int {
	start := i
	for ; i < len(s) && s[i] >= 0x20 && s[i] <= 0x3f; i++ {
	}
	if i < len(s) && s[i] >= 0x40 && s[i] <= 0x7e {
		return i + 1
	}
	return start
}

// message is the length of an OSC, DCS, SOS, PM or APC sequence whose text begins at i.
// It ends with ST, an OSC also with BEL; CAN and SUB cut it short. The beginning of
// another sequence shows that it has no end, which also keeps this linear.
func message(s string, i int, bell bool) int {
	start := i
	for i < len(s) {
		switch c := s[i]; {
		case c == 0x07 && bell, c == 0x18, c == 0x1a:
			return i + 1
		case c == 0x1b:
			if i+1 < len(s) && s[i+1] == '\\' {
				return i + 2
			}
			return start
		case c == 0xc2 && i+1 < len(s) && s[i+1] >= 0x80 && s[i+1] <= 0x9f: // a C1 character
			if s[i+1] == 0x9c { // ST
				return i + 2
			}
			return start
		}
		i++
	}
	return start
}

// escape is the length of an ESC sequence with intermediate bytes from i on.
func escape(s string, i int) int {
	for ; i < len(s) && s[i] >= 0x20 && s[i] <= 0x2f; i++ {
	}
	if i < len(s) && s[i] >= 0x30 && s[i] <= 0x7e {
		return i + 1
	}
	return 1
}
