package fakelibrados_test

import (
	"time"

	"github.com/go-rados/go-rados/rados"
)

// moreMethods are the rows of methods that the reference API lacks.
var moreMethods = []method{
	{name: "BlocklistAdd", sends: "rados_blocklist_add", given: []any{name, 2},
		call: func(o on, name string) error { return o.conn.BlocklistAdd(name, 1500*time.Millisecond) }},
	{name: "GetBaseTier", sends: "rados_pool_get_base_tier", given: []any{1 << 40},
		call: func(o on, _ string) error { return second(o.conn.GetBaseTier(1 << 40)) }},
	{name: "GetMinCompatibleClient", sends: "rados_get_min_compatible_client",
		call: func(o on, _ string) error { return third2(o.conn.GetMinCompatibleClient()) }},
	{name: "GetMinCompatibleOSD", sends: "rados_get_min_compatible_osd",
		call: func(o on, _ string) error { return second(o.conn.GetMinCompatibleOSD()) }},
	{name: "ListInconsistentPGs", sends: "rados_inconsistent_pg_list", given: []any{1 << 40, 4096},
		call: func(o on, _ string) error { return second(o.conn.ListInconsistentPGs(1 << 40)) }},
	{name: "MakePoolWithCrushRule", sends: "rados_pool_create_with_crush_rule", given: []any{name, 200},
		call: func(o on, name string) error { return o.conn.MakePoolWithCrushRule(name, 200) }},
	{name: "MgrCommandTarget", sends: "rados_mgr_command_target", given: []any{"x", 2, "one", name, nil},
		call: func(o on, name string) error { return third(o.conn.MgrCommandTarget("x", list("one", name))) }},
	{name: "MgrCommandTargetWithInputBuffer", sends: "rados_mgr_command_target", given: []any{name, 1, "one", "in\x00put"},
		call: func(o on, name string) error {
			return third(o.conn.MgrCommandTargetWithInputBuffer(name, list("one"), input))
		}},
	{name: "MonitorLog", sends: "rados_monitor_log2", given: []any{name},
		call: func(o on, name string) error {
			m, err := o.conn.MonitorLog(name, func(rados.LogEntry) {})
			m.Stop()
			return err
		}},
	{name: "ParseConfigArgvRemainder", sends: "rados_conf_parse_argv_remainder", setup: true, given: []any{2, "program", name},
		call: func(o on, name string) error {
			return second(o.conn.ParseConfigArgvRemainder([]string{"program", name}))
		}},
	{name: "RegisterService", sends: "rados_service_register", setup: true, given: []any{name, "daemon", "key\x00value\x00"},
		call: func(o on, name string) error {
			return o.conn.RegisterService(name, "daemon", map[string]string{"key": "value"})
		}},
	{name: "RegisterService daemon", sends: "rados_service_register", setup: true, given: []any{"service", name, ""},
		call: func(o on, name string) error { return o.conn.RegisterService("service", name, nil) }},
	{name: "UpdateServiceStatus", sends: "rados_service_update_status", given: []any{"key\x00value\x00"},
		call: func(o on, _ string) error { return o.conn.UpdateServiceStatus(map[string]string{"key": "value"}) }},

	{name: "CachePin", sends: "rados_cache_pin", given: []any{name},
		call: func(o on, name string) error { return o.ioctx.CachePin(name) }},
	{name: "CacheUnpin", sends: "rados_cache_unpin", given: []any{name},
		call: func(o on, name string) error { return o.ioctx.CacheUnpin(name) }},
	{name: "CmpExt", sends: "rados_cmpext", given: []any{name, "data", 1 << 40},
		call: func(o on, name string) error { return o.ioctx.CmpExt(name, data, 1<<40) }},
	{name: "CreateSelfManagedSnap", sends: "rados_ioctx_selfmanaged_snap_create",
		call: func(o on, _ string) error { return second(o.ioctx.CreateSelfManagedSnap()) }},
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
	{name: "GetApplicationMetadata", sends: "rados_application_metadata_get", given: []any{name, "key", 256},
		call: func(o on, name string) error { return second(o.ioctx.GetApplicationMetadata(name, "key")) }},
	{name: "ListApplicationMetadata", sends: "rados_application_metadata_list", given: []any{name, 1024, 4096},
		call: func(o on, name string) error { return second(o.ioctx.ListApplicationMetadata(name)) }},
	{name: "ListApplications", sends: "rados_application_list", given: []any{1024},
		call: func(o on, _ string) error { return second(o.ioctx.ListApplications()) }},
	{name: "ObjectsParallel", sends: "rados_object_list", given: []any{512, nil},
		call: func(o on, _ string) (err error) {
			for _, err = range o.ioctx.ObjectsParallel(1) {
			}
			return wrapped("ObjectsParallel", err)
		}},
	{name: "ObjectsSlice", sends: "rados_object_list", given: []any{512, nil},
		call: func(o on, _ string) (err error) {
			for _, err = range o.ioctx.ObjectsSlice(0, 1) {
			}
			return wrapped("ObjectsSlice", err)
		}},
	{name: "RemoveApplicationMetadata", sends: "rados_application_metadata_remove", given: []any{name, "key"},
		call: func(o on, name string) error { return o.ioctx.RemoveApplicationMetadata(name, "key") }},
	{name: "RemoveSelfManagedSnap", sends: "rados_ioctx_selfmanaged_snap_remove", given: []any{7},
		call: func(o on, _ string) error { return o.ioctx.RemoveSelfManagedSnap(7) }},
	{name: "RollbackSelfManagedSnap", sends: "rados_ioctx_selfmanaged_snap_rollback", given: []any{name, 7},
		call: func(o on, name string) error { return o.ioctx.RollbackSelfManagedSnap(name, 7) }},
	{name: "SetApplicationMetadata", sends: "rados_application_metadata_set", given: []any{"app", "key", name},
		call: func(o on, name string) error { return o.ioctx.SetApplicationMetadata("app", "key", name) }},
	{name: "SetSelfManagedSnapContext", sends: "rados_ioctx_selfmanaged_snap_set_write_ctx", given: []any{7, 5, 3},
		call: func(o on, _ string) error { return o.ioctx.SetSelfManagedSnapContext(7, []rados.SnapID{5, 3}) }},
	{name: "Stat2", sends: "rados_stat2", given: []any{name},
		call: func(o on, name string) error { return second(o.ioctx.Stat2(name)) }},
	{name: "WriteSame", sends: "rados_writesame", given: []any{name, "data", 1 << 40, 1 << 41},
		call: func(o on, name string) error { return o.ioctx.WriteSame(name, data, 1<<40, 1<<41) }},
}
