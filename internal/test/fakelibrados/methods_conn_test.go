package fakelibrados_test

import (
	"time"

	"github.com/go-rados/go-rados/rados"
)

// connMethods are the rows of the methods of Conn.
var connMethods = []method{
	{name: "BlocklistAdd", sends: "rados_blocklist_add", given: []any{name, 2},
		call: func(o on, name string) error { return o.conn.BlocklistAdd(name, 1500*time.Millisecond) }},
	{name: "Connect", sends: "rados_connect", setup: true,
		call: func(o on, _ string) error { return o.conn.Connect() }},
	{name: "DeletePool", sends: "rados_pool_delete", given: []any{name},
		call: func(o on, name string) error { return o.conn.DeletePool(name) }},
	{name: "GetAddrs", sends: "rados_getaddrs",
		call: func(o on, _ string) error { return second(o.conn.GetAddrs()) }},
	{name: "GetBaseTier", sends: "rados_pool_get_base_tier", given: []any{1 << 40},
		call: func(o on, _ string) error { return second(o.conn.GetBaseTier(1 << 40)) }},
	{name: "GetClusterStats", sends: "rados_cluster_stat",
		call: func(o on, _ string) error { return second(o.conn.GetClusterStats()) }},
	{name: "GetConfigOption", sends: "rados_conf_get", given: []any{name, 256}, setup: true,
		call: func(o on, name string) error { return second(o.conn.GetConfigOption(name)) }},
	{name: "GetFSID", sends: "rados_cluster_fsid", given: []any{37},
		call: func(o on, _ string) error { return second(o.conn.GetFSID()) }},
	{name: "GetInstanceID", sends: "rados_get_instance_id", mute: true,
		call: func(o on, _ string) error { o.conn.GetInstanceID(); return nil }},
	{name: "GetMinCompatibleClient", sends: "rados_get_min_compatible_client",
		call: func(o on, _ string) error { return third2(o.conn.GetMinCompatibleClient()) }},
	{name: "GetMinCompatibleOSD", sends: "rados_get_min_compatible_osd",
		call: func(o on, _ string) error { return second(o.conn.GetMinCompatibleOSD()) }},
	{name: "GetPoolByID", sends: "rados_pool_reverse_lookup", given: []any{-1 << 40, 256},
		call: func(o on, _ string) error { return second(o.conn.GetPoolByID(-1 << 40)) }},
	{name: "GetPoolByName", sends: "rados_pool_lookup", given: []any{name},
		call: func(o on, name string) error { return second(o.conn.GetPoolByName(name)) }},
	{name: "ListInconsistentPGs", sends: "rados_inconsistent_pg_list", given: []any{1 << 40, 4096},
		call: func(o on, _ string) error { return second(o.conn.ListInconsistentPGs(1 << 40)) }},
	{name: "ListPools", sends: "rados_pool_list", given: []any{4096},
		call: func(o on, _ string) error { return second(o.conn.ListPools()) }},
	{name: "MakePool", sends: "rados_pool_create", given: []any{name},
		call: func(o on, name string) error { return o.conn.MakePool(name) }},
	{name: "MakePoolWithCrushRule", sends: "rados_pool_create_with_crush_rule", given: []any{name, 200},
		call: func(o on, name string) error { return o.conn.MakePoolWithCrushRule(name, 200) }},
	{name: "MgrCommand", sends: "rados_mgr_command", given: []any{3, "one", "", name, nil},
		call: func(o on, name string) error { return third(o.conn.MgrCommand(list("one", "", name))) }},
	{name: "MgrCommandTarget", sends: "rados_mgr_command_target", given: []any{"x", 2, "one", name, nil},
		call: func(o on, name string) error { return third(o.conn.MgrCommandTarget("x", list("one", name))) }},
	{name: "MgrCommandTargetWithInputBuffer", sends: "rados_mgr_command_target", given: []any{name, 1, "one", "in\x00put"},
		call: func(o on, name string) error {
			return third(o.conn.MgrCommandTargetWithInputBuffer(name, list("one"), input))
		}},
	{name: "MgrCommandWithInputBuffer", sends: "rados_mgr_command", given: []any{1, name, "in\x00put"},
		call: func(o on, name string) error {
			return third(o.conn.MgrCommandWithInputBuffer(list(name), input))
		}},
	{name: "MonCommand", sends: "rados_mon_command", given: []any{1, name, nil},
		call: func(o on, name string) error { return third(o.conn.MonCommand([]byte(name))) }},
	{name: "MonCommandTarget", sends: "rados_mon_command_target", given: []any{name, 3, "one", "", "three", nil},
		call: func(o on, name string) error { return third(o.conn.MonCommandTarget(name, words)) }},
	{name: "MonCommandTarget list", sends: "rados_mon_command_target", given: []any{"a", 1, name, nil},
		call: func(o on, name string) error { return third(o.conn.MonCommandTarget("a", list(name))) }},
	{name: "MonCommandTargetWithInputBuffer", sends: "rados_mon_command_target",
		given: []any{name, 3, "one", "", "three", "in\x00put"},
		call: func(o on, name string) error {
			return third(o.conn.MonCommandTargetWithInputBuffer(name, words, input))
		}},
	{name: "MonCommandWithInputBuffer", sends: "rados_mon_command", given: []any{1, name, "in\x00put"},
		call: func(o on, name string) error {
			return third(o.conn.MonCommandWithInputBuffer([]byte(name), input))
		}},
	{name: "MonitorLog", sends: "rados_monitor_log2", given: []any{name},
		call: func(o on, name string) error {
			m, err := o.conn.MonitorLog(name, func(rados.LogEntry) {})
			m.Stop()
			return err
		}},
	{name: "OpenIOContext", sends: "rados_ioctx_create", given: []any{name}, opens: true,
		call: func(o on, name string) error {
			ioctx, err := o.conn.OpenIOContext(name)
			ioctx.Destroy()
			return err
		}},
	{name: "OpenIOContextByID", sends: "rados_ioctx_create2", given: []any{1 << 40}, opens: true,
		call: func(o on, _ string) error {
			ioctx, err := o.conn.OpenIOContextByID(1 << 40)
			ioctx.Destroy()
			return err
		}},
	{name: "OsdCommand", sends: "rados_osd_command", given: []any{7, 2, "one", name, nil},
		call: func(o on, name string) error { return third(o.conn.OsdCommand(7, list("one", name))) }},
	{name: "OsdCommandWithInputBuffer", sends: "rados_osd_command", given: []any{-1, 2, name, "two", "in\x00put"},
		call: func(o on, name string) error {
			return third(o.conn.OsdCommandWithInputBuffer(-1, list(name, "two"), input))
		}},
	{name: "PGCommand", sends: "rados_pg_command", given: []any{name, 3, "one", "", "three", nil},
		call: func(o on, name string) error { return third(o.conn.PGCommand([]byte(name), words)) }},
	{name: "PGCommandWithInputBuffer", sends: "rados_pg_command", given: []any{"2.1f", 1, name, "in\x00put"},
		call: func(o on, name string) error {
			return third(o.conn.PGCommandWithInputBuffer([]byte("2.1f"), list(name), input))
		}},
	{name: "ParseCmdLineArgs", sends: "rados_conf_parse_argv", given: []any{3, "placeholder", "--id", name}, setup: true,
		call: func(o on, name string) error { return o.conn.ParseCmdLineArgs([]string{"--id", name}) }},
	{name: "ParseConfigArgv", sends: "rados_conf_parse_argv", given: []any{2, "program", name}, setup: true,
		call: func(o on, name string) error { return o.conn.ParseConfigArgv([]string{"program", name}) }},
	{name: "ParseConfigArgvRemainder", sends: "rados_conf_parse_argv_remainder", setup: true, given: []any{2, "program", name},
		call: func(o on, name string) error {
			return second(o.conn.ParseConfigArgvRemainder([]string{"program", name}))
		}},
	{name: "ParseDefaultConfigEnv", sends: "rados_conf_parse_env", given: []any{nil}, setup: true,
		call: func(o on, _ string) error { return o.conn.ParseDefaultConfigEnv() }},
	{name: "PingMonitor", sends: "rados_ping_monitor", given: []any{name}, setup: true,
		call: func(o on, name string) error { return second(o.conn.PingMonitor(name)) }},
	{name: "ReadConfigFile", sends: "rados_conf_read_file", given: []any{name}, setup: true,
		call: func(o on, name string) error { return o.conn.ReadConfigFile(name) }},
	{name: "ReadDefaultConfigFile", sends: "rados_conf_read_file", given: []any{nil}, setup: true,
		call: func(o on, _ string) error { return o.conn.ReadDefaultConfigFile() }},
	{name: "RegisterService", sends: "rados_service_register", setup: true, given: []any{name, "daemon", "key\x00value\x00"},
		call: func(o on, name string) error {
			return o.conn.RegisterService(name, "daemon", map[string]string{"key": "value"})
		}},
	{name: "RegisterService daemon", sends: "rados_service_register", setup: true, given: []any{"service", name, ""},
		call: func(o on, name string) error { return o.conn.RegisterService("service", name, nil) }},
	{name: "SetConfigOption", sends: "rados_conf_set", given: []any{name, "value"}, setup: true,
		call: func(o on, name string) error { return o.conn.SetConfigOption(name, "value") }},
	{name: "SetConfigOption value", sends: "rados_conf_set", given: []any{"option", name}, setup: true,
		call: func(o on, name string) error { return o.conn.SetConfigOption("option", name) }},
	{name: "UpdateServiceStatus", sends: "rados_service_update_status", given: []any{"key\x00value\x00"},
		call: func(o on, _ string) error { return o.conn.UpdateServiceStatus(map[string]string{"key": "value"}) }},
	{name: "WaitForLatestOSDMap", sends: "rados_wait_for_latest_osdmap",
		call: func(o on, _ string) error { return o.conn.WaitForLatestOSDMap() }},
	{name: "WatcherFlush", sends: "rados_watch_flush",
		call: func(o on, _ string) error { return o.conn.WatcherFlush() }},
}
