package check_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/check"
	"github.com/go-rados/go-rados/gen/internal/gentest"
)

// TestNoLiterals checks the generator itself.
func TestNoLiterals(t *testing.T) {
	t.Chdir(gentest.Root)
	require.NoError(t, check.Literals(".", "spec/bindings.yaml", gentest.Librados(t).Union))
}
