package rados_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// What Ceph's own Python binding is tested for, and no other test here says.

func TestAsFromPython(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"py.TestIoctx.test_append": func(t *testing.T, ioctx *rados.IOContext) {
			for _, data := range []string{"a", "b", "c"} {
				require.NoError(t, ioctx.Append("foo", []byte(data)))
			}
			assert.Equal(t, "abc", string(content(t, ioctx, "foo")))
		},
		"py.TestIoctx.test_trunc": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.Write("foo", []byte("abc"), 0))
			require.NoError(t, ioctx.Truncate("foo", 2))
			assert.Equal(t, "ab", string(content(t, ioctx, "foo")))
		},
		"py.TestIoctx.test_cmpext": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.Write("foo", []byte("123456"), 0))
			require.NoError(t, ioctx.CmpExt("foo", []byte("123456"), 0))
			assert.Equal(t, -4095-4, code(t, ioctx.CmpExt("foo", []byte("1234x6"), 0)))
		},
		"py.TestIoctx.test_xattrs": func(t *testing.T, ioctx *rados.IOContext) {
			want := map[string][]byte{"a": []byte("1"), "b": []byte("2\x003"), "c": {0}, "d": {}}
			require.NoError(t, ioctx.WriteFull("foo", nil))
			for name, value := range want {
				require.NoError(t, ioctx.SetXattr("foo", name, value))
				got := make([]byte, 10)
				n, err := ioctx.GetXattr("foo", name, got)
				require.NoError(t, err)
				assert.Equal(t, value, got[:n])
			}
			got, err := ioctx.ListXattrs("foo")
			require.NoError(t, err)
			assert.Equal(t, want, got)
		},
		"py.TestIoctx.test_set_omap": func(t *testing.T, ioctx *rados.IOContext) {
			want := map[string][]byte{"1": []byte("aaa"), "2": []byte("bbb"), "3": []byte("ccc"), "4": []byte("\x04\x00\x01")}
			require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.SetOmap(want) }))
			for _, test := range []struct {
				after, prefix, want string
			}{{"", "", "1234"}, {"2", "", "34"}, {"", "2", "2"}} {
				var step *rados.GetOmapStep
				op := rados.CreateReadOp()
				step = op.GetOmapValues(test.after, test.prefix, 4)
				require.NoError(t, op.Operate(ioctx, "foo", rados.OperationNoFlag))
				op.Release()
				got := ""
				for kv, err := step.Next(); kv != nil; kv, err = step.Next() {
					require.NoError(t, err)
					assert.Equal(t, want[kv.Key], kv.Value)
					got += kv.Key
				}
				assert.Equal(t, test.want, got)
			}
		},
		"py.TestIoctx.test_get_omap_vals_by_keys": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"1": nil, "3": []byte("c"), "4": {4}}))
			var step *rados.ReadOpOmapGetValsByKeysStep
			get := func(op *rados.ReadOp) { step = op.GetOmapValuesByKeys([]string{"3", "4", "5"}) }
			require.NoError(t, reading(ioctx, "foo", get))
			got := make(map[string][]byte)
			for kv, err := step.Next(); kv != nil; kv, err = step.Next() {
				require.NoError(t, err)
				got[kv.Key] = kv.Value
			}
			assert.Equal(t, map[string][]byte{"3": []byte("c"), "4": {4}}, got)
			assert.ErrorIs(t, reading(ioctx, "none", get), rados.ErrNotFound)
			require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) { step = op.GetOmapValuesByKeys(nil) }))
			kv, err := step.Next()
			require.NoError(t, err)
			assert.Nil(t, kv)
		},
		"py.TestIoctx.test_get_omap_keys": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"1": nil, "2": []byte("b"), "3": nil}))
			var step *rados.ReadOpOmapKeysStep
			get := func(op *rados.ReadOp) { step = op.GetOmapKeys("", 2) }
			require.NoError(t, reading(ioctx, "foo", get))
			keys, err := step.Keys()
			require.NoError(t, err)
			assert.Equal(t, []string{"1", "2"}, keys)
			assert.True(t, step.More())
			assert.ErrorIs(t, reading(ioctx, "none", get), rados.ErrNotFound)
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

