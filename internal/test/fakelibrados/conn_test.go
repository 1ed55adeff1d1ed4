package fakelibrados_test

import (
	"math"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

func TestNewConn(t *testing.T) {
	fresh(t)
	long := strings.Repeat("x", 300)
	open := func(conn *rados.Conn, err error) {
		t.Helper()
		require.NoError(t, err)
		conn.Shutdown()
	}
	open(rados.NewConn())
	assert.Equal(t, []any{nil}, fakelibrados.Args("rados_create"))
	open(rados.NewConnWithUser(long))
	assert.Equal(t, []any{long}, fakelibrados.Args("rados_create"))
	open(rados.NewConnWithUser(""))
	assert.Equal(t, []any{""}, fakelibrados.Args("rados_create"))
	open(rados.NewConnWithClusterAndUser("ceph", "client.admin"))
	assert.Equal(t, []any{"ceph", "client.admin", 0}, fakelibrados.Args("rados_create2"))
	assert.Equal(t, 4, fakelibrados.Calls("rados_shutdown"))
}

func TestNewConnFails(t *testing.T) {
	fresh(t)
	fakelibrados.Return("rados_create", -int(syscall.EINVAL))
	fakelibrados.Return("rados_create2", -int(syscall.ENOENT))
	refuse := func(want error) func(*rados.Conn, error) {
		return func(conn *rados.Conn, err error) {
			t.Helper()
			assert.Nil(t, conn)
			assert.ErrorIs(t, err, want)
		}
	}
	refuse(syscall.EINVAL)(rados.NewConn())
	refuse(syscall.EINVAL)(rados.NewConnWithUser("user"))
	refuse(rados.ErrNotFound)(rados.NewConnWithClusterAndUser("ceph", "client.admin"))
	sendsNothing(t, func() {
		refuse(rados.ErrNameContainsNUL)(rados.NewConnWithUser("a\x00b"))
		refuse(rados.ErrNameContainsNUL)(rados.NewConnWithClusterAndUser("a\x00b", "c"))
		refuse(rados.ErrNameContainsNUL)(rados.NewConnWithClusterAndUser("a", "b\x00c"))
	})
}

func TestParseConfigArgvRemainder(t *testing.T) {
	conn := unconnected(t)
	for _, test := range []struct{ argv, sent, want []string }{
		{[]string{"program"}, nil, []string{"program"}},
		{[]string{"program", "--option", "a", "-b", ""}, nil, []string{"program", "a", ""}},
		{[]string{"program", "--option", "--", "-x", "--"}, []string{"program", "--option", "--"},
			[]string{"program", "--", "-x", "--"}},
		{[]string{"program", "--"}, nil, []string{"program", "--"}},
		{[]string{"--"}, []string{"./--"}, []string{"--"}}, // a name, which librados would parse as an option
	} {
		got, err := conn.ParseConfigArgvRemainder(test.argv)
		require.NoError(t, err)
		assert.Equal(t, test.want, got, test.argv)
		if test.sent == nil {
			test.sent = test.argv
		}
		args := []any{len(test.sent)}
		for _, arg := range test.sent {
			args = append(args, arg)
		}
		assert.Equal(t, args, fakelibrados.Args("rados_conf_parse_argv_remainder"))
	}
	sendsNothing(t, func() {
		for _, none := range [][]string{nil, {}} {
			_, err := conn.ParseConfigArgvRemainder(none)
			assert.Equal(t, rados.ErrEmptyArgument, wrapped("ParseConfigArgvRemainder", err))
		}
		_, err := conn.ParseConfigArgvRemainder([]string{"program", "a\x00b"})
		assert.Equal(t, rados.ErrNameContainsNUL, wrapped("ParseConfigArgvRemainder", err))
		_, err = conn.ParseConfigArgvRemainder([]string{"program", "--show_conf"})
		assert.ErrorIs(t, err, syscall.EINVAL, "it would end the process")
	})
}

func TestBeforeConnect(t *testing.T) {
	forEach(t, ofConn, func(t *testing.T, m method) {
		conn := unconnected(t)
		if m.setup {
			require.NoError(t, m.call(on{conn: conn}, "name"))
			assert.Equal(t, 1, fakelibrados.Calls(m.sends))
			return
		}
		refused(t, m, on{conn: conn}, rados.ErrNotConnected)
		assert.Zero(t, conn.GetInstanceID())
	})
}

// connection is the number of C handles of a Conn that Connect has connected
// with the first attempt.
const connection = 1

// TestClusterBeforeConnect expects the handle from before Connect to be
// connected.
func TestClusterBeforeConnect(t *testing.T) {
	conn := unconnected(t)
	before := conn.Cluster()
	require.NoError(t, conn.Connect())
	assert.Equal(t, before, conn.Cluster())
	assert.Zero(t, fakelibrados.Calls("rados_create_with_context"))
	assert.Equal(t, map[string]int{"clusters": 1}, fakelibrados.Live())
}

// TestClusterOfNothing expects a panic if there is no C handle, since NULL
// would crash in C.
func TestClusterOfNothing(t *testing.T) {
	ended, shut := both(t), both(t)
	ended.ioctx.Destroy()
	ended.conn.Shutdown()
	shut.conn.Shutdown()
	for what, test := range map[string]struct {
		get  func()
		want error
	}{
		"nil Conn":            {func() { (*rados.Conn)(nil).Cluster() }, rados.ErrNotConnected},
		"zero Conn":           {func() { new(rados.Conn).Cluster() }, rados.ErrNotConnected},
		"Conn shut down":      {func() { ended.conn.Cluster() }, rados.ErrNotConnected},
		"nil IOContext":       {func() { (*rados.IOContext)(nil).Pointer() }, rados.ErrInvalidIOContext},
		"zero IOContext":      {func() { new(rados.IOContext).Pointer() }, rados.ErrInvalidIOContext},
		"IOContext destroyed": {func() { ended.ioctx.Pointer() }, rados.ErrInvalidIOContext},
		"its Conn shut down":  {func() { shut.ioctx.Pointer() }, rados.ErrNotConnected},
	} {
		t.Run(what, func(t *testing.T) {
			defer func() {
				err, ok := recover().(error)
				require.True(t, ok, "it panics with an error")
				assert.ErrorIs(t, err, test.want)
				assert.Regexp(t, `^rados: (Conn.Cluster|IOContext.Pointer) called on a nil or closed (Conn|IOContext): `, err.Error())
			}()
			test.get()
		})
	}
}

// TestConnectFails expects a new handle for each attempt.
func TestConnectFails(t *testing.T) {
	conn := unconnected(t)
	first := conn.Cluster()
	fails := func(function string) {
		fakelibrados.ReturnAfter(function, 0, -int(syscall.ETIMEDOUT))
		assert.Error(t, conn.Connect(), function)
		assert.Equal(t, rados.ErrNotConnected, conn.WaitForLatestOSDMap(), function)
		require.NoError(t, conn.SetConfigOption("option", "value"), "it can be mended")
		fakelibrados.Proceed(function)
	}
	fails("rados_connect")
	second := conn.Cluster()
	assert.NotEqual(t, first, second, "the first one has failed")
	for _, function := range []string{"rados_cct", "rados_create_with_context", "rados_connect"} {
		fails(function)
		assert.Equal(t, map[string]int{"clusters": 2}, fakelibrados.Live(), "what was made is gone")
		assert.Equal(t, second, conn.Cluster())
	}
	require.NoError(t, conn.Connect(), "another attempt")
	assert.NotEqual(t, first, conn.Cluster())
	assert.NotEqual(t, second, conn.Cluster())
	assert.NoError(t, conn.WaitForLatestOSDMap())
	sendsNothing(t, func() {
		err := conn.Connect()
		assert.ErrorIs(t, err, syscall.EISCONN)
		var coded interface{ ErrorCode() int }
		assert.ErrorAs(t, err, &coded)
	})
	assert.NoError(t, conn.WaitForLatestOSDMap(), "it is still connected")
	assert.Equal(t, map[string]int{"clusters": 3}, fakelibrados.Live())
}

// TestConnectFailsTwice expects another attempt even if no new handle can be
// made after the first.
func TestConnectFailsTwice(t *testing.T) {
	conn := unconnected(t)
	first := conn.Cluster()
	fakelibrados.Return("rados_connect", -int(syscall.ETIMEDOUT))
	fakelibrados.Return("rados_create_with_context", -int(syscall.ENOMEM))
	assert.ErrorIs(t, conn.Connect(), syscall.ETIMEDOUT)
	assert.Equal(t, first, conn.Cluster())
	assert.ErrorIs(t, conn.Connect(), syscall.ENOMEM)
	fakelibrados.Proceed("rados_create_with_context")
	assert.ErrorIs(t, conn.Connect(), syscall.ETIMEDOUT)
	fakelibrados.Proceed("rados_connect")
	require.NoError(t, conn.Connect())
	assert.NotEqual(t, first, conn.Cluster())
	conn.Shutdown()
	assert.Empty(t, fakelibrados.Live())
}

// TestConnectTwiceAtOnce calls Connect concurrently: one at a time proceeds,
// while other goroutines use the configuration.
func TestConnectTwiceAtOnce(t *testing.T) {
	conn := unconnected(t)
	set := held(t, "rados_conf_set", func() error { return conn.SetConfigOption("option", "value") })
	finish := held(t, "rados_connect", conn.Connect)
	sendsNothing(t, func() { assert.ErrorIs(t, conn.Connect(), syscall.EINPROGRESS) })
	assert.Equal(t, rados.ErrNotConnected, conn.WaitForLatestOSDMap())
	require.NoError(t, finish())
	require.NoError(t, conn.WaitForLatestOSDMap())
	conn.Shutdown()
	assert.Equal(t, map[string]int{"clusters": connection}, fakelibrados.Live(), "not under a call to the first handle")
	require.NoError(t, set())
	assert.Empty(t, fakelibrados.Live())
}

// TestConnectUnderCalls connects while calls are made: each is refused or
// performed.
func TestConnectUnderCalls(t *testing.T) {
	fresh(t)
	for range 200 {
		conn, err := rados.NewConn()
		require.NoError(t, err)
		var wg await.Group
		for range 2 {
			wg.Go(func() {
				for conn.WaitForLatestOSDMap() != nil {
				}
			})
		}
		require.NoError(t, conn.Connect())
		wg.Wait()
		conn.Shutdown()
	}
}

// TestPingMonitor expects a ping on another connection, which must be closed
// afterwards, whatever failed.
func TestPingMonitor(t *testing.T) {
	conn := connected(t)
	live := fakelibrados.Live()
	fakelibrados.Answer("rados_ping_monitor", "{}")
	answer, err := conn.PingMonitor("a")
	require.NoError(t, err)
	assert.Equal(t, "{}", answer)
	fakelibrados.Return("rados_ping_monitor", -int(syscall.ETIMEDOUT))
	answer, err = conn.PingMonitor("a")
	assert.ErrorIs(t, err, syscall.ETIMEDOUT)
	assert.Equal(t, "{}", answer, "what was said counts, also with an error")
	fakelibrados.Return("rados_create_with_context", -int(syscall.EINVAL))
	_, err = conn.PingMonitor("a")
	assert.ErrorIs(t, err, syscall.EINVAL)
	fakelibrados.Return("rados_cct", 0)
	_, err = conn.PingMonitor("a")
	assert.Error(t, err)
	assert.Equal(t, live, fakelibrados.Live())
}

// TestPingMonitorWithoutAnswer expects an error where librados reports success
// because it had no key.
func TestPingMonitorWithoutAnswer(t *testing.T) {
	for what, order := range map[string]func(){
		"none":     func() { fakelibrados.Return("rados_ping_monitor", 0) },
		"no bytes": func() { fakelibrados.Answer("rados_ping_monitor", "") },
	} {
		t.Run(what, func(t *testing.T) {
			conn := unconnected(t)
			order()
			answer, err := conn.PingMonitor("a")
			assert.ErrorIs(t, err, syscall.EACCES)
			assert.Empty(t, answer)
		})
	}
}

func TestGetClusterStats(t *testing.T) {
	conn := connected(t)
	fakelibrados.Answer("rados_cluster_stat", memory(1, 2, 3, math.MaxUint64))
	stat, err := conn.GetClusterStats()
	require.NoError(t, err)
	assert.Equal(t, rados.ClusterStat{Kb: 1, Kb_used: 2, Kb_avail: 3, Num_objects: math.MaxUint64}, stat)
	fakelibrados.Return("rados_cluster_stat", -int(syscall.EIO))
	stat, err = conn.GetClusterStats()
	assert.ErrorIs(t, err, syscall.EIO)
	assert.Zero(t, stat)
}
