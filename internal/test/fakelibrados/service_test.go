package fakelibrados_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// TestRegisterServiceEarly registers before Connect: the C handle that becomes
// connected must know the service.
func TestRegisterServiceEarly(t *testing.T) {
	const register = "rados_service_register"
	early := func(t *testing.T) *rados.Conn {
		conn := unconnected(t)
		metadata := map[string]string{"key": "value"}
		require.NoError(t, conn.RegisterService("service", "daemon", metadata))
		metadata["key"] = "another"
		assert.Equal(t, 1, fakelibrados.Calls(register))
		return conn
	}
	t.Run("kept", func(t *testing.T) {
		conn := early(t)
		fakelibrados.Return("rados_connect", -int(syscall.ETIMEDOUT))
		assert.Error(t, conn.Connect())
		assert.Equal(t, 2, fakelibrados.Calls(register), "with the handle that has replaced the one that failed")
		assert.Error(t, conn.Connect())
		assert.Equal(t, 2, fakelibrados.Calls(register))
		fakelibrados.Proceed("rados_connect")
		require.NoError(t, conn.Connect())
		assert.Equal(t, 3, fakelibrados.Calls(register))
		assert.Equal(t, []any{"service", "daemon", "key\x00value\x00"}, fakelibrados.Args(register))
	})
	t.Run("not kept", func(t *testing.T) {
		conn := unconnected(t)
		fakelibrados.Return(register, -int(syscall.EEXIST))
		assert.Equal(t, rados.ErrObjectExists, wrapped("RegisterService", conn.RegisterService("service", "daemon", nil)))
		require.NoError(t, conn.Connect())
		assert.Equal(t, 1, fakelibrados.Calls(register))
	})
	t.Run("known", func(t *testing.T) {
		conn := early(t)
		fakelibrados.Return(register, -int(syscall.EEXIST))
		assert.NoError(t, conn.Connect())
	})
	t.Run("refused", func(t *testing.T) {
		conn := early(t)
		fakelibrados.Return(register, -int(syscall.EPERM))
		assert.ErrorIs(t, conn.Connect(), syscall.EPERM)
		assert.NoError(t, conn.WaitForLatestOSDMap(), "it is connected")
	})
	t.Run("while Connect succeeds", func(t *testing.T) {
		conn := unconnected(t)
		finish := held(t, "rados_connect", conn.Connect)
		require.NoError(t, conn.RegisterService("service", "daemon", nil))
		assert.Zero(t, fakelibrados.Calls(register), "librados would lose it")
		require.NoError(t, finish())
		assert.Equal(t, 1, fakelibrados.Calls(register))
		assert.Equal(t, []any{"service", "daemon", ""}, fakelibrados.Args(register))
	})
	t.Run("while Connect fails", func(t *testing.T) {
		conn := unconnected(t)
		fakelibrados.Return("rados_connect", -int(syscall.ETIMEDOUT))
		finish := held(t, "rados_connect", conn.Connect)
		require.NoError(t, conn.RegisterService("service", "daemon", nil))
		assert.Error(t, finish())
		fakelibrados.Proceed("rados_connect")
		require.NoError(t, conn.Connect())
		assert.Equal(t, 2, fakelibrados.Calls(register))
	})
	t.Run("while another attempt succeeds", func(t *testing.T) {
		conn := unconnected(t)
		fakelibrados.Return("rados_connect", -int(syscall.ETIMEDOUT))
		assert.Error(t, conn.Connect())
		fakelibrados.Proceed("rados_connect")
		finish := held(t, "rados_connect", conn.Connect)
		require.NoError(t, conn.RegisterService("service", "daemon", nil))
		assert.Equal(t, 1, fakelibrados.Calls(register))
		require.NoError(t, finish())
		assert.Equal(t, 2, fakelibrados.Calls(register))
	})
}

// dicts are the methods that take a dict, and its position among the arguments.
var dicts = map[string]struct {
	sends string
	at    int
	call  func(*rados.Conn, map[string]string) error
}{
	"RegisterService": {"rados_service_register", 2,
		func(c *rados.Conn, dict map[string]string) error { return c.RegisterService("service", "daemon", dict) }},
	"UpdateServiceStatus": {"rados_service_update_status", 0,
		func(c *rados.Conn, dict map[string]string) error { return c.UpdateServiceStatus(dict) }},
}

// pairs decodes a dict as C receives it.
func pairs(t *testing.T, flat any) map[string]string {
	t.Helper()
	words := strings.Split(flat.(string), "\x00")
	require.Equal(t, 1, len(words)%2, "%q", flat)
	dict := map[string]string{}
	for i := 0; i+1 < len(words); i += 2 {
		dict[words[i]] = words[i+1]
	}
	return dict
}

func TestServiceMetadata(t *testing.T) {
	many := map[string]string{}
	for i := range 1000 {
		many[fmt.Sprint("key", i)] = strings.Repeat("v", i)
	}
	for name, m := range dicts {
		t.Run(name, func(t *testing.T) {
			conn := connected(t)
			for _, dict := range []map[string]string{
				{}, {"key": "value"}, {"key": ""}, {"ü": "\xff", " ": "\n"}, {"a": "", "b": "", "c": "d"}, many,
			} {
				require.NoError(t, m.call(conn, dict))
				assert.Equal(t, dict, pairs(t, fakelibrados.Args(m.sends)[m.at]))
			}
			require.NoError(t, m.call(conn, nil))
			assert.Equal(t, "", fakelibrados.Args(m.sends)[m.at])
		})
	}
}

func TestServiceMetadataIsRefused(t *testing.T) {
	for name, m := range dicts {
		t.Run(name, func(t *testing.T) {
			conn := connected(t)
			sendsNothing(t, func() {
				for _, dict := range []map[string]string{
					{"\x00": "v"}, {"k\x00": "v"}, {"\x00k": "v"}, {"k\x00k": "v"},
					{"k": "\x00"}, {"k": "v\x00"}, {"k": "\x00v"}, {"k": "v\x00v"}, {"k": "v\x00\x00"},
					{"k": "v\x00", "l": "w\x00"}, {"": "v\x00"},
				} {
					err := m.call(conn, dict)
					assert.Equal(t, rados.ErrNameContainsNUL, wrapped(name, err), "%q", dict)
				}
				for _, dict := range []map[string]string{{"": "v"}, {"": ""}, {"k": "v", "": "v"}} {
					err := m.call(conn, dict)
					assert.ErrorIs(t, err, syscall.EINVAL)
					assert.NotErrorIs(t, err, rados.ErrNameContainsNUL, "%q", dict)
				}
			})
		})
	}
}
