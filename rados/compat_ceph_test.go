package rados_test

import (
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// These are constants, which programs may use as cases of a switch.
const (
	_ = rados.ErrNotFound
	_ = rados.ErrPermissionDenied
	_ = rados.ErrObjectExists
	_ = rados.RadosErrorNotFound
	_ = rados.RadosErrorPermissionDenied
)

// Programs write the structs of the reference API without field names, and convert them
// to types of their own. This does not compile if a field is added or moved.
type (
	ownEvent struct {
		ID         rados.NotifyID
		WatcherID  rados.WatcherID
		NotifierID rados.NotifierID
		Data       []byte
	}
	ownAck struct {
		WatcherID  rados.WatcherID
		NotifierID rados.NotifierID
		Response   []byte
	}
	ownTimeout struct {
		WatcherID  rados.WatcherID
		NotifierID rados.NotifierID
	}
)

var (
	_ = rados.NotifyEvent(ownEvent{1, 2, 3, nil})
	_ = ownEvent(rados.NotifyEvent{})
	_ = rados.NotifyAck(ownAck{1, 2, nil})
	_ = rados.NotifyTimeout(ownTimeout{1, 2})
)

// TestCompatibility tests undocumented behavior of the reference API on which
// programs rely.
func TestCompatibility(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"errors are bare values": func(t *testing.T, ioctx *rados.IOContext) {
			_, err := ioctx.Stat("none")
			assert.True(t, err == rados.ErrNotFound)
			switch err {
			case rados.ErrNotFound:
			default:
				t.Error("it can't be switched on")
			}
			assert.Equal(t, -int(syscall.ENOENT), err.(interface{ ErrorCode() int }).ErrorCode())
			ioctx.Destroy()
			_, err = ioctx.Stat("none")
			assert.True(t, err == rados.ErrInvalidIOContext)
		},
		"composed methods return bare errors": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.Create("foo", rados.CreateExclusive))
			assert.True(t, ioctx.Create("foo", rados.CreateExclusive) == rados.ErrObjectExists)
			assert.True(t, ioctx.RmOmapKeys("none", []string{"k"}) == rados.ErrNotFound)
			assert.True(t, ioctx.CleanOmap("none") == rados.ErrNotFound)
			_, err := ioctx.GetOmapValues("none", "", "", 1)
			assert.True(t, err == rados.ErrNotFound)
		},
		"Operate returns an OperationError by value, or nil": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.Create("foo", rados.CreateExclusive))
			op := rados.CreateWriteOp()
			op.Create(rados.CreateExclusive)
			e, ok := op.Operate(ioctx, "foo", rados.OperationNoFlag).(rados.OperationError)
			require.True(t, ok)
			assert.True(t, e.OpError == rados.ErrObjectExists)
			read := rados.CreateReadOp()
			read.AssertExists()
			assert.True(t, read.Operate(ioctx, "foo", rados.OperationNoFlag) == nil)
			read = rados.CreateReadOp()
			read.CmpXattr("none", rados.CompareEQ, nil) // C returns 1
			assert.True(t, read.Operate(ioctx, "foo", rados.OperationNoFlag) == nil)
		},
		"locks answer with a code": func(t *testing.T, ioctx *rados.IOContext) {
			other := another(t, ioctx)
			verdict(t, 0, "free")(ioctx.LockExclusive("foo", "lock", "c", "", 0, nil))
			verdict(t, mine, "own")(ioctx.LockExclusive("foo", "lock", "c", "", 0, nil))
			verdict(t, taken, "another's")(other.LockExclusive("foo", "lock", "c", "", 0, nil))
			verdict(t, taken, "another's")(other.LockShared("foo", "lock", "c", "", "", 0, nil))
			verdict(t, none, "not held")(other.Unlock("foo", "lock", "c"))
			verdict(t, none, "not its holder")(other.BreakLock("foo", "lock", "client.1", "c"))
			verdict(t, -int(syscall.EINVAL), "no client")(other.BreakLock("foo", "lock", "nonsense", "c"))
			verdict(t, 0, "held")(ioctx.Unlock("foo", "lock", "c"))
			_, err := ioctx.LockExclusive("foo", "lock", "c", "", -1, nil)
			assert.Error(t, err)
		},
		"no lockers are an empty LockInfo": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.Create("foo", rados.CreateExclusive))
			info, err := ioctx.ListLockers("foo", "lock")
			require.NoError(t, err)
			assert.Equal(t, &rados.LockInfo{}, info)
		},
		"a read past the end is 0, nil": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("data")))
			n, err := ioctx.Read("foo", make([]byte, 4), 100)
			assert.NoError(t, err)
			assert.Zero(t, n)
		},
		"GetXattr returns the length, a short buffer is ERANGE": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.SetXattr("foo", "x", []byte("value")))
			n, err := ioctx.GetXattr("foo", "x", make([]byte, 64))
			require.NoError(t, err)
			assert.Equal(t, 5, n)
			_, err = ioctx.GetXattr("foo", "x", make([]byte, 2))
			assert.ErrorIs(t, err, syscall.ERANGE)
		},
		"ModTime has seconds": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", nil))
			stat, err := ioctx.Stat("foo")
			require.NoError(t, err)
			assert.Zero(t, stat.ModTime.Nanosecond())
		},
		"an iterator ends without an error": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", nil))
			iter, err := ioctx.Iter()
			require.NoError(t, err)
			defer iter.Close()
			assert.True(t, iter.Next())
			assert.False(t, iter.Next())
			assert.NoError(t, iter.Err())
		},
		"omap steps end with nil, nil": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"k": nil}))
			op := rados.CreateReadOp()
			defer op.Release()
			step := op.GetOmapValues("", "", 10)
			_, err := step.Next()
			assert.Equal(t, rados.ErrOperationIncomplete, err)
			require.NoError(t, op.Operate(ioctx, "foo", rados.OperationNoFlag))
			kv, err := step.Next()
			require.NoError(t, err)
			assert.Equal(t, "k", kv.Key)
			kv, err = step.Next()
			assert.Nil(t, kv)
			assert.NoError(t, err)
		},
		"more omap entries than the OSD's page": func(t *testing.T, ioctx *rados.IOContext) {
			want := omapPairs("k", 2500)
			require.NoError(t, ioctx.SetOmap("foo", want))
			got, err := ioctx.GetAllOmapValues("foo", "", "", 100)
			require.NoError(t, err)
			assert.Equal(t, want, got)
			got, err = ioctx.GetOmapValues("foo", "", "", 2400)
			require.NoError(t, err)
			assert.Len(t, got, 2400)
			n := 0
			require.NoError(t, ioctx.ListOmapValues("foo", "", "", 2400, func(string, []byte) { n++ }))
			assert.Equal(t, 2400, n)
		},
		"the channels of a watcher close after Delete": func(t *testing.T, ioctx *rados.IOContext) {
			w := watch(t, ioctx, "foo")
			require.NoError(t, w.Delete())
			await.Closed(t, w.Events())
			await.Closed(t, w.Errors())
		},
		"a notification may have answers and an error": func(t *testing.T, ioctx *rados.IOContext) {
			watch(t, another(t, ioctx), "foo")
			answer(t, watch(t, ioctx, "foo"), "here")
			acks, timeouts, err := ioctx.NotifyWithTimeout("foo", nil, time.Second)
			assert.ErrorIs(t, err, syscall.ETIMEDOUT)
			assert.Len(t, acks, 1)
			assert.Len(t, timeouts, 1)
		},
		"an event is answered once": func(t *testing.T, ioctx *rados.IOContext) {
			w := watch(t, ioctx, "foo")
			answered := make(chan [2]error, 1)
			go func() {
				e := <-w.Events()
				answered <- [2]error{e.Ack([]byte("first")), e.Ack([]byte("second"))}
			}()
			acks, _, err := ioctx.Notify("foo", nil)
			require.NoError(t, err)
			require.Len(t, acks, 1)
			assert.Equal(t, "first", string(acks[0].Response))
			assert.NoError(t, await.Next(t, answered)[0])
		},
		"handles for others are live": func(t *testing.T, ioctx *rados.IOContext) {
			conn := radostest.Conn(t)
			other := open(t, conn, "shared")
			assert.NotNil(t, conn.Cluster())
			assert.Equal(t, conn.Cluster(), conn.Cluster())
			assert.NotNil(t, other.Pointer())
			assert.NotEqual(t, other.Pointer(), ioctx.Pointer())
		},
		"status and output come with an error": func(t *testing.T, _ *rados.IOContext) {
			conn := radostest.Conn(t)
			_, status, err := conn.MonCommand(command(t, "no such command"))
			assert.ErrorIs(t, err, syscall.EINVAL)
			assert.NotEmpty(t, status)
			_, status, err = conn.MgrCommand([][]byte{command(t, "no such command")})
			assert.ErrorIs(t, err, syscall.EINVAL)
			assert.NotEmpty(t, status)
		},
		"commands all day": func(t *testing.T, _ *rados.IOContext) {
			conn := radostest.Conn(t)
			var wg await.Group
			for range 4 {
				wg.Go(func() {
					for _, prefix := range []string{"status", "df", "osd dump", "osd perf", "pg dump", "health"} {
						for range 5 {
							out, status, err := conn.MonCommand(command(t, prefix))
							assert.NoError(t, err, "%s: %s", prefix, status)
							assert.NotEmpty(t, out)
						}
					}
				})
			}
			wg.Wait()
		},
		"a store of objects": func(t *testing.T, ioctx *rados.IOContext) {
			var wg await.Group
			for worker := range 16 {
				wg.Go(func() {
					for i := range 10 {
						oid := fmt.Sprintf("%d-%d", worker, i)
						assert.NoError(t, ioctx.WriteFull(oid, []byte(oid)))
						data := make([]byte, 16)
						n, err := ioctx.Read(oid, data, 0)
						assert.NoError(t, err)
						assert.Equal(t, oid, string(data[:n]))
						stat, err := ioctx.Stat(oid)
						assert.NoError(t, err)
						assert.EqualValues(t, len(oid), stat.Size)
						if i%2 == 0 {
							assert.NoError(t, ioctx.Delete(oid))
						}
					}
				})
			}
			wg.Wait()
			assert.Len(t, names(t, ioctx), 16*5)
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
	t.Run("the bare id, or the full name", func(t *testing.T) {
		conf := radostest.Shared(t).Conf()
		for user, made := range map[string]func() (*rados.Conn, error){
			"admin":        func() (*rados.Conn, error) { return rados.NewConnWithUser("admin") },
			"client.admin": func() (*rados.Conn, error) { return rados.NewConnWithClusterAndUser("ceph", "client.admin") },
			"none":         rados.NewConn,
		} {
			conn, err := made()
			require.NoError(t, err, user)
			require.NoError(t, conn.ReadConfigFile(conf))
			require.NoError(t, conn.Connect(), user)
			fsid, err := conn.GetFSID()
			require.NoError(t, err)
			assert.Len(t, fsid, 36)
			_, err = conn.OpenIOContext("no such pool")
			assert.True(t, err == rados.ErrNotFound)
			conn.Shutdown()
		}
	})
	t.Run("command lines", func(t *testing.T) {
		conn := fresh(t)
		assert.True(t, errors.Is(conn.ParseConfigArgv(nil), rados.ErrEmptyArgument))
		assert.True(t, conn.ParseConfigArgv([]string{}) == rados.ErrEmptyArgument)
		assert.NoError(t, conn.ParseCmdLineArgs([]string{"--mon-host", "127.0.0.1"}), "without a program's name")
		value, err := conn.GetConfigOption("mon_host")
		require.NoError(t, err)
		assert.Equal(t, "127.0.0.1", value)
	})
}
