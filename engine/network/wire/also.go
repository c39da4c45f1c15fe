package wire

import (
	"errors"
	"strings"
)

// Also adds to an error what went wrong while what it had begun was taken back. What has the
// same reason is not said again.
func Also(err, back error) error {
	for _, b := range parts(back) {
		if !says(err, reason(b)) {
			err = errors.Join(err, b)
		}
	}
	return err
}

func says(err error, why string) bool {
	for _, e := range parts(err) {
		if reason(e) == why {
			return true
		}
	}
	return false
}

// parts are the errors that were joined into one, if it is several.
func parts(err error) []error {
	if err == nil {
		return nil
	}
	many, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var out []error
	for _, e := range many.Unwrap() {
		out = append(out, parts(e)...)
	}
	return out
}

// reason is the innermost thing that an error says.
func reason(err error) string {
	s := err.Error()
	return strings.TrimSpace(s[strings.LastIndex(s, ": ")+1:])
}