func TestConnAsFromPython(t *testing.T) {
	t.Parallel()
	conn := radostest.Conn(t)
	t.Run("py.TestRadosStateError.test_configuring", func(t *testing.T) {
		for call, err := range needConnection(fresh(t)) {
			assert.Equal(t, rados.ErrNotConnected, err, call)
		}
	})
	t.Run("py.TestRadosStateError.test_connected", func(t *testing.T) {
		assert.ErrorIs(t, conn.Connect(), syscall.EISCONN)
		_, err := conn.GetFSID()
		assert.NoError(t, err, "it stays connected")
	})
	t.Run("py.TestRadosStateError.test_shutdown", func(t *testing.T) {
		ended := radostest.Conn(t)
		ended.Shutdown()
		for call, err := range needConnection(ended) {
			assert.Equal(t, rados.ErrNotConnected, err, call)
		}
		assert.Equal(t, rados.ErrNotConnected, ended.Connect())
	})
	t.Run("py.mod.test_ioctx_context_manager", func(t *testing.T) {
		name := makePool(t, conn)
		for range 3 {
			ioctx, err := conn.OpenIOContext(name)
			require.NoError(t, err)
			ioctx.Destroy()
		}
	})
	t.Run("py.TestIoctx.test_get_stats", func(t *testing.T) {
		stats, err := open(t, conn, makePool(t, conn)).GetPoolStats()
		require.NoError(t, err)
		assert.Equal(t, rados.PoolStat{}, stats)
	})
	t.Run("py.TestRados.test_pool_lookup_utf8", func(t *testing.T) {
		name := unique("黄é")
		require.NoError(t, conn.MakePool(name))
		id, err := conn.GetPoolByName(name)
		require.NoError(t, err)
		got, err := conn.GetPoolByID(id)
		require.NoError(t, err)
		assert.Equal(t, name, got)
		require.NoError(t, conn.DeletePool(name))
	})
	t.Run("py.TestCommand.test_monmap_dump", func(t *testing.T) {
		out, _, err := conn.MonCommand([]byte(`{"prefix":"mon dump"}`))
		require.NoError(t, err)
		assert.Contains(t, string(out), "epoch")
		out, _, err = conn.MonCommand(command(t, "mon dump"))
		require.NoError(t, err)
		var monmap struct{ Epoch int }
		require.NoError(t, json.Unmarshal(out, &monmap))
		assert.Positive(t, monmap.Epoch)
		out, _, err = conn.MonCommand(command(t, "mon dump", "epoch", monmap.Epoch+1000))
		assert.Equal(t, rados.ErrNotFound, err)
		assert.Empty(t, out)
		for _, mon := range []string{"a", "0"} {
			out, status, err := conn.MonCommandTarget(mon, [][]byte{command(t, "version")})
			require.NoError(t, err, "%s: %s", mon, status)
			assert.Contains(t, string(out), "version")
		}
	})
	t.Run("py.TestCommand.test_osd_bench", func(t *testing.T) {
		out, status, err := conn.OsdCommand(0, [][]byte{command(t, "bench", "size", 4096, "count", 8192)})
		if strings.Contains(status, "flushing objectstore cache: (1)") {
			t.Skip("the OSD can't measure a store in memory, as with Ceph 20.2: " + status)
		}
		require.NoError(t, err, status)
		var bench struct {
			BytesWritten int64 `json:"bytes_written"`
			BlockSize    int64 `json:"blocksize"`
		}
		require.NoError(t, json.Unmarshal(out, &bench), "%s", out)
		assert.EqualValues(t, 8192, bench.BytesWritten)
		assert.EqualValues(t, 4096, bench.BlockSize)
	})
	t.Run("py.TestCommand.test_ceph_osd_pool_create_utf8", func(t *testing.T) {
		name := unique("黄")
		_, status, err := conn.MonCommand(command(t, "osd pool create", "pool", name, "pg_num", 8))
		require.NoError(t, err, status)
		assert.Equal(t, fmt.Sprintf("pool '%s' created", name), status)
		require.NoError(t, conn.WaitForLatestOSDMap(), "DeletePool only knows the pools of its map")
		require.NoError(t, conn.DeletePool(name))
	})
	t.Run("mgr by name", func(t *testing.T) {
		out, status, err := conn.MgrCommandTarget("x", [][]byte{command(t, "version")})
		if release(t) < 16 {
			assert.ErrorIs(t, err, rados.ErrMissingFunction)
			return
		}
		require.NoError(t, err, status)
		assert.True(t, json.Valid(out), "%s", out)
	})
	t.Run("service.StatusFormat", func(t *testing.T) {
		if testing.Short() {
			t.Skip("makes 16 connections and waits for the manager")
		}
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
		}, patience, 100*time.Millisecond)
	})
	t.Run("py.TestRados.test_monitor_log", func(t *testing.T) {
		entries := make(chan rados.LogEntry, 1000)
		own := radostest.Conn(t)
		_, err := own.MonitorLog("debug", func(e rados.LogEntry) { entries <- e })
		require.NoError(t, err)
		runtime.GC() // nobody holds the monitor but its Conn
		_, status, err := conn.MonCommand(command(t, "log", "logtext", []string{"kept alive"}))
		require.NoError(t, err, status)
		for !strings.Contains(next(t, entries).Message, "kept alive") {
		}
	})
}

// TestFaults has librados fail on purpose.
func TestFaults(t *testing.T) {
	t.Parallel()
	pool := radostest.Pool(t)
	name, err := pool.GetPoolName()
	require.NoError(t, err)
	require.NoError(t, pool.WriteFull("foo", buf))
	injected := func(t *testing.T, options map[string]string) *rados.Conn {
		conn := fresh(t)
		require.NoError(t, conn.ReadConfigFile(radostest.Shared(t).Conf()))
		for option, value := range options {
			require.NoError(t, conn.SetConfigOption(option, value))
		}
		require.NoError(t, conn.Connect())
		return conn
	}
	t.Run("io.ReadTimeout", func(t *testing.T) {
		if testing.Short() {
			t.Skip("waits for some seconds of delays")
		}
		conn := injected(t, map[string]string{"rados_osd_op_timeout": "1", "ms_inject_internal_delays": "2"})
		ioctx := open(t, conn, name)
		var buffers [][]byte
		for range 5 {
			data := filled(0xee, 4096)
			if _, err := ioctx.Read("foo", data, 0); err != nil {
				assert.ErrorIs(t, err, syscall.ETIMEDOUT)
				assert.Equal(t, filled(0xee, 4096), data)
				buffers = append(buffers, data)
			}
		}
		conn.Shutdown() // whatever is under way has come by then
		for _, data := range buffers {
			assert.Equal(t, filled(0xee, 4096), data, "nothing is written into it afterwards")
		}
	})
	t.Run("misc.PoolCreationRace", func(t *testing.T) {
		if testing.Short() {
			t.Skip("waits for some seconds of delays")
		}
		conn := injected(t, map[string]string{"objecter_debug_inject_relock_delay": "true"})
		ioctx, other := open(t, conn, name), radostest.Conn(t)
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range 4 {
					_, err := ioctx.Read("none", make([]byte, 1), 0)
					assert.Equal(t, rados.ErrNotFound, err)
				}
			})
		}
		makePool(t, other)
		wg.Wait()
	})
}
