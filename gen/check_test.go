package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheck(t *testing.T) {
	enterGenerated(t)
	assert.Contains(t, gen(t, "check"), "generated files: up to date\n")

	fresh := generated(t)
	edit(t, "rados/zz_generated.go", "// newConn takes over", "// newConn is given")
	edited := generated(t)
	_, err := tryGen("check")
	require.Error(t, err)
	assert.Contains(t, err.Error(), `rados/zz_generated.go is not what the generator makes of the spec:
--- rados/zz_generated.go (on disk)
+++ rados/zz_generated.go (generated)
@@ `)
	assert.Contains(t, err.Error(), "\n-// newConn is given a C object")
	assert.Contains(t, err.Error(), "\n+// newConn takes over a C object")
	assert.True(t, strings.HasSuffix(err.Error(), "\nRun: make generate"))
	assert.NotContains(t, err.Error(), "zz_library.h")
	assert.Equal(t, edited, generated(t), "check writes nothing")

	gen(t, "generate")
	assert.Equal(t, fresh, generated(t))
	edit(t, "spec/bindings.yaml", "Delete removes object oid.", "Delete makes an end of object oid.")
	_, err = tryGen("check")
	require.Error(t, err)
	assert.Contains(t, err.Error(), "\n+// Delete makes an end of object oid.")

	require.NoError(t, os.Remove("docs/COVERAGE.md"))
	_, err = tryGen("check")
	require.Error(t, err)
	assert.Contains(t, err.Error(), "docs/COVERAGE.md is not what the generator makes of the spec:\nthere is none: ")
}

// TestCheckDescription edits what describes the spec.
func TestCheckDescription(t *testing.T) {
	enterGenerated(t)
	edit(t, schemaFile, `"additionalProperties": false`, `"additionalProperties": true`)
	edit(t, referenceFile, "| `handles` |", "| `handle` |")
	_, err := tryGen("check")
	require.Error(t, err)
	for _, path := range []string{schemaFile, referenceFile} {
		assert.Contains(t, err.Error(), path+" is not what the generator makes of the spec:\n")
	}
	assert.Contains(t, err.Error(), "\n-| `handle` |")
	assert.Contains(t, err.Error(), "\n+| `handles` |")
}

// TestCheckShortens has a diff that is too long to read.
func TestCheckShortens(t *testing.T) {
	enterGenerated(t)
	write(t, "rados/zz_library.h", "")
	_, err := tryGen("check")
	require.Error(t, err)
	assert.Regexp(t, `\n… and \d+ lines more\n`, err.Error())
	assert.Less(t, strings.Count(err.Error(), "\n"), 120)
}

func TestCheckFindsLiterals(t *testing.T) {
	enterGenerated(t)
	write(t, "gen/a.go", "package main\n\n// as in rados_read\n")
	_, err := tryGen("check")
	assert.EqualError(t, err, "gen/a.go:3:10: rados_read is named here; what is special about one function belongs in spec/bindings.yaml")
}

// TestCheckFindsRaw takes away a file that uses thunks: generate does not mind, or
// there would be no beginning; check does.
func TestCheckFindsRaw(t *testing.T) {
	enterGenerated(t) // which check accepts, as TestCheck shows
	require.NoError(t, os.Remove("rados/iocontext.go"))
	require.NoError(t, os.Remove("rados/operation.go"))
	gen(t, "generate")
	_, err := tryGen("check")
	require.Error(t, err)
	for line := range strings.Lines(err.Error()) {
		assert.Regexp(t, `^spec/bindings.yaml:\d+:\d+: \w+\.\w+ is private, and nothing that is written by hand in rados/ uses it\n?$`, line)
	}
	assert.Contains(t, err.Error(), ": ReadOp.checksum is private")
	assert.Contains(t, err.Error(), ": WriteOp.zero is private")
}
