package rados_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
	"github.com/go-rados/go-rados/rados/radoslock"
	"github.com/go-rados/go-rados/rados/radostest"
	"github.com/go-rados/go-rados/rados/radoswatch"
)

// cancelledForm is a function or method with a context, whose call waits while a daemon is stopped.
type cancelledForm struct {
	name    string // as rados/testdata/exported.txt has it
	changes bool   // the outcome of a call that is cancelled is unknown
	call    func(ctx context.Context, f *cancelFixture) error
}

// cancelFixture has the handles and objects that the calls use. The calls do not disturb each other.
type cancelFixture struct {
	cluster        *radostest.Cluster
	conn           *rados.Conn
	ioctx, managed *rados.IOContext // of pools with snapshots of both kinds
	flushed        *rados.IOContext // with a write in flight
	unconnected    *rados.Conn
	unread         *rados.Conn // of a Watcher whose event no goroutine reads
	watcher        *rados.Watcher
	event          rados.NotifyEvent // of a connection without room
	lease          *radoslock.Lease
	snap           rados.SnapID
	pg             []byte
}

const (
	cancelOid    = "object"
	cancelNone   = "there is none" // the name of a pool or snapshot, which is looked for in the newest OSD map
	cancelFuture = 1 << 30         // an ID in the same case
)

var cancelWords = [][]byte{[]byte(`{"prefix": "version"}`)}

// one drops all results of a call except the error.
func one[T any](_ T, err error) error { return err }

// two is one for a call with two results other than the error.
func two[T, U any](_ T, _ U, err error) error { return err }

// busyIter returns an Iter in which a call of Next that was cancelled is still in flight.
func (f *cancelFixture) busyIter() (*rados.Iter, error) {
	i, err := f.ioctx.Iter()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	i.NextContext(ctx)
	return i, nil
}

// iter calls a method of a busy Iter, which it then closes.
func (f *cancelFixture) iter(call func(i *rados.Iter) error) error {
	i, err := f.busyIter()
	if err != nil {
		return err
	}
	defer i.Close()
	return call(i)
}

// mutex returns a lock that is named after its caller.
func (f *cancelFixture) mutex(name string) *radoslock.Mutex {
	return radoslock.New(f.ioctx, "mutex-"+name, "lock")
}

// taskErr returns the error of a Pipeline with one task.
func taskErr(tasks iter.Seq[*rados.Task]) (err error) {
	for task := range tasks {
		err = task.Err
	}
	return err
}

