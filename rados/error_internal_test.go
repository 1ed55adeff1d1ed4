package rados

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestCodeResultOfMissingFunction expects ENOSYS from a method that returns codes
// if the library lacks the function, not the number that the C code uses for
// that.
func TestCodeResultOfMissingFunction(t *testing.T) {
	for internal, missing := range missingFunctions {
		ret, err := codeResult(internal, asError(internal), int(syscall.ENOENT), int(syscall.EBUSY))
		assert.Equal(t, -int(syscall.ENOSYS), ret, missing.Function)
		assert.Equal(t, missing, err)
	}
	assert.NotEmpty(t, missingFunctions)
}
