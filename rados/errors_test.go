package rados_test

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/rados"
)

func TestErrorValues(t *testing.T) {
	assert.True(t, errors.Is(rados.ErrNotFound, os.ErrNotExist))
	assert.True(t, errors.Is(rados.ErrObjectExists, os.ErrExist))
	assert.True(t, errors.Is(rados.ErrPermissionDenied, os.ErrPermission))
	assert.True(t, errors.Is(rados.ErrMissingFunction, errors.ErrUnsupported))
	assert.False(t, errors.Is(rados.ErrNotFound, syscall.EPERM))
	assert.Equal(t, -2, code(t, rados.ErrNotFound))
	assert.Equal(t, -int(syscall.ENOTCONN), code(t, rados.ErrNotConnected))
	assert.Equal(t, -int(syscall.EINVAL), code(t, rados.ErrNameContainsNUL))
	assert.Equal(t, rados.ErrNotFound, rados.RadosErrorNotFound)
	assert.Equal(t, rados.ErrPermissionDenied, rados.RadosErrorPermissionDenied)
}

func TestObjectErrors(t *testing.T) {
	t.Parallel()
	e := &rados.ObjectError{Op: "Lock", Pool: "pool", Namespace: "ns", Object: "foo", Err: rados.ErrLocked}
	assert.Contains(t, e.Error(), "Lock pool/ns/foo")
	assert.True(t, errors.Is(e, syscall.EBUSY))
	assert.Equal(t, rados.ErrLocked, e.Unwrap())
	assert.Equal(t, -16, code(t, e))
	e.Argument = `lock "bar"`
	assert.Contains(t, e.Error(), `Lock pool/ns/foo: lock "bar": rados: ret=-16`)
}

// TestObjectErrorsAreOneLine expects names that are not printable to be quoted, so that they can't break the lines of a
// log.
func TestObjectErrorsAreOneLine(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a b/ü":       "a b/ü",
		"a\nb":        `"a\nb"`,
		"\x00":        `"\x00"`,
		"\xff":        `"\xff"`,
		"\x1b[31mred": `"\x1b[31mred"`,
	} {
		e := &rados.ObjectError{Op: "Stat2", Pool: "pool", Namespace: rados.AllNamespaces, Object: name, Err: rados.ErrNotFound}
		assert.Equal(t, `rados: Stat2 pool/"\x01"/`+text+": "+rados.ErrNotFound.Error(), e.Error())
	}
}