// formsByDaemon has the forms that wait for a daemon.
var formsByDaemon = map[string][]cancelledForm{
	"osd.0": {
		{"(*Conn) OsdCommandContext", true, func(ctx context.Context, f *cancelFixture) error {
			return two(f.conn.OsdCommandContext(ctx, 0, cancelWords))
		}},
		{"(*Conn) OsdCommandWithInputBufferContext", true, func(ctx context.Context, f *cancelFixture) error {
			return two(f.conn.OsdCommandWithInputBufferContext(ctx, 0, cancelWords, nil))
		}},
		{"(*Conn) PGCommandContext", true, func(ctx context.Context, f *cancelFixture) error {
			return two(f.conn.PGCommandContext(ctx, f.pg, cancelWords))
		}},
		{"(*Conn) PGCommandWithInputBufferContext", true, func(ctx context.Context, f *cancelFixture) error {
			return two(f.conn.PGCommandWithInputBufferContext(ctx, f.pg, cancelWords, nil))
		}},
		{"(*Conn) WatcherFlushContext", false, func(ctx context.Context, f *cancelFixture) error {
			return f.unread.WatcherFlushContext(ctx)
		}},
		{"(*IOContext) AppendContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.AppendContext(ctx, cancelOid, buf)
		}},
		{"(*IOContext) BreakLockContext", true, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.BreakLockContext(ctx, cancelOid, "lock", "client.1", ""))
		}},
		{"(*IOContext) CachePinContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.CachePinContext(ctx, cancelOid)
		}},
		{"(*IOContext) CacheUnpinContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.CacheUnpinContext(ctx, cancelOid)
		}},
		{"(*IOContext) ChecksumContext", false, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.ChecksumContext(ctx, cancelOid, rados.ChecksumTypeCRC32C, make([]byte, 8), nil)
		}},
		{"(*IOContext) ChecksumsContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.ChecksumsContext(ctx, cancelOid, rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{}))
		}},
		{"(*IOContext) CleanOmapContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.CleanOmapContext(ctx, cancelOid)
		}},
		{"(*IOContext) CmpExtContext", false, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.CmpExtContext(ctx, cancelOid, buf, 0)
		}},
		{"(*IOContext) CreateContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.CreateContext(ctx, cancelOid, rados.CreateIdempotent)
		}},
		{"(*IOContext) DeleteContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.DeleteContext(ctx, "another")
		}},
		{"(*IOContext) ExecContext", true, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.ExecContext(ctx, cancelOid, "hello", "say_hello", nil, make([]byte, 100)))
		}},
		{"(*IOContext) FlushContext", false, func(ctx context.Context, f *cancelFixture) error {
			return f.flushed.FlushContext(ctx)
		}},
		{"(*IOContext) GetAllOmapValuesContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.GetAllOmapValuesContext(ctx, cancelOid, "", "", 10))
		}},
		{"(*IOContext) GetOmapValuesContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.GetOmapValuesContext(ctx, cancelOid, "", "", 10))
		}},
		{"(*IOContext) GetOmapValuesByKeysContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.GetOmapValuesByKeysContext(ctx, cancelOid, []string{"key"}))
		}},
		{"(*IOContext) GetXattrContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.GetXattrContext(ctx, cancelOid, "name", make([]byte, 10)))
		}},
		{"(*IOContext) ListLockersContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.ListLockersContext(ctx, cancelOid, "lock"))
		}},
		{"(*IOContext) ListObjectsContext", false, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.ListObjectsContext(ctx, func(string) {})
		}},
		{"(*IOContext) ListOmapValuesContext", false, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.ListOmapValuesContext(ctx, cancelOid, "", "", 10, func(string, []byte) {})
		}},
		{"(*IOContext) ListXattrsContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.ListXattrsContext(ctx, cancelOid))
		}},
		{"(*IOContext) LockContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.LockContext(ctx, "locked", "LockContext", rados.LockOptions{})
		}},
		{"(*IOContext) LockExclusiveContext", true, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.LockExclusiveContext(ctx, "locked", "LockExclusiveContext", "", "", 0, nil))
		}},
		{"(*IOContext) LockSharedContext", true, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.LockSharedContext(ctx, "locked", "LockSharedContext", "", "", "", 0, nil))
		}},
		{"(*IOContext) RLockContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.RLockContext(ctx, "locked", "RLockContext", "", rados.LockOptions{})
		}},
		{"(*IOContext) NotifyContext", true, func(ctx context.Context, f *cancelFixture) error {
			return two(f.ioctx.NotifyContext(ctx, cancelOid, nil))
		}},
		{"(*IOContext) NotifyWithTimeoutContext", true, func(ctx context.Context, f *cancelFixture) error {
			return two(f.ioctx.NotifyWithTimeoutContext(ctx, cancelOid, nil, time.Second))
		}},
		{"(*IOContext) ObjectsContext", false, func(ctx context.Context, f *cancelFixture) error {
			return last(f.ioctx.ObjectsContext(ctx))
		}},
		{"(*IOContext) ObjectsParallelContext", false, func(ctx context.Context, f *cancelFixture) error {
			return last(f.ioctx.ObjectsParallelContext(ctx, 4))
		}},
		{"(*IOContext) ObjectsSliceContext", false, func(ctx context.Context, f *cancelFixture) error {
			return last(f.ioctx.ObjectsSliceContext(ctx, 0, 1))
		}},
		{"(*IOContext) OmapContext", false, func(ctx context.Context, f *cancelFixture) error {
			return last(f.ioctx.OmapContext(ctx, cancelOid, "", ""))
		}},
		{"(*IOContext) OmapViewsContext", false, func(ctx context.Context, f *cancelFixture) error {
			return last(f.ioctx.OmapViewsContext(ctx, cancelOid, "", ""))
		}},
		{"(*IOContext) ReadContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.ReadContext(ctx, cancelOid, make([]byte, 10), 0))
		}},
		{"(*IOContext) ReleaseLockContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.ReleaseLockContext(ctx, cancelOid, "lock", "")
		}},
		{"(*IOContext) RevokeLockContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.RevokeLockContext(ctx, cancelOid, "lock", "client.1", "")
		}},
		{"(*IOContext) RmOmapKeysContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.RmOmapKeysContext(ctx, cancelOid, []string{"key"})
		}},
		{"(*IOContext) RmXattrContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.RmXattrContext(ctx, cancelOid, "name")
		}},
		{"(*IOContext) RollbackSelfManagedSnapContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.managed.RollbackSelfManagedSnapContext(ctx, cancelOid, f.snap)
		}},
		{"(*IOContext) RollbackSnapContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.RollbackSnapContext(ctx, cancelOid, "snap")
		}},
		{"(*IOContext) SetAllocationHintContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.SetAllocationHintContext(ctx, cancelOid, 1, 1, rados.AllocHintNoHint)
		}},
		{"(*IOContext) SetOmapContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.SetOmapContext(ctx, cancelOid, map[string][]byte{"key": nil})
		}},
		{"(*IOContext) SetXattrContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.SetXattrContext(ctx, cancelOid, "name", nil)
		}},
		{"(*IOContext) Stat2Context", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.Stat2Context(ctx, cancelOid))
		}},
		{"(*IOContext) StatContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.StatContext(ctx, cancelOid))
		}},
		{"(*IOContext) TruncateContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.TruncateContext(ctx, cancelOid, 1)
		}},
		{"(*IOContext) UnlockContext", true, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.UnlockContext(ctx, cancelOid, "lock", ""))
		}},
		{"(*IOContext) WatchContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.WatchContext(ctx, "watched"))
		}},
		{"(*IOContext) WatchWithTimeoutContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.WatchWithTimeoutContext(ctx, "watched", time.Minute))
		}},
		{"(*IOContext) WriteContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.WriteContext(ctx, cancelOid, buf, 0)
		}},
		{"(*IOContext) WriteFullContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.WriteFullContext(ctx, cancelOid, buf)
		}},
		{"(*IOContext) WriteSameContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.WriteSameContext(ctx, cancelOid, buf, uint64(len(buf)), 0)
		}},
		{"(*IOContext) XattrsContext", false, func(ctx context.Context, f *cancelFixture) error {
			return last(f.ioctx.XattrsContext(ctx, cancelOid))
		}},
		{"(*Iter) CursorContext", false, func(ctx context.Context, f *cancelFixture) error {
			return f.iter(func(i *rados.Iter) error { return one(i.CursorContext(ctx)) })
		}},
		{"(*Iter) NextContext", false, func(ctx context.Context, f *cancelFixture) error {
			return f.iter(func(i *rados.Iter) error {
				i.NextContext(ctx)
				return i.Err()
			})
		}},
		{"(*Iter) SeekContext", false, func(ctx context.Context, f *cancelFixture) error {
			return f.iter(func(i *rados.Iter) error { return i.SeekContext(ctx, 0) })
		}},
		{"(*Iter) SeekCursorContext", false, func(ctx context.Context, f *cancelFixture) error {
			another, err := f.ioctx.Iter()
			if err != nil {
				return err
			}
			defer another.Close()
			cursor, err := another.Cursor()
			if err != nil {
				return err
			}
			return f.iter(func(i *rados.Iter) error { return i.SeekCursorContext(ctx, cursor) })
		}},
		{"(*Iter) TokenContext", false, func(ctx context.Context, f *cancelFixture) error {
			return f.iter(func(i *rados.Iter) error { return one(i.TokenContext(ctx)) })
		}},
		{"(*NotifyEvent) AckContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.event.AckContext(ctx, nil)
		}},
		{"(*ReadOp) OperateContext", false, func(ctx context.Context, f *cancelFixture) error {
			r := rados.CreateReadOp()
			r.Stat()
			return r.OperateContext(ctx, f.ioctx, cancelOid, 0)
		}},
		{"(*Watcher) DeleteContext", false, func(ctx context.Context, f *cancelFixture) error {
			return f.watcher.DeleteContext(ctx)
		}},
		{"(*WriteOp) OperateContext", true, func(ctx context.Context, f *cancelFixture) error {
			w := rados.CreateWriteOp()
			w.WriteFull(buf)
			return w.OperateContext(ctx, f.ioctx, cancelOid, 0)
		}},
		{"(*WriteOp) OperateWithMtimeContext", true, func(ctx context.Context, f *cancelFixture) error {
			w := rados.CreateWriteOp()
			w.WriteFull(buf)
			return w.OperateWithMtimeContext(ctx, f.ioctx, cancelOid, rados.Timespec{Sec: 7}, 0)
		}},
		{"Pipeline", true, func(ctx context.Context, f *cancelFixture) error {
			return taskErr(rados.Pipeline(ctx, 1, slices.Values([]*rados.Task{f.ioctx.Tasks().WriteFull(cancelOid, buf)})))
		}},
		{"radosio.CreateContext", true, func(ctx context.Context, f *cancelFixture) error {
			return one(radosio.CreateContext(ctx, f.ioctx, "created"))
		}},
		{"radosio.NewObjectAt", false, func(ctx context.Context, f *cancelFixture) error {
			_, err := radosio.NewObjectAt(ctx, f.ioctx, cancelOid).ReadAt(make([]byte, 1), 0)
			return err
		}},
		{"radosio.OpenContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(radosio.OpenContext(ctx, f.ioctx, cancelOid))
		}},
		{"radosio.ReadAll", false, func(ctx context.Context, f *cancelFixture) error {
			return one(radosio.ReadAll(ctx, f.ioctx, cancelOid))
		}},
		{"radoswatch.Events", false, func(ctx context.Context, f *cancelFixture) error {
			for _, err := range radoswatch.Events(ctx, f.ioctx, cancelOid) {
				return err
			}
			return nil
		}},
		{"radoslock.(*Lease) Unlock", true, func(ctx context.Context, f *cancelFixture) error {
			return f.lease.Unlock(ctx)
		}},
		{"radoslock.(*Mutex) Do", true, func(ctx context.Context, f *cancelFixture) error {
			return f.mutex("Do").Do(ctx, func(context.Context) error { return nil })
		}},
		{"radoslock.(*Mutex) Lock", true, func(ctx context.Context, f *cancelFixture) error {
			return one(f.mutex("Lock").Lock(ctx))
		}},
		{"radoslock.(*Mutex) TryLock", true, func(ctx context.Context, f *cancelFixture) error {
			return one(f.mutex("TryLock").TryLock(ctx))
		}},
	},
	"mon.a": {
		{"(*Conn) BlocklistAddContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.conn.BlocklistAddContext(ctx, "127.0.0.9:0/9", time.Second)
		}},
		{"(*Conn) ConnectContext", false, func(ctx context.Context, f *cancelFixture) error {
			return f.unconnected.ConnectContext(ctx)
		}},
		{"(*Conn) DeletePoolContext", false, // nothing is sent before the newest map
			func(ctx context.Context, f *cancelFixture) error {
				return f.conn.DeletePoolContext(ctx, cancelNone)
			}},
		{"(*Conn) GetBaseTierContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.conn.GetBaseTierContext(ctx, cancelFuture))
		}},
		{"(*Conn) GetClusterStatsContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.conn.GetClusterStatsContext(ctx))
		}},
		{"(*Conn) GetPoolByIDContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.conn.GetPoolByIDContext(ctx, cancelFuture))
		}},
		{"(*Conn) GetPoolByNameContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.conn.GetPoolByNameContext(ctx, cancelNone))
		}},
		{"(*Conn) ListPoolsContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.conn.ListPoolsContext(ctx))
		}},
		{"(*Conn) MakePoolContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.conn.MakePoolContext(ctx, "made")
		}},
		{"(*Conn) MakePoolWithCrushRuleContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.conn.MakePoolWithCrushRuleContext(ctx, "made with a rule", 0)
		}},
		{"(*Conn) MonCommandContext", true, func(ctx context.Context, f *cancelFixture) error {
			return two(f.conn.MonCommandContext(ctx, cancelWords[0]))
		}},
		{"(*Conn) MonCommandTargetContext", true, func(ctx context.Context, f *cancelFixture) error {
			return two(f.conn.MonCommandTargetContext(ctx, "a", cancelWords))
		}},
		{"(*Conn) MonCommandTargetWithInputBufferContext", true, func(ctx context.Context, f *cancelFixture) error {
			return two(f.conn.MonCommandTargetWithInputBufferContext(ctx, "a", cancelWords, nil))
		}},
		{"(*Conn) MonCommandWithInputBufferContext", true, func(ctx context.Context, f *cancelFixture) error {
			return two(f.conn.MonCommandWithInputBufferContext(ctx, cancelWords[0], nil))
		}},
		{"(*Conn) OpenIOContextByIDContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.conn.OpenIOContextByIDContext(ctx, cancelFuture))
		}},
		{"(*Conn) OpenIOContextContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.conn.OpenIOContextContext(ctx, cancelNone))
		}},
		{"(*Conn) Ping", false, func(ctx context.Context, f *cancelFixture) error { return f.conn.Ping(ctx) }},
		{"(*Conn) PingMonitorContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.conn.PingMonitorContext(ctx, "a"))
		}},
		{"(*Conn) WaitForLatestOSDMapContext", false, func(ctx context.Context, f *cancelFixture) error {
			return f.conn.WaitForLatestOSDMapContext(ctx)
		}},
		{"Open", false, func(ctx context.Context, f *cancelFixture) error {
			return one(rados.Open(ctx, rados.Config{ConfigFile: f.cluster.Conf()}))
		}},
		{"(*IOContext) CreateSelfManagedSnapContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.managed.CreateSelfManagedSnapContext(ctx))
		}},
		{"(*IOContext) RemoveSelfManagedSnapContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.managed.RemoveSelfManagedSnapContext(ctx, f.snap)
		}},
		{"(*IOContext) CreateSnapContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.CreateSnapContext(ctx, "another")
		}},
		{"(*IOContext) RemoveSnapContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.RemoveSnapContext(ctx, "snap")
		}},
		{"(*IOContext) EnableApplicationContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.EnableApplicationContext(ctx, "app", true)
		}},
		{"(*IOContext) GetApplicationMetadataContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.GetApplicationMetadataContext(ctx, "app", "key"))
		}},
		{"(*IOContext) GetPoolStatsContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.GetPoolStatsContext(ctx))
		}},
		{"(*IOContext) GetSnapNameContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.GetSnapNameContext(ctx, cancelFuture))
		}},
		{"(*IOContext) GetSnapStampContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.GetSnapStampContext(ctx, cancelFuture))
		}},
		{"(*IOContext) ListApplicationMetadataContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.ListApplicationMetadataContext(ctx, "app"))
		}},
		{"(*IOContext) ListApplicationsContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.ListApplicationsContext(ctx))
		}},
		{"(*IOContext) ListSnapsContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.ListSnapsContext(ctx))
		}},
		{"(*IOContext) LookupSnapContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.ioctx.LookupSnapContext(ctx, cancelNone))
		}},
		{"(*IOContext) RemoveApplicationMetadataContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.RemoveApplicationMetadataContext(ctx, "app", "key")
		}},
		{"(*IOContext) SetApplicationMetadataContext", true, func(ctx context.Context, f *cancelFixture) error {
			return f.ioctx.SetApplicationMetadataContext(ctx, "app", "key", "value")
		}},
	},
	"mgr.x": {
		{"(*Conn) ListInconsistentPGsContext", false, func(ctx context.Context, f *cancelFixture) error {
			return one(f.conn.ListInconsistentPGsContext(ctx, f.ioctx.GetPoolID()))
		}},
		{"(*Conn) MgrCommandContext", true, func(ctx context.Context, f *cancelFixture) error {
			return two(f.conn.MgrCommandContext(ctx, cancelWords))
		}},
		{"(*Conn) MgrCommandTargetContext", true, func(ctx context.Context, f *cancelFixture) error {
			return two(f.conn.MgrCommandTargetContext(ctx, "x", cancelWords))
		}},
		{"(*Conn) MgrCommandTargetWithInputBufferContext", true, func(ctx context.Context, f *cancelFixture) error {
			return two(f.conn.MgrCommandTargetWithInputBufferContext(ctx, "x", cancelWords, nil))
		}},
		{"(*Conn) MgrCommandWithInputBufferContext", true, func(ctx context.Context, f *cancelFixture) error {
			return two(f.conn.MgrCommandWithInputBufferContext(ctx, cancelWords, nil))
		}},
	},
}

