package cruntime

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/process"
)

// TestLateCancel runs the C half of calls with pauses at each step at which another thread can
// intervene; see testdata/calls.c. It fails, for example, if the completion of a call that ends
// while it is being cancelled is released when its struct may have the next call already.
func TestLateCancel(t *testing.T) {
	milliseconds := "250" // for each step
	switch {
	case testing.Short():
		milliseconds = "80"
	case process.Nightly():
		milliseconds = "8000"
	}
	for _, sanitizer := range sanitizers("thread", "address") {
		t.Run(sanitizer, func(t *testing.T) {
			out, err := run(t, sanitizer, "calls.c", milliseconds)
			require.NoError(t, err, "%s", out)
			t.Logf("%s", out)
		})
	}
}
