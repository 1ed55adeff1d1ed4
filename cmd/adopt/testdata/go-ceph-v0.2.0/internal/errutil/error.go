// Package errutil has the errors of all packages.
package errutil

import "fmt"

type cephError struct {
	source string
	code   int
}

func (e cephError) Error() string  { return fmt.Sprintf("%s: ret=%d", e.source, e.code) }
func (e cephError) ErrorCode() int { return e.code }

func (e cephError) Is(err error) bool {
	other, ok := err.(cephError)
	return ok && e.code == other.code
}

// other has no code.
type other struct{}

func (other) Is(error) bool { return false }

func GetError(source string, code int) error { return cephError{source, code} }