// noForms take a context, but do not wait for a daemon that is stopped.
var noForms = []string{
	// These wait only for the first OSD map. TestDetachedReturns of the fake cancels them.
	"(*Conn) GetMinCompatibleClientContext", "(*Conn) GetMinCompatibleOSDContext",
	"(Tracer) TraceStart", "(Tracer) TraceEnd", // they must not wait
	"otelrados.(*Tracer) TraceStart", "otelrados.(*Tracer) TraceEnd",
	"promrados.(*Tracer) TraceStart", "promrados.(*Tracer) TraceEnd",
	"radosio.(*Object) WithContext",                                         // TestContextEnds of radosio cancels its calls
	"radosio.(ReadWriter) ReadContext", "radosio.(ReadWriter) WriteContext", // of types that are tested
	"radoslock.FromContext",
	"radoswatch.(Event) Ack", // NotifyEvent.AckContext
}

// TestFormsAreCancelled expects each exported function with a context in formsByDaemon.
func TestFormsAreCancelled(t *testing.T) {
	listed := slices.Clone(noForms)
	for _, forms := range formsByDaemon {
		for _, form := range forms {
			listed = append(listed, form.name)
		}
	}
	exported, err := os.ReadFile("testdata/exported.txt")
	require.NoError(t, err)
	var names []string
	for line := range strings.Lines(string(exported)) {
		pkg, declaration, _ := strings.Cut(strings.TrimPrefix(line, "pkg "), ", ")
		kind, rest, _ := strings.Cut(declaration, " ")
		name, _, takesContext := strings.Cut(rest, "(context.Context")
		if pkg == "striper" || pkg == "radosmem" {
			continue // they have tests of their own
		}
		if takesContext && (kind == "func" || kind == "method") {
			names = append(names, strings.TrimPrefix(pkg+".", "rados.")+name)
		}
	}
	assert.ElementsMatch(t, names, listed)
}

