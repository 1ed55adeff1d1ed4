package ceph

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"testing"
)

// SkipVariable is set in the environment to skip tests that need a cluster where the daemons
// are not installed.
const SkipVariable = "RADOS_TEST_SKIP"

var skipped atomic.Int64

// SkipMissing skips the test if err is a MissingError and SkipVariable is set. Otherwise it returns:
// a machine without the daemons must not appear to pass.
func SkipMissing(t testing.TB, err error) {
	t.Helper()
	var missing *MissingError
	if os.Getenv(SkipVariable) == "" || !errors.As(err, &missing) {
		return
	}
	skipped.Add(1)
	t.Skipf("radostest: skipped, since %s is set: %v", SkipVariable, err)
}

// ReportSkipped writes the number of tests that SkipMissing has skipped since the last report, if there
// are any.
func ReportSkipped(w io.Writer) {
	if n := skipped.Swap(0); n > 0 {
		fmt.Fprintf(w, "radostest: %d tests were skipped, since %s is set and programs of Ceph are missing\n", n, SkipVariable)
	}
}
