package rados_test

import (
	"debug/elf"
	"errors"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// exported returns the functions of the librados of this process.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	require.NoError(t, err)
	path := regexp.MustCompile(`/\S*/librados\.so\S*`).Find(maps)
	require.NotEmpty(t, path)
	library, err := elf.Open(string(path))
	require.NoError(t, err)
	defer library.Close()
	symbols, err := library.DynamicSymbols()
	require.NoError(t, err)
	names := make(map[string]bool)
	for _, s := range symbols {
		names[s.Name] = names[s.Name] || s.Section != elf.SHN_UNDEF
	}
	require.True(t, names["rados_read"])
	return names
}

// TestNewerFunctions calls functions that not every release has: they are found
// at run time, whichever release the program was built with.
func TestNewerFunctions(t *testing.T) {
	has := exported(t)
	conn, ioctx := radostest.Conn(t), namespace(t)
	for function, call := range map[string]func() error{
		"rados_mgr_command_target": func() error {
			_, _, err := conn.MgrCommandTarget("x", [][]byte{command(t, "version")})
			return err
		},
		"rados_write_op_omap_rm_range2": func() error {
			return writing(ioctx, "foo", func(op *rados.WriteOp) {
				op.Create(rados.CreateIdempotent)
				op.RmOmapRange("a", "b")
			})
		},
	} {
		t.Run(function, func(t *testing.T) {
			err := call()
			var missing *rados.MissingFunctionError
			if has[function] {
				assert.NoError(t, err)
			} else if assert.True(t, errors.As(err, &missing), "%v", err) {
				assert.Equal(t, function, missing.Function)
			}
		})
	}
	// These have older ones that do the same.
	require.NoError(t, ioctx.WriteFull("bar", []byte("data")))
	for function, call := range map[string]func() error{
		"rados_stat2":               func() error { _, err := ioctx.Stat2("bar"); return err },
		"rados_set_pool_full_try":   ioctx.SetPoolFullTry,
		"rados_unset_pool_full_try": ioctx.UnsetPoolFullTry,
		"rados_blocklist_add":       func() error { return conn.BlocklistAdd("127.0.0.1:1/1", 1e9) },
	} {
		t.Run(function, func(t *testing.T) { assert.NoError(t, call()) })
	}
}