// newCancelFixture makes the handles and objects of a cluster.
func newCancelFixture(t *testing.T, cluster *radostest.Cluster) *cancelFixture {
	conn := cluster.Conn(t)
	f := &cancelFixture{cluster: cluster, conn: conn}
	pool := func(conn *rados.Conn, name string) *rados.IOContext {
		if err := conn.MakePool(name); err != nil {
			require.ErrorIs(t, err, rados.ErrObjectExists)
		}
		return open(t, conn, name)
	}
	require.NoError(t, conn.SetMaxBlockingCalls(1000)) // so that no call waits for room
	f.ioctx, f.flushed, f.managed = pool(conn, "pool"), pool(conn, "pool"), pool(conn, "managed")
	f.pg = fmt.Appendf(nil, "%d.0", f.ioctx.GetPoolID())
	for _, oid := range []string{cancelOid, "another", "unwatched", "watched"} {
		require.NoError(t, f.ioctx.WriteFull(oid, buf))
	}
	require.NoError(t, f.ioctx.CreateSnap("snap"))
	f.snap = takeSnap(t, f.managed)
	require.NoError(t, f.managed.WriteFull(cancelOid, buf))

	var err error
	f.unconnected, err = rados.NewConn()
	require.NoError(t, err)
	t.Cleanup(f.unconnected.Shutdown)
	require.NoError(t, f.unconnected.ReadConfigFile(cluster.Conf()))
	f.watcher, err = f.ioctx.Watch("unwatched")
	require.NoError(t, err)
	f.lease, err = f.mutex("Unlock").Lock(t.Context())
	require.NoError(t, err)
	f.unread, _ = watching(t, f, cluster.Conn(t))
	return f
}

