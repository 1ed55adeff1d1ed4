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
