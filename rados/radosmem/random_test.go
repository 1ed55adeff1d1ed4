package radosmem_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/go-rados/go-rados/internal/test/randomops"
	"github.com/go-rados/go-rados/rados/radosmem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRandomOperations performs random operations, whose results package randomops compares with those
// of a real cluster. It reads the seed, the number of operations and the file for the results from the
// environment.
func TestRandomOperations(t *testing.T) {
	seed, n, file := uint64(1), 2000, ""
	if text := os.Getenv("RADOSMEM_RANDOM"); text != "" {
		_, err := fmt.Sscan(text, &seed, &n, &file)
		require.NoError(t, err)
	}
	first, err := randomops.Run(radosmem.Pool(t), seed, n)
	require.NoError(t, err)
	if file != "" {
		require.NoError(t, os.WriteFile(file, []byte(strings.Join(first, "\n")+"\n"), 0o600))
		return
	}
	again, err := randomops.Run(radosmem.Pool(t), seed, n)
	require.NoError(t, err)
	assert.Equal(t, first, again)
}
