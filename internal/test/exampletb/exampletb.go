// Package exampletb lets examples use what asks for a test, such as package radostest.
package exampletb

import (
	"fmt"
	"slices"
	"testing"
)

// TB makes an example do as a test. Its other methods panic.
type TB struct {
	testing.TB
	cleanups []func()
}

func (tb *TB) Helper()                   {}
func (tb *TB) Failed() bool              { return false }
func (tb *TB) FailNow()                  { panic("failed") }
func (tb *TB) Cleanup(f func())          { tb.cleanups = append(tb.cleanups, f) }
func (tb *TB) Errorf(f string, a ...any) { fmt.Printf(f+"\n", a...) }
func (tb *TB) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }
func (tb *TB) Skipf(f string, a ...any) {
	panic("an example can't be skipped: " + fmt.Sprintf(f, a...))
}

// Done calls the functions that were given to Cleanup, the last one first.
func (tb *TB) Done() {
	for _, f := range slices.Backward(tb.cleanups) {
		f()
	}
}
