package rados_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestApplicationMetadata(t *testing.T) {
	conn := radostest.Conn(t)
	ioctx := open(t, conn, makePool(t, conn))
	apps := func() []string {
		list, err := ioctx.ListApplications()
		require.NoError(t, err)
		return list
	}
	t.Run("enable", func(t *testing.T) {
		assert.Empty(t, apps())
		require.NoError(t, ioctx.EnableApplication("one", false))
		require.NoError(t, ioctx.EnableApplication("one", false), "again")
		assert.Equal(t, []string{"one"}, apps())
		assert.ErrorIs(t, ioctx.EnableApplication("two", false), rados.ErrPermissionDenied)
		require.NoError(t, ioctx.EnableApplication("two", true))
		assert.ElementsMatch(t, []string{"one", "two"}, apps())
	})
	t.Run("metadata", func(t *testing.T) {
		want := map[string]string{"key": "value", "empty": "", "long": strings.Repeat("v", 100), "ü": "ö"}
		for key, value := range want {
			require.NoError(t, ioctx.SetApplicationMetadata("one", key, value))
			got, err := ioctx.GetApplicationMetadata("one", key)
			require.NoError(t, err)
			assert.Equal(t, value, got)
		}
		got, err := ioctx.ListApplicationMetadata("one")
		require.NoError(t, err)
		assert.Equal(t, want, got)
		got, err = ioctx.ListApplicationMetadata("two")
		require.NoError(t, err)
		assert.Empty(t, got)
		require.NoError(t, ioctx.RemoveApplicationMetadata("one", "key"))
		require.NoError(t, ioctx.RemoveApplicationMetadata("one", "key"), "again")
		_, err = ioctx.GetApplicationMetadata("one", "key")
		assert.ErrorIs(t, err, rados.ErrNotFound)
	})
	t.Run("not enabled", func(t *testing.T) {
		_, err := ioctx.ListApplicationMetadata("three")
		assert.ErrorIs(t, err, rados.ErrNotFound)
		_, err = ioctx.GetApplicationMetadata("three", "key")
		assert.ErrorIs(t, err, rados.ErrNotFound)
		assert.ErrorIs(t, ioctx.SetApplicationMetadata("three", "key", "value"), rados.ErrNotFound)
		assert.ErrorIs(t, ioctx.RemoveApplicationMetadata("three", "key"), rados.ErrNotFound)
	})
}

func TestApplications(t *testing.T) {
	t.Parallel()
	t.Run("misc.Applications", func(t *testing.T) {
		ioctx := radostest.Pool(t)
		apps, err := ioctx.ListApplications()
		require.NoError(t, err)
		assert.Empty(t, apps)
		require.NoError(t, ioctx.EnableApplication("app1", true))
		assert.ErrorIs(t, ioctx.EnableApplication("app2", false), rados.ErrPermissionDenied)
		require.NoError(t, ioctx.EnableApplication("app2", true))
		apps, err = ioctx.ListApplications()
		require.NoError(t, err)
		assert.ElementsMatch(t, []string{"app1", "app2"}, apps)

		_, err = ioctx.ListApplicationMetadata("dne")
		assert.ErrorIs(t, err, rados.ErrNotFound)
		assert.ErrorIs(t, ioctx.SetApplicationMetadata("dne", "key", "value"), rados.ErrNotFound)
		metadata, err := ioctx.ListApplicationMetadata("app1")
		require.NoError(t, err)
		assert.Empty(t, metadata)
		require.NoError(t, ioctx.SetApplicationMetadata("app1", "key1", "value1"))
		require.NoError(t, ioctx.SetApplicationMetadata("app1", "key2", "value2"))
		metadata, err = ioctx.ListApplicationMetadata("app1")
		require.NoError(t, err)
		assert.Equal(t, map[string]string{"key1": "value1", "key2": "value2"}, metadata)
		value, err := ioctx.GetApplicationMetadata("app1", "key1")
		require.NoError(t, err)
		assert.Equal(t, "value1", value)
		_, err = ioctx.GetApplicationMetadata("app2", "key1")
		assert.ErrorIs(t, err, rados.ErrNotFound, "each has its own")
		require.NoError(t, ioctx.RemoveApplicationMetadata("app1", "key1"))
		metadata, err = ioctx.ListApplicationMetadata("app1")
		require.NoError(t, err)
		assert.Equal(t, map[string]string{"key2": "value2"}, metadata)
		assert.ErrorIs(t, ioctx.SetApplicationMetadata("app1", "key\x00", "value"), rados.ErrNameContainsNUL)
	})
}