// watching returns conn and the event of a Watcher of it.
func watching(t *testing.T, f *cancelFixture, conn *rados.Conn) (*rados.Conn, *rados.Watcher) {
	ioctx := open(t, conn, "pool")
	oid := unique("watched")
	require.NoError(t, ioctx.WriteFull(oid, nil))
	w, err := ioctx.Watch(oid)
	require.NoError(t, err)
	_, _, err = f.ioctx.NotifyWithTimeout(oid, nil, time.Second)
	require.Error(t, err, "no client answers")
	return conn, w
}

// exhaust has an event whose answer waits for room in librados while the OSD is stopped. The function
// that it returns waits until that is over.
func (f *cancelFixture) exhaust(t *testing.T) (takeRoom func() (wait func())) {
	const room = 4
	conn, err := rados.NewConn()
	require.NoError(t, err)
	t.Cleanup(conn.Shutdown)
	require.NoError(t, conn.ReadConfigFile(f.cluster.Conf()))
	require.NoError(t, conn.SetConfigOption("objecter_inflight_ops", fmt.Sprint(room)))
	require.NoError(t, conn.Connect())
	_, w := watching(t, f, conn)
	f.event = await.Next(t, w.Events())
	ioctx := open(t, conn, "pool")
	return func() func() {
		ended := make(chan error)
		for range room {
			go func() { ended <- ioctx.RevokeLock(cancelOid, "lock", "client.1", "") }()
		}
		await.Until(t, func() bool { return conn.Stats().OSDs.Calls == room }, "calls without a completion take the room")
		return func() {
			for range room {
				assert.Equal(t, rados.ErrNotFound, unwrapped(<-ended))
			}
		}
	}
}

