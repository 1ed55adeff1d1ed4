package rados_test

import (
	"encoding/json"
	"errors"
	"fmt"
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

func TestMonCommand(t *testing.T) {
	conn := radostest.Conn(t)
	t.Run("cmd.MonDescribe", func(t *testing.T) {
		out, _, err := conn.MonCommandWithInputBuffer(command(t, "get_command_descriptions"), nil)
		require.NoError(t, err)
		assert.NotEmpty(t, out)
		for _, bad := range []string{
			"get_command_descriptions", "asdfqwer", "", "{}", `{"":"x"}`,
			`{"prefix":""}`, `{"prefix":"    "}`, `{"prefix":";;;,,,;;,,"}`, `{"prefix":"extra command"}`,
		} {
			_, status, err := conn.MonCommandWithInputBuffer([]byte(bad), []byte("{}"))
			assert.ErrorIs(t, err, syscall.EINVAL, bad)
			if bad == `{"prefix":"extra command"}` {
				assert.NotEmpty(t, status, "the status comes with the error")
			}
		}
		out, _, err = conn.MonCommand(command(t, "quorum_status"))
		require.NoError(t, err)
		assert.True(t, json.Valid(out))
	})
	t.Run("input", func(t *testing.T) {
		out, _, err := conn.MonCommandWithInputBuffer(
			command(t, "config-key set", "key", "go-rados/test"), []byte("from the input buffer"))
		require.NoError(t, err, "%s", out)
		out, _, err = conn.MonCommand(command(t, "config-key get", "key", "go-rados/test"))
		require.NoError(t, err)
		assert.Equal(t, "from the input buffer", string(out))
	})
	t.Run("NUL", func(t *testing.T) {
		_, _, err := conn.MonCommand([]byte("{\"prefix\":\"status\"}\x00"))
		assert.Equal(t, rados.ErrNameContainsNUL, err)
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
}

func TestMonCommandTarget(t *testing.T) {
	conn := radostest.Conn(t)
	out, status, err := conn.MonCommandTarget("a", [][]byte{command(t, "get_command_descriptions")})
	require.NoError(t, err, status)
	assert.NotEmpty(t, out)
	out, status, err = conn.MonCommandTargetWithInputBuffer("a", [][]byte{command(t, "version")}, []byte("ignored"))
	require.NoError(t, err, status)
	assert.Contains(t, string(out), "version")
	_, _, err = conn.MonCommandTarget("nobody", [][]byte{command(t, "version")})
	assert.Equal(t, rados.ErrNotFound, err)
}

func TestMgrCommand(t *testing.T) {
	conn := radostest.Conn(t)
	out, status, err := conn.MgrCommand([][]byte{command(t, "pg stat")})
	require.NoError(t, err, status)
	assert.True(t, json.Valid(out), "%s", out)
	out, status, err = conn.MgrCommandWithInputBuffer([][]byte{command(t, "osd df")}, []byte("ignored"))
	require.NoError(t, err, status)
	assert.True(t, json.Valid(out), "%s", out)
	_, status, err = conn.MgrCommand([][]byte{command(t, "no such command")})
	assert.ErrorIs(t, err, syscall.EINVAL)
	assert.NotEmpty(t, status)
}

// TestMgrCommandPositiveCode has the manager fail with a positive code, as its
// modules do.
func TestMgrCommandPositiveCode(t *testing.T) {
	conn := radostest.Conn(t)
	for _, args := range [][]any{
		{"crash info", "id", "nonsense"},
		{"crash archive", "id", "nonsense"},
		{"crash prune", "keep", "no number"},
	} {
		for name, send := range map[string]func(cmd []byte) (string, error){
			"MgrCommand": func(cmd []byte) (string, error) {
				_, status, err := conn.MgrCommand([][]byte{cmd})
				return status, err
			},
			"MgrCommandWithInputBuffer": func(cmd []byte) (string, error) {
				_, status, err := conn.MgrCommandWithInputBuffer([][]byte{cmd}, []byte("ignored"))
				return status, err
			},
			"MgrCommandTarget": func(cmd []byte) (string, error) {
				_, status, err := conn.MgrCommandTarget("x", [][]byte{cmd})
				return status, err
			},
		} {
			t.Run(fmt.Sprint(name, " ", args[0]), func(t *testing.T) {
				status, err := send(command(t, args[0].(string), args[1:]...))
				if errors.Is(err, rados.ErrMissingFunction) {
					t.Skip(err)
				}
				assert.ErrorIs(t, err, syscall.EINVAL, status)
				assert.NotEmpty(t, status, "the status comes with the error")
			})
		}
	}
}

func TestOsdCommand(t *testing.T) {
	conn := radostest.Conn(t)
	t.Run("cmd.OSDCmd", func(t *testing.T) {
		for _, bad := range []string{"asdfasdf", "version"} {
			_, _, err := conn.OsdCommand(0, [][]byte{[]byte(bad)})
			assert.ErrorIs(t, err, syscall.EINVAL, bad)
		}
		out, status, err := conn.OsdCommand(0, [][]byte{command(t, "version")})
		require.NoError(t, err, status)
		assert.Contains(t, string(out), "version")
		out, status, err = conn.OsdCommandWithInputBuffer(0, [][]byte{command(t, "version")}, []byte("ignored"))
		require.NoError(t, err, status)
		assert.Contains(t, string(out), "version")
	})
	t.Run("no such OSD", func(t *testing.T) {
		_, _, err := conn.OsdCommand(1000, [][]byte{command(t, "version")})
		assert.ErrorIs(t, err, syscall.ENOENT)
		for _, osd := range []int{-1, 1 << 40} {
			_, _, err = conn.OsdCommand(osd, [][]byte{command(t, "version")})
			assert.ErrorIs(t, err, syscall.EINVAL)
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
}

// touch asks for 100 objects, so that all placement groups of the pool exist
// afterwards.
func touch(t *testing.T, ioctx *rados.IOContext) {
	t.Helper()
	for i := range 100 {
		_, err := ioctx.Stat(fmt.Sprintf("object-%d", i))
		assert.Equal(t, rados.ErrNotFound, err)
	}
}

func TestPGCommand(t *testing.T) {
	conn := radostest.Conn(t)
	t.Run("cmd.PGCmd", func(t *testing.T) {
		name := makePool(t, conn)
		ioctx := open(t, conn, name)
		pgid := fmt.Sprintf("%d.0", ioctx.GetPoolID())
		_, _, err := conn.PGCommand([]byte(pgid), [][]byte{[]byte("asdfasdf")})
		assert.ErrorIs(t, err, syscall.EINVAL)
		touch(t, ioctx)
		query := [][]byte{command(t, "pg", "cmd", "query", "pgid", pgid)}
		out, status, err := conn.PGCommand([]byte(pgid), query)
		require.NoError(t, err, status)
		assert.NotEmpty(t, out)
		out, status, err = conn.PGCommandWithInputBuffer([]byte(pgid), query, []byte("ignored"))
		require.NoError(t, err, status)
		assert.NotEmpty(t, out)
	})
	t.Run("whose", func(t *testing.T) {
		ioctx := open(t, conn, makePool(t, conn))
		touch(t, ioctx)
		pool := ioctx.GetPoolID()
		send := func(to, about string) error {
			_, _, err := conn.PGCommand([]byte(to), [][]byte{command(t, "pg", "cmd", "query", "pgid", about)})
			return err
		}
		last, beyond, gone := fmt.Sprintf("%d.7", pool), fmt.Sprintf("%d.8", pool), fmt.Sprintf("%d.0", pool+1000)
		require.NoError(t, send(last, last))
		assert.Equal(t, rados.ErrNotFound, send(beyond, beyond), "beyond pg_num")
		assert.Equal(t, rados.ErrNotFound, send(last, beyond))
		assert.Equal(t, rados.ErrNotFound, send(gone, gone))
		_, _, err := conn.PGCommand([]byte(last), [][]byte{command(t, "pg", "cmd", "query")})
		assert.ErrorIs(t, err, syscall.EINVAL, "the JSON must have the pgid, too")
	})
	t.Run("malformed", func(t *testing.T) {
		for _, pgid := range []string{"", "x", "1"} {
			_, _, err := conn.PGCommand([]byte(pgid), [][]byte{command(t, "pg", "cmd", "query")})
			assert.ErrorIs(t, err, syscall.EINVAL, pgid)
		}
		_, _, err := conn.PGCommand([]byte("1.0\x00"), [][]byte{command(t, "pg", "cmd", "query")})
		assert.Equal(t, rados.ErrNameContainsNUL, err)
	})
}

func TestCommandLists(t *testing.T) {
	conn := radostest.Conn(t)
	send := map[string]func([][]byte) error{
		"mgr": func(args [][]byte) error { _, _, err := conn.MgrCommand(args); return err },
		"osd": func(args [][]byte) error { _, _, err := conn.OsdCommand(0, args); return err },
		"mon": func(args [][]byte) error { _, _, err := conn.MonCommandTarget("a", args); return err },
		"pg":  func(args [][]byte) error { _, _, err := conn.PGCommand([]byte("1.0"), args); return err },
	}
	for name, send := range send {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, rados.ErrEmptyArgument, send(nil))
			assert.Equal(t, rados.ErrEmptyArgument, send([][]byte{}))
			assert.Equal(t, rados.ErrNameContainsNUL, send([][]byte{[]byte("a\x00b")}))
			assert.Error(t, send([][]byte{nil}))
			assert.Error(t, send([][]byte{{}, []byte("{}")}))
		})
	}
}

func TestMgrCommandTarget(t *testing.T) {
	conn := radostest.Conn(t)
	var mgr struct {
		Name string `json:"active_name"`
	}
	asked(t, conn, &mgr, command(t, "mgr dump"))
	list := [][]byte{command(t, "get_command_descriptions")}
	out, status, err := conn.MgrCommandTarget(mgr.Name, list)
	if release(t) < 16 {
		assert.ErrorIs(t, err, rados.ErrMissingFunction)
		return
	}
	require.NoError(t, err, status)
	assert.True(t, json.Valid(out))
	_, _, err = conn.MgrCommandTargetWithInputBuffer(mgr.Name, list, []byte("ignored"))
	assert.NoError(t, err)
	t.Run("mgr by name", func(t *testing.T) {
		out, status, err := conn.MgrCommandTarget("x", [][]byte{command(t, "version")})
		if release(t) < 16 {
			assert.ErrorIs(t, err, rados.ErrMissingFunction)
			return
		}
		require.NoError(t, err, status)
		assert.True(t, json.Valid(out), "%s", out)
	})
}

// TestManagerThatDoesNotAnswer sends a command while the manager is stopped:
// librados returns the code of the timeout with the wrong sign, which would
// look like success. The manager must not answer later: librados would write
// the reply to freed memory.
func TestManagerThatDoesNotAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	t.Parallel()
	cluster := radostest.Start(t)
	conn := fresh(t)
	require.NoError(t, conn.ReadConfigFile(cluster.Conf()))
	require.NoError(t, conn.SetConfigOption("rados_mon_op_timeout", "2"))
	require.NoError(t, conn.Connect())
	_, _, err := conn.MgrCommand([][]byte{command(t, "get_command_descriptions")})
	require.NoError(t, err)
	cluster.Pause(t, "mgr.x")
	_, _, err = conn.MgrCommand([][]byte{command(t, "get_command_descriptions")})
	assert.ErrorIs(t, err, syscall.ETIMEDOUT)
	conn.Shutdown()
}

// TestMonitorThatDoesNotAnswer connects to a monitor that accepts the
// connection and sends nothing: Connect fails after client_mount_timeout.
func TestMonitorThatDoesNotAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t, radostest.Monitors(1))
	conn := asUser(t, "admin", cluster.Conf())
	require.NoError(t, conn.SetConfigOption("client_mount_timeout", "2"))
	cluster.Pause(t, "mon.a")
	start := time.Now()
	err := await.Result(t, conn.Connect)
	assert.ErrorIs(t, err, syscall.ETIMEDOUT)
	assert.GreaterOrEqual(t, time.Since(start), 2*time.Second)
	cluster.Resume(t, "mon.a")
	require.NoError(t, conn.SetConfigOption("client_mount_timeout", fmt.Sprint(waits)))
	assert.NoError(t, conn.Connect())
}

