package rados_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestRegisterService(t *testing.T) {
	conn := radostest.Conn(t)
	service, daemon := unique("service"), unique("daemon")
	require.NoError(t, conn.RegisterService(service, daemon, map[string]string{"color": "red", "size": "large"}))
	assert.ErrorIs(t, conn.RegisterService(service, daemon, nil), rados.ErrObjectExists)
	require.NoError(t, conn.UpdateServiceStatus(map[string]string{"state": "busy"}))

	type entry struct {
		Metadata map[string]string `json:"metadata"`
		Status   map[string]string `json:"task_status"`
	}
	find := func() (found entry) {
		var dump struct {
			Services map[string]struct {
				Daemons map[string]json.RawMessage `json:"daemons"`
			} `json:"services"`
		}
		out, status, err := conn.MgrCommand([][]byte{command(t, "service dump")})
		require.NoError(t, err, status)
		require.NoError(t, json.Unmarshal(out, &dump), "%s", out)
		if text := dump.Services[service].Daemons[daemon]; text != nil {
			require.NoError(t, json.Unmarshal(text, &found), "%s", text)
		}
		return found
	}
	require.Eventually(t, func() bool { return find().Metadata["color"] == "red" }, 30*time.Second, 200*time.Millisecond)
	assert.Equal(t, "large", find().Metadata["size"])
}

func TestUpdateServiceStatusOfNone(t *testing.T) {
	assert.NoError(t, radostest.Conn(t).UpdateServiceStatus(nil), "it goes nowhere")
}

// TestServices registers daemons with the cluster, and finds them in its list.
func TestServices(t *testing.T) {
	t.Parallel()
	shown := func(t *testing.T, service, daemon string) {
		t.Helper()
		conn := radostest.Conn(t)
		require.Eventually(t, func() bool {
			out, _, err := conn.MgrCommand([][]byte{command(t, "service dump")})
			return assert.NoError(t, err) && strings.Contains(string(out), `"`+service+`"`) && strings.Contains(string(out), `"`+daemon+`"`)
		}, await.Patience, 50*time.Millisecond)
	}
	t.Run("service.RegisterEarly", func(t *testing.T) {
		conn, service := fresh(t), unique("early")
		metadata := map[string]string{"hostname": "here"}
		require.NoError(t, conn.RegisterService(service, "a", metadata))
		assert.ErrorIs(t, conn.RegisterService(service, "a", metadata), rados.ErrObjectExists)
		assert.ErrorIs(t, conn.UpdateServiceStatus(nil), rados.ErrNotConnected)
		require.NoError(t, conn.ReadConfigFile(radostest.Shared(t).Conf()))
		require.NoError(t, conn.Connect())
		shown(t, service, "a")
		assert.ErrorIs(t, conn.RegisterService(service, "a", metadata), rados.ErrObjectExists)
		assert.NoError(t, conn.UpdateServiceStatus(map[string]string{"state": "up"}))
	})
	t.Run("before a Connect that fails", func(t *testing.T) {
		conn, service := fresh(t), unique("failed")
		require.NoError(t, conn.RegisterService(service, "a", nil))
		require.NoError(t, conn.ReadConfigFile(radostest.Shared(t).Conf()))
		require.NoError(t, conn.SetConfigOption("key", aKey))
		require.ErrorIs(t, conn.Connect(), syscall.EACCES)
		assert.ErrorIs(t, conn.RegisterService(service, "a", nil), rados.ErrObjectExists)
		require.NoError(t, conn.SetConfigOption("key", ""))
		require.NoError(t, conn.Connect())
		shown(t, service, "a")
	})
	t.Run("after a Connect that fails", func(t *testing.T) {
		conn, service := fresh(t), unique("failed")
		require.NoError(t, conn.ReadConfigFile(radostest.Shared(t).Conf()))
		require.NoError(t, conn.SetConfigOption("key", aKey))
		require.ErrorIs(t, conn.Connect(), syscall.EACCES)
		require.NoError(t, conn.RegisterService(service, "a", nil))
		require.NoError(t, conn.SetConfigOption("key", ""))
		require.NoError(t, conn.Connect())
		shown(t, service, "a")
	})
	t.Run("never connected", func(t *testing.T) {
		conn := fresh(t)
		require.NoError(t, conn.RegisterService("service", "a", nil))
		conn.Shutdown()
		assert.ErrorIs(t, conn.RegisterService("service", "a", nil), rados.ErrNotConnected)
		assert.ErrorIs(t, new(rados.Conn).RegisterService("service", "a", nil), rados.ErrNotConnected)
	})
	t.Run("service.RegisterLate", func(t *testing.T) {
		conn, service := radostest.Conn(t), unique("late")
		require.NoError(t, conn.RegisterService(service, "a", nil))
		assert.ErrorIs(t, conn.RegisterService(service, "a", nil), rados.ErrObjectExists)
		shown(t, service, "a")
	})
	t.Run("service.Status", func(t *testing.T) {
		assert.ErrorIs(t, fresh(t).UpdateServiceStatus(nil), syscall.ENOTCONN)
		conn := radostest.Conn(t)
		require.NoError(t, conn.RegisterService(unique("status"), "a", nil))
		for i := range 20 {
			require.NoError(t, conn.UpdateServiceStatus(map[string]string{"testing": fmt.Sprint(i)}))
		}
		assert.ErrorIs(t, conn.UpdateServiceStatus(map[string]string{"a\x00": "b"}), rados.ErrNameContainsNUL)
	})
	t.Run("service.StatusFormat", func(t *testing.T) {
		if testing.Short() {
			t.Skip("makes 16 connections and waits for the manager")
		}
		conn := radostest.Conn(t)
		service := unique("format")
		for i := range 16 {
			metadata := map[string]string{"daemon_type": "portal", "hostname": "here", "zone_id": fmt.Sprint("zone", i%3)}
			require.NoError(t, radostest.Conn(t).RegisterService(service, fmt.Sprint("daemon-", i), metadata))
		}
		want := regexp.MustCompile(service + `: 16 (portals active \(1 hosts, 3 zones\)|daemons active \()`) // the latter by Ceph 14.2
		require.Eventually(t, func() bool {
			out, _, err := conn.MonCommand([]byte(`{"prefix":"status"}`))
			require.NoError(t, err)
			return want.MatchString(strings.Join(strings.Fields(string(out)), " "))
		}, await.Patience, 100*time.Millisecond)
	})
}