// unwrapped returns the error in an ObjectError.
func unwrapped(err error) error {
	var of *rados.ObjectError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// cancelBound is the longest time that a call may take to return. It is long, since the machine may be busy;
// the log has the median, which is what users see.
const cancelBound = 10 * time.Second

// TestCancelledFormsReturn cancels the calls of all forms with a context while the daemon that they wait for
// is stopped: they return while it is, and leave nothing once it goes on.
func TestCancelledFormsReturn(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops daemons")
	}
	cluster := radostest.Start(t, radostest.OSDs(1), radostest.Monitors(1))
	f := newCancelFixture(t, cluster)
	takeRoom := f.exhaust(t)
	cluster.Ceph(t, "osd", "set", "nosnaptrim") // so that the map lists removed snapshots
	for _, daemon := range []string{"osd.0", "mgr.x", "mon.a"} {
		t.Run(daemon, func(t *testing.T) {
			goroutines, threads := process.Goroutines(), process.Threads()
			cluster.Pause(t, daemon)
			wait := func() {}
			if daemon == "osd.0" {
				waitForRoom := takeRoom()
				written := make(chan error, 1)
				go func() { written <- f.flushed.WriteFullContext(t.Context(), "written", buf) }()
				wait = func() {
					waitForRoom()
					assert.NoError(t, await.Next(t, written))
				}
			}
			f.cancelAll(t, formsByDaemon[daemon])
			after := process.Threads()
			cluster.Resume(t, daemon)
			wait()
			await.Until(t, func() bool { return process.Goroutines() <= goroutines }, "a goroutine is left")
			assert.LessOrEqual(t, after, threads+len(formsByDaemon[daemon])+fewThreads)
			nothingLeft[daemon](t, f)
		})
	}
}

