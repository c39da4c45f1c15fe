package warm

import "syscall"

// few bytes hold the first lines of what is mapped: those of the program's file.
const few = 2 << 10

// file maps what of the program's file is to be run. What is to be read is larger, and less of it
// is touched.
func file() {
	fd, err := syscall.Open("/proc/self/maps", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer syscall.Close(fd)
	maps := make([]byte, few)
	n, err := syscall.Read(fd, maps)
	if err != nil {
		return
	}
	populate(code(maps[:n]), populateRead)
}

// code is what the first lines of /proc/PID/maps, which are those of the program's file, have that
// is to be run. A line is
//
//	00400000-01435000 r-xp 00000000 fe:00 1234     /usr/bin/gantry
func code(maps []byte) []span {
	var found []span
	for {
		from, rest, ok := number(maps, '-')
		to, rest, ok2 := number(rest, ' ')
		if !ok || !ok2 || len(rest) < 3 {
			return found
		}
		named := false
		end := 0
		for ; end < len(rest) && rest[end] != '\n'; end++ {
			named = named || rest[end] == '/'
		}
		if !named || end == len(rest) {
			return found
		}
		if rest[2] == 'x' {
			found = append(found, span{from, to})
		}
		maps = rest[end+1:]
	}
}

// number reads a hexadecimal number and the byte that ends it.
func number(s []byte, end byte) (v uintptr, rest []byte, ok bool) {
	for i, c := range s {
		switch {
		case c == end && i > 0:
			return v, s[i+1:], true
		case c >= '0' && c <= '9':
			v = v<<4 | uintptr(c-'0')
		case c >= 'a' && c <= 'f':
			v = v<<4 | uintptr(c-'a'+10)
		default:
			return 0, nil, false
		}
	}
	return 0, nil, false
}
