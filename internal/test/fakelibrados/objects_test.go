package fakelibrados_test

import (
	"fmt"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// objectMethods are the rows of methods that go on to other objects, or cross more
// than once.
var objectMethods = []method{
	{name: "GetAddrs", sends: "rados_getaddrs",
		call: func(o on, _ string) error { return second(o.conn.GetAddrs()) }},
	{name: "OpenIOContextByID", sends: "rados_ioctx_create2", given: []any{1 << 40}, opens: true,
		call: func(o on, _ string) error {
			ioctx, err := o.conn.OpenIOContextByID(1 << 40)
			ioctx.Destroy()
			return err
		}},
	{name: "WatcherFlush", sends: "rados_watch_flush",
		call: func(o on, _ string) error { return o.conn.WatcherFlush() }},

	{name: "Alignment", sends: "rados_ioctx_pool_required_alignment2",
		call: func(o on, _ string) error { return second(o.ioctx.Alignment()) }},
	{name: "Checksum", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) error {
			opts := rados.ChecksumOptions{Off: 8, Len: 64, ChunkSize: 16, InitValue: []byte("seed")}
			return o.ioctx.Checksum(name, rados.ChecksumTypeCRC32C, make([]byte, 20), &opts)
		}},
	{name: "Checksums", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) error {
			opts := rados.ChecksumsOptions{Offset: 8, Length: 64, ChunkSize: 16, Seed: 7}
			return second(o.ioctx.Checksums(name, rados.ChecksumTypeCRC32C, opts))
		}},
	{name: "Clone", sends: "rados_ioctx_create2", given: []any{0}, opens: true,
		call: func(o on, _ string) error {
			ioctx, err := o.ioctx.Clone()
			ioctx.Destroy()
			return wrapped("Clone", err)
		}},
	{name: "GetAllOmapValues", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) error { return second(o.ioctx.GetAllOmapValues(name, "", "", 10)) }},
	{name: "GetOmapValues", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) error { return second(o.ioctx.GetOmapValues(name, "", "", 10)) }},
	{name: "ListOmapValues", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) error {
			return o.ioctx.ListOmapValues(name, "", "", -1, func(string, []byte) {})
		}},
	{name: "Iter", sends: "rados_nobjects_list_open", opens: true,
		call: func(o on, _ string) error {
			iter, err := o.ioctx.Iter()
			iter.Close()
			return err
		}},
	{name: "ListObjects", sends: "rados_nobjects_list_next2",
		call: func(o on, _ string) error { return o.ioctx.ListObjects(func(string) {}) }},
	{name: "Lock", sends: "rados_lock_exclusive", given: []any{name, "lock", "", "", -1, -1, 0},
		call: func(o on, name string) error { return wrapped("Lock", o.ioctx.Lock(name, "lock", rados.LockOptions{})) }},
	{name: "RLock", sends: "rados_lock_shared", given: []any{name, "lock", "", "tag", "", -1, -1, 0},
		call: func(o on, name string) error {
			return wrapped("RLock", o.ioctx.RLock(name, "lock", "tag", rados.LockOptions{}))
		}},
	{name: "ReleaseLock", sends: "rados_unlock", given: []any{name, "lock", "cookie"},
		call: func(o on, name string) error {
			return wrapped("ReleaseLock", o.ioctx.ReleaseLock(name, "lock", "cookie"))
		}},
	{name: "RevokeLock", sends: "rados_break_lock", given: []any{name, "lock", "client.1", "cookie"},
		call: func(o on, name string) error {
			return wrapped("RevokeLock", o.ioctx.RevokeLock(name, "lock", "client.1", "cookie"))
		}},
	{name: "Notify", sends: "rados_notify2", given: []any{name, "data", 0},
		call: func(o on, name string) error { return third2(o.ioctx.Notify(name, data)) }},
	{name: "NotifyWithTimeout", sends: "rados_notify2", given: []any{name, "data", 2000},
		call: func(o on, name string) error {
			return third2(o.ioctx.NotifyWithTimeout(name, data, 1500*time.Millisecond))
		}},
	{name: "Objects", sends: "rados_nobjects_list_next2",
		call: func(o on, _ string) (err error) {
			for _, err = range o.ioctx.Objects() {
			}
			return wrapped("Objects", err)
		}},
	{name: "Omap", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) (err error) {
			for _, err = range o.ioctx.Omap(name, "", "") {
			}
			return wrapped("Omap", err)
		}},
	{name: "OmapViews", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) (err error) {
			for _, err = range o.ioctx.OmapViews(name, "", "") {
			}
			return wrapped("OmapViews", err)
		}},
	{name: "Xattrs", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) (err error) {
			for _, err = range o.ioctx.Xattrs(name) {
			}
			return wrapped("Xattrs", err)
		}},
	{name: "RequiresAlignment", sends: "rados_ioctx_pool_requires_alignment2",
		call: func(o on, _ string) error { return second(o.ioctx.RequiresAlignment()) }},
	{name: "SetAllocationHint", sends: "rados_write_op_operate", given: []any{name, nil, 0},
		call: func(o on, name string) error { return o.ioctx.SetAllocationHint(name, 1<<40, 1<<20, 3) }},
	{name: "SetLocator", sends: "rados_ioctx_locator_set_key", given: []any{name}, mute: true,
		call: func(o on, name string) error { o.ioctx.SetLocator(name); return nil }},
	{name: "Watch", sends: "rados_watch3", given: []any{name, 0}, opens: true,
		call: func(o on, name string) error {
			w, err := o.ioctx.Watch(name)
			w.Delete()
			return err
		}},
	{name: "WatchWithTimeout", sends: "rados_watch3", given: []any{name, 2}, opens: true,
		call: func(o on, name string) error {
			w, err := o.ioctx.WatchWithTimeout(name, 1500*time.Millisecond)
			w.Delete()
			return err
		}},

	// Those that are operations of their own.
	{name: "Write op", sends: "rados_write_op_operate2", given: []any{name, 7, 8, 9},
		call: func(o on, name string) error {
			op := rados.CreateWriteOp()
			op.Remove()
			return operated(op.OperateWithMtime(o.ioctx, name, rados.Timespec{Sec: 7, Nsec: 8}, 9))
		}},
	{name: "Read op", sends: "rados_read_op_operate", given: []any{name, 9},
		call: func(o on, name string) error {
			op := rados.CreateReadOp()
			op.AssertExists()
			return operated(op.Operate(o.ioctx, name, 9))
		}},
}

// third2 keeps the error of what returns two lists with it.
func third2[A, B any](_ A, _ B, err error) error { return err }

// wrapped is the error within what the method called op returns.
func wrapped(op string, err error) error {
	if err == nil {
		return nil
	}
	e, ok := err.(*rados.ObjectError)
	if !ok || e.Op != op {
		return fmt.Errorf("not an ObjectError of %s: %w", op, err)
	}
	return e.Err
}

// operated is the error of the operation as a whole.
func operated(err error) error {
	if e, ok := err.(rados.OperationError); ok {
		return e.OpError
	}
	return err
}