// cancelAll makes the calls of all forms, cancels them when they wait, and expects their errors.
func (f *cancelFixture) cancelAll(t *testing.T, forms []cancelledForm) {
	type ended struct {
		form cancelledForm
		err  error
		at   time.Time
	}
	reason := errors.New("reason")
	ctx, cancel := context.WithCancelCause(t.Context())
	results := make(chan ended, len(forms))
	for _, form := range forms {
		go func() {
			err := form.call(ctx, f)
			results <- ended{form, err, time.Now()}
		}()
	}
	pending := make(map[string]bool)
	for _, form := range forms {
		pending[form.name] = true
	}
	// Calls in librados cannot be told from those on their way to it, so all of them get some time.
	time.Sleep(time.Second)
	for range len(results) {
		r := <-results
		delete(pending, r.form.name)
		var missing *rados.MissingFunctionError
		if errors.As(r.err, &missing) {
			t.Log(r.form.name, r.err)
			continue
		}
		assert.Fail(t, "it does not wait", "%s: %v", r.form.name, r.err)
	}
	cancelled := time.Now()
	cancel(reason)
	var took []time.Duration
	for range len(pending) {
		var r ended
		select {
		case r = <-results:
		case <-time.After(cancelBound):
			require.Fail(t, "they do not return", "%v", pending)
		}
		delete(pending, r.form.name)
		took = append(took, r.at.Sub(cancelled))
		assert.ErrorIs(t, r.err, context.Canceled, r.form.name)
		assert.ErrorIs(t, r.err, reason, r.form.name)
		assert.Equal(t, r.form.changes, errors.Is(r.err, rados.ErrOutcomeUnknown), "%s: %v", r.form.name, r.err)
	}
	slices.Sort(took)
	t.Logf("%d calls: they return after %v (median), %v (maximum)", len(forms), took[len(took)/2], took[len(took)-1])
	assert.Less(t, took[len(took)-1], cancelBound)
}

