package fakelibrados_test

import (
	"time"

	"github.com/go-rados/go-rados/rados"
)

// ioctxMethods are the rows of the methods of IOContext.
var ioctxMethods = []method{
	{name: "Alignment", sends: "rados_ioctx_pool_required_alignment2",
		call: func(o on, _ string) error { return second(o.ioctx.Alignment()) }},
	{name: "Append", sends: "rados_append", given: []any{name, "data"},
		call: func(o on, name string) error { return o.ioctx.Append(name, data) }},
	{name: "BreakLock", sends: "rados_break_lock", given: []any{name, "lock", "client.1", "cookie"},
		call: func(o on, name string) error { return second(o.ioctx.BreakLock(name, "lock", "client.1", "cookie")) }},
	{name: "BreakLock client", sends: "rados_break_lock", given: []any{"object", "lock", name, "cookie"},
		call: func(o on, name string) error { return second(o.ioctx.BreakLock("object", "lock", name, "cookie")) }},
	{name: "CachePin", sends: "rados_cache_pin", given: []any{name},
		call: func(o on, name string) error { return o.ioctx.CachePin(name) }},
	{name: "CacheUnpin", sends: "rados_cache_unpin", given: []any{name},
		call: func(o on, name string) error { return o.ioctx.CacheUnpin(name) }},
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
	{name: "CleanOmap", sends: "rados_write_op_operate", given: []any{name, nil, 0},
		call: func(o on, name string) error { return o.ioctx.CleanOmap(name) }},
	{name: "Clone", sends: "rados_ioctx_create2", given: []any{0}, opens: true,
		call: func(o on, _ string) error {
			ioctx, err := o.ioctx.Clone()
			ioctx.Destroy()
			return err
		}},
	{name: "CmpExt", sends: "rados_cmpext", given: []any{name, "data", 1 << 40},
		call: func(o on, name string) error { return o.ioctx.CmpExt(name, data, 1<<40) }},
	{name: "Create", sends: "rados_write_op_operate", given: []any{name, nil, 0},
		call: func(o on, name string) error { return o.ioctx.Create(name, rados.CreateExclusive) }},
	{name: "CreateSelfManagedSnap", sends: "rados_ioctx_selfmanaged_snap_create",
		call: func(o on, _ string) error { return second(o.ioctx.CreateSelfManagedSnap()) }},
	{name: "CreateSnap", sends: "rados_ioctx_snap_create", given: []any{name},
		call: func(o on, name string) error { return o.ioctx.CreateSnap(name) }},
	{name: "Delete", sends: "rados_remove", given: []any{name},
		call: func(o on, name string) error { return o.ioctx.Delete(name) }},
	{name: "EnableApplication", sends: "rados_application_enable", given: []any{name, 1},
		call: func(o on, name string) error { return o.ioctx.EnableApplication(name, true) }},
	{name: "Exec", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) error {
			return second(o.ioctx.Exec(name, "class", "method", data, make([]byte, 8)))
		}},
	{name: "Exec class", sends: "rados_read_op_operate", given: []any{"object", 0},
		call: func(o on, name string) error {
			return second(o.ioctx.Exec("object", name, "method", data, make([]byte, 8)))
		}},
	{name: "Flush", sends: "rados_aio_flush",
		call: func(o on, _ string) error { return o.ioctx.Flush() }},
	{name: "GetAllOmapValues", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) error { return second(o.ioctx.GetAllOmapValues(name, "", "", 10)) }},
	{name: "GetApplicationMetadata", sends: "rados_application_metadata_get", given: []any{name, "key", 256},
		call: func(o on, name string) error { return second(o.ioctx.GetApplicationMetadata(name, "key")) }},
	{name: "GetNamespace", sends: "rados_ioctx_get_namespace", given: []any{128}, setup: true,
		call: func(o on, _ string) error { return second(o.ioctx.GetNamespace()) }},
	{name: "GetOmapValues", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) error { return second(o.ioctx.GetOmapValues(name, "", "", 10)) }},
	{name: "GetPoolID", sends: "rados_ioctx_get_id", mute: true, setup: true,
		call: func(o on, _ string) error { o.ioctx.GetPoolID(); return nil }},
	{name: "GetPoolName", sends: "rados_ioctx_get_pool_name", given: []any{128}, setup: true,
		call: func(o on, _ string) error { return second(o.ioctx.GetPoolName()) }},
	{name: "GetPoolStats", sends: "rados_ioctx_pool_stat",
		call: func(o on, _ string) error { return second(o.ioctx.GetPoolStats()) }},
	{name: "GetSnapName", sends: "rados_ioctx_snap_get_name", given: []any{7, 128},
		call: func(o on, _ string) error { return second(o.ioctx.GetSnapName(7)) }},
	{name: "GetSnapStamp", sends: "rados_ioctx_snap_get_stamp", given: []any{7},
		call: func(o on, _ string) error { return second(o.ioctx.GetSnapStamp(7)) }},
	{name: "GetXattr", sends: "rados_getxattr", given: []any{name, "xattr", 8},
		call: func(o on, name string) error { return second(o.ioctx.GetXattr(name, "xattr", make([]byte, 8))) }},
	{name: "GetXattr name", sends: "rados_getxattr", given: []any{"object", name, 8},
		call: func(o on, name string) error { return second(o.ioctx.GetXattr("object", name, make([]byte, 8))) }},
	{name: "GetOmapValuesByKeys", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) error { return second(o.ioctx.GetOmapValuesByKeys(name, []string{"key"})) }},
	{name: "Iter", sends: "rados_nobjects_list_open", opens: true,
		call: func(o on, _ string) error {
			iter, err := o.ioctx.Iter()
			iter.Close()
			return err
		}},
	{name: "ListApplicationMetadata", sends: "rados_application_metadata_list", given: []any{name, 1024, 4096},
		call: func(o on, name string) error { return second(o.ioctx.ListApplicationMetadata(name)) }},
	{name: "ListApplications", sends: "rados_application_list", given: []any{1024},
		call: func(o on, _ string) error { return second(o.ioctx.ListApplications()) }},
	{name: "ListLockers", sends: "rados_list_lockers", given: []any{name, "lock", 128, 1024, 1024, 1024},
		call: func(o on, name string) error { return second(o.ioctx.ListLockers(name, "lock")) }},
	{name: "ListLockers lock", sends: "rados_list_lockers", given: []any{"object", name, 128, 1024, 1024, 1024},
		call: func(o on, name string) error { return second(o.ioctx.ListLockers("object", name)) }},
	{name: "ListObjects", sends: "rados_nobjects_list_next2",
		call: func(o on, _ string) error { return o.ioctx.ListObjects(func(string) {}) }},
	{name: "ListOmapValues", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) error {
			return o.ioctx.ListOmapValues(name, "", "", -1, func(string, []byte) {})
		}},
	{name: "ListSnaps", sends: "rados_ioctx_snap_list", given: []any{64},
		call: func(o on, _ string) error { return second(o.ioctx.ListSnaps()) }},
	{name: "ListXattrs", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) error { return second(o.ioctx.ListXattrs(name)) }},
	{name: "Lock", sends: "rados_lock_exclusive", given: []any{name, "lock", "", "", -1, -1, 0},
		call: func(o on, name string) error { return o.ioctx.Lock(name, "lock", rados.LockOptions{}) }},
	{name: "LockExclusive", sends: "rados_lock_exclusive", given: []any{name, "lock", "cookie", "desc", -1, -1, 0},
		call: func(o on, name string) error {
			return second(o.ioctx.LockExclusive(name, "lock", "cookie", "desc", 0, nil))
		}},
	{name: "LockExclusive lock", sends: "rados_lock_exclusive", given: []any{"object", name, "cookie", "desc", 2, 500_001, 1},
		call: func(o on, name string) error {
			flags := byte(1)
			return second(o.ioctx.LockExclusive("object", name, "cookie", "desc", 2500*time.Millisecond+1, &flags))
		}},
	{name: "LockShared", sends: "rados_lock_shared", given: []any{name, "lock", "cookie", "tag", "desc", -1, -1, 0},
		call: func(o on, name string) error {
			return second(o.ioctx.LockShared(name, "lock", "cookie", "tag", "desc", 0, nil))
		}},
	{name: "LockShared tag", sends: "rados_lock_shared", given: []any{"object", "lock", "cookie", name, "desc", 0, 1, 0},
		call: func(o on, name string) error {
			return second(o.ioctx.LockShared("object", "lock", "cookie", name, "desc", 1, nil))
		}},
	{name: "LookupSnap", sends: "rados_ioctx_snap_lookup", given: []any{name},
		call: func(o on, name string) error { return second(o.ioctx.LookupSnap(name)) }},
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
			return err
		}},
	{name: "ObjectsParallel", sends: "rados_object_list", given: []any{512, nil},
		call: func(o on, _ string) (err error) {
			for _, err = range o.ioctx.ObjectsParallel(1) {
			}
			return err
		}},
	{name: "ObjectsSlice", sends: "rados_object_list", given: []any{512, nil},
		call: func(o on, _ string) (err error) {
			for _, err = range o.ioctx.ObjectsSlice(0, 1) {
			}
			return err
		}},
	{name: "Omap", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) (err error) {
			for _, err = range o.ioctx.Omap(name, "", "") {
			}
			return err
		}},
	{name: "OmapViews", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) (err error) {
			for _, err = range o.ioctx.OmapViews(name, "", "") {
			}
			return err
		}},
	{name: "RLock", sends: "rados_lock_shared", given: []any{name, "lock", "", "tag", "", -1, -1, 0},
		call: func(o on, name string) error {
			return o.ioctx.RLock(name, "lock", "tag", rados.LockOptions{})
		}},
	{name: "Read", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) error { return second(o.ioctx.Read(name, make([]byte, 8), 1<<40)) }},
	{name: "ReleaseLock", sends: "rados_unlock", given: []any{name, "lock", "cookie"},
		call: func(o on, name string) error {
			return o.ioctx.ReleaseLock(name, "lock", "cookie")
		}},
	{name: "RemoveApplicationMetadata", sends: "rados_application_metadata_remove", given: []any{name, "key"},
		call: func(o on, name string) error { return o.ioctx.RemoveApplicationMetadata(name, "key") }},
	{name: "RemoveSelfManagedSnap", sends: "rados_ioctx_selfmanaged_snap_remove", given: []any{7},
		call: func(o on, _ string) error { return o.ioctx.RemoveSelfManagedSnap(7) }},
	{name: "RemoveSnap", sends: "rados_ioctx_snap_remove", given: []any{name},
		call: func(o on, name string) error { return o.ioctx.RemoveSnap(name) }},
	{name: "RequiresAlignment", sends: "rados_ioctx_pool_requires_alignment2",
		call: func(o on, _ string) error { return second(o.ioctx.RequiresAlignment()) }},
	{name: "RevokeLock", sends: "rados_break_lock", given: []any{name, "lock", "client.1", "cookie"},
		call: func(o on, name string) error {
			return o.ioctx.RevokeLock(name, "lock", "client.1", "cookie")
		}},
	{name: "RmOmapKeys", sends: "rados_write_op_operate", given: []any{name, nil, 0},
		call: func(o on, name string) error { return o.ioctx.RmOmapKeys(name, []string{"key"}) }},
	{name: "RmXattr", sends: "rados_rmxattr", given: []any{name, "xattr"},
		call: func(o on, name string) error { return o.ioctx.RmXattr(name, "xattr") }},
	{name: "RmXattr name", sends: "rados_rmxattr", given: []any{"object", name},
		call: func(o on, name string) error { return o.ioctx.RmXattr("object", name) }},
	{name: "RollbackSelfManagedSnap", sends: "rados_ioctx_selfmanaged_snap_rollback", given: []any{name, 7},
		call: func(o on, name string) error { return o.ioctx.RollbackSelfManagedSnap(name, 7) }},
	{name: "RollbackSnap", sends: "rados_ioctx_snap_rollback", given: []any{name, "snap"},
		call: func(o on, name string) error { return o.ioctx.RollbackSnap(name, "snap") }},
	{name: "RollbackSnap snap", sends: "rados_ioctx_snap_rollback", given: []any{"object", name},
		call: func(o on, name string) error { return o.ioctx.RollbackSnap("object", name) }},
	{name: "SetAllocationHint", sends: "rados_write_op_operate", given: []any{name, nil, 0},
		call: func(o on, name string) error { return o.ioctx.SetAllocationHint(name, 1<<40, 1<<20, 3) }},
	{name: "SetApplicationMetadata", sends: "rados_application_metadata_set", given: []any{"app", "key", name},
		call: func(o on, name string) error { return o.ioctx.SetApplicationMetadata("app", "key", name) }},
	{name: "SetLocator", sends: "rados_ioctx_locator_set_key", given: []any{name}, mute: true,
		call: func(o on, name string) error { o.ioctx.SetLocator(name); return nil }},
	{name: "SetNamespace", sends: "rados_ioctx_set_namespace", given: []any{name}, mute: true,
		call: func(o on, name string) error { o.ioctx.SetNamespace(name); return nil }},
	{name: "SetOmap", sends: "rados_write_op_operate", given: []any{name, nil, 0},
		call: func(o on, name string) error { return o.ioctx.SetOmap(name, map[string][]byte{"key": data}) }},
	{name: "SetPoolFullTry", sends: "rados_set_pool_full_try", void: true, setup: true,
		call: func(o on, _ string) error { return o.ioctx.SetPoolFullTry() }},
	{name: "SetReadSnap", sends: "rados_ioctx_snap_set_read", given: []any{-2}, void: true, setup: true,
		call: func(o on, _ string) error { return o.ioctx.SetReadSnap(rados.SnapHead) }},
	{name: "SetSelfManagedSnapContext", sends: "rados_ioctx_selfmanaged_snap_set_write_ctx", given: []any{7, 5, 3},
		//lint:ignore SA1019 it must do the same as SetSnapContext
		call: func(o on, _ string) error { return o.ioctx.SetSelfManagedSnapContext(7, []rados.SnapID{5, 3}) }},
	{name: "SetSnapContext", sends: "rados_ioctx_selfmanaged_snap_set_write_ctx", given: []any{7, 5, 3},
		call: func(o on, _ string) error { return o.ioctx.SetSnapContext(7, []rados.SnapID{5, 3}) }},
	{name: "SetXattr", sends: "rados_setxattr", given: []any{name, "xattr", "data"},
		call: func(o on, name string) error { return o.ioctx.SetXattr(name, "xattr", data) }},
	{name: "SetXattr name", sends: "rados_setxattr", given: []any{"object", name, "data"},
		call: func(o on, name string) error { return o.ioctx.SetXattr("object", name, data) }},
	{name: "Stat", sends: "rados_stat", given: []any{name},
		call: func(o on, name string) error { return second(o.ioctx.Stat(name)) }},
	{name: "Stat2", sends: "rados_stat2", given: []any{name},
		call: func(o on, name string) error { return second(o.ioctx.Stat2(name)) }},
	{name: "Truncate", sends: "rados_write_op_operate", given: []any{name, nil, 0},
		call: func(o on, name string) error { return o.ioctx.Truncate(name, 1<<40) }},
	{name: "Unlock", sends: "rados_unlock", given: []any{name, "lock", "cookie"},
		call: func(o on, name string) error { return second(o.ioctx.Unlock(name, "lock", "cookie")) }},
	{name: "Unlock cookie", sends: "rados_unlock", given: []any{"object", "lock", name},
		call: func(o on, name string) error { return second(o.ioctx.Unlock("object", "lock", name)) }},
	{name: "UnsetPoolFullTry", sends: "rados_unset_pool_full_try", void: true, setup: true,
		call: func(o on, _ string) error { return o.ioctx.UnsetPoolFullTry() }},
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
	{name: "Write", sends: "rados_write", given: []any{name, "data", 1 << 40},
		call: func(o on, name string) error { return o.ioctx.Write(name, data, 1<<40) }},
	{name: "WriteFull", sends: "rados_write_full", given: []any{name, "data"},
		call: func(o on, name string) error { return o.ioctx.WriteFull(name, data) }},
	{name: "WriteSame", sends: "rados_writesame", given: []any{name, "data", 1 << 40, 1 << 41},
		call: func(o on, name string) error { return o.ioctx.WriteSame(name, data, 1<<40, 1<<41) }},
	{name: "Xattrs", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) (err error) {
			for _, err = range o.ioctx.Xattrs(name) {
			}
			return err
		}},
}
