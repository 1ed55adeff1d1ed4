package docs

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/tracked"
)

// mostUsed are the 60 names of package rados that programs use most. Each has an example that the tests run.
var mostUsed = []string{
	"Open", "NewConn", "NewConnWithUser", "Conn", "Conn_ReadConfigFile", "Conn_SetConfigOption", "Conn_GetConfigOption",
	"Conn_Connect", "Conn_OpenIOContext", "Conn_ListPools", "Conn_MakePool", "Conn_DeletePool", "Conn_GetPoolByName",
	"Conn_GetClusterStats", "Conn_GetFSID", "Conn_MonCommand", "Conn_SetMaxInFlight", "Conn_Stats", "Conn_SetTracer", "Conn_SetLogger",

	"IOContext", "IOContext_Create", "IOContext_Read", "IOContext_ReadContext", "IOContext_Write", "IOContext_WriteContext",
	"IOContext_WriteFull", "IOContext_Append", "IOContext_Stat", "IOContext_Delete", "IOContext_Truncate", "IOContext_GetLastVersion",
	"IOContext_GetPoolStats", "IOContext_WithNamespace",

	"IOContext_SetXattr", "IOContext_GetXattr", "IOContext_ListXattrs", "IOContext_Xattrs", "IOContext_RmXattr",
	"IOContext_SetOmap", "IOContext_Omap", "IOContext_GetOmapValues", "IOContext_RmOmapKeys", "IOContext_CleanOmap",

	"ReadOp", "WriteOp", "WriteOp_CmpExt", "WriteOp_AssertVersion", "Pipeline", "IOContext_Objects", "IOContext_Iter",

	"IOContext_Lock", "IOContext_RLock", "IOContext_ListLockers", "IOContext_Watch", "IOContext_Notify",
	"IOContext_CreateSnap", "IOContext_ListSnaps", "IOContext_RollbackSnap", "IOContext_WithReadSnap",
}

// TestExamples expects examples with an output, without which go test only compiles them.
func TestExamples(t *testing.T) {
	require.Len(t, mostUsed, 60)
	fset := token.NewFileSet()
	var files []*ast.File
	for _, path := range tracked.Files(t, root, ":(glob)rados/example*_test.go") {
		file, err := parser.ParseFile(fset, filepath.Join(root, path), nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, file)
	}
	runs := make(map[string]bool)
	for _, example := range doc.Examples(files...) {
		runs[example.Name] = example.Output != ""
	}
	for _, name := range mostUsed {
		assert.True(t, runs[name], "Example%s does not exist, or has no output", name)
	}
}