// nothingLeft maps a daemon to what expects nothing of the cancelled calls that wait for it to be left.
var nothingLeft = map[string]func(t *testing.T, f *cancelFixture){
	"osd.0": func(t *testing.T, f *cancelFixture) {
		for _, name := range []string{"LockContext", "LockExclusiveContext", "LockSharedContext", "RLockContext"} {
			f.awaitUnlocked(t, "locked", name)
		}
		for _, name := range []string{"Unlock", "Do", "Lock", "TryLock"} {
			f.awaitUnlocked(t, "mutex-"+name, "lock")
		}
		for _, oid := range []string{"unwatched", "watched"} {
			await.Until(t, func() bool {
				acks, timeouts, err := f.ioctx.NotifyWithTimeout(oid, nil, time.Second)
				return err == nil && len(acks)+len(timeouts) == 0
			}, "a watch of "+oid+" is left")
		}
	},
	"mon.a": func(t *testing.T, f *cancelFixture) {
		await.Until(t, func() bool { return f.hasRemovedAfter(t, f.snap) }, "a snapshot is left")
		require.NoError(t, f.unconnected.Connect(), "the attempt has succeeded, or this one does")
	},
	"mgr.x": func(*testing.T, *cancelFixture) {},
}

// awaitUnlocked waits until no client has a lock.
func (f *cancelFixture) awaitUnlocked(t *testing.T, oid, name string) {
	await.Until(t, func() bool {
		info, err := f.ioctx.ListLockers(oid, name)
		return errors.Is(err, rados.ErrNotFound) || err == nil && len(info.Clients) == 0
	}, "the lock "+name+" of "+oid+" is left")
}

// hasRemovedAfter reports whether a self-managed snapshot that is newer than id was removed, while the OSDs
// do not trim. Its ID is not known: a busy monitor prepares one request more than once, and each time
// takes another.
func (f *cancelFixture) hasRemovedAfter(t *testing.T, id rados.SnapID) bool {
	var osdmap struct {
		Removed []struct {
			Pool  int64 `json:"pool"`
			Snaps []struct {
				Begin  rados.SnapID `json:"begin"`
				Length rados.SnapID `json:"length"`
			} `json:"snaps"`
		} `json:"removed_snaps_queue"`
	}
	out := f.cluster.Ceph(t, "osd", "dump", "--format=json")
	require.NoError(t, json.Unmarshal([]byte(out), &osdmap))
	for _, pool := range osdmap.Removed {
		for _, s := range pool.Snaps {
			if pool.Pool == f.managed.GetPoolID() && id+1 < s.Begin+s.Length {
				return true
			}
		}
	}
	return false
}
