package stdio

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// tailStart finds where the last n lines of a row of files begin, oldest first: in which
// file, and at which offset. A line without a newline at the very end counts. With fewer
// lines it is the beginning; with n 0 the end.
func tailStart(files []*os.File, n int) (index int, offset int64, err error) {
	for i := len(files) - 1; i >= 0; i-- {
		st, err := files[i].Stat()
		if err != nil {
			return 0, 0, err
		}
		if n == 0 {
			return i, st.Size(), nil
		}
		off, found, err := lastLines(files[i], st.Size(), n)
		if err != nil {
			return 0, 0, err
		}
		if n -= found; n == 0 {
			return i, off, nil
		}
	}
	return 0, 0, nil
}

// lastLines looks for the last n lines of the first size bytes of a file, n > 0, block by
// block from the end. found is less than n if there are fewer; offset is then 0.
func lastLines(r io.ReaderAt, size int64, n int) (offset int64, found int, err error) {
	if size == 0 {
		return 0, 0, nil
	}
	block := make([]byte, blockSize)
	end := size - 1 // the last byte, a newline or not, ends the last line
	for end > 0 {
		b := block[:min(int64(len(block)), end)]
		from := end - int64(len(b))
		m, err := r.ReadAt(b, from)
		if m < len(b) {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF // the file was emptied meanwhile
			}
			return 0, 0, err
		}
		for {
			i := bytes.LastIndexByte(b, '\n')
			if i < 0 {
				break
			}
			if found++; found == n {
				return from + int64(i) + 1, n, nil
			}
			b = b[:i]
		}
		end = from
	}
	return 0, found + 1, nil
}