// TestFirstPGCommand sends a command to a placement group whose OSD is down as
// the first call of a connection: it waits for the OSD. Without an OSD map it
// would return no output and no error.
func TestFirstPGCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a cluster of its own")
	}
	cluster := radostest.Start(t, radostest.OSDs(1))
	admin := cluster.Conn(t)
	require.NoError(t, admin.MakePool("pool"))
	id, err := admin.GetPoolByName("pool")
	require.NoError(t, err)
	cluster.Kill(t, "osd.0")
	cluster.Ceph(t, "osd", "down", "0")

	var all await.Group
	for range 20 {
		conn, err := rados.NewConn()
		require.NoError(t, err)
		defer conn.Shutdown()
		require.NoError(t, conn.ReadConfigFile(cluster.Conf()))
		require.NoError(t, conn.SetConfigOption("rados_osd_op_timeout", "1"))
		require.NoError(t, conn.Connect())
		all.Go(func() {
			pg := fmt.Sprintf("%d.0", id)
			_, status, err := conn.PGCommand([]byte(pg), [][]byte{command(t, "query", "pgid", pg, "cmd", "query")})
			assert.ErrorIs(t, err, syscall.ETIMEDOUT, status)
		})
	}
	all.Wait()

	conn := cluster.Conn(t)
	_, _, err = conn.PGCommand([]byte("4711.0"), [][]byte{command(t, "query", "pgid", "4711.0", "cmd", "query")})
	assert.Equal(t, rados.ErrNotFound, err, "no such pool")
}
