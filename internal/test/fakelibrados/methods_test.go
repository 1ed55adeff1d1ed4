package fakelibrados_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/rados"
)

// on is what a method is called on.
type on struct {
	conn  *rados.Conn
	ioctx *rados.IOContext
}

// method is one way to call a method of Conn or IOContext, and what C gets to
// see of it.
type method struct {
	name  string // with what tells apart several rows of one method behind a space
	sends string // the C function
	given []any  // its arguments; name stands for the one that the caller gives
	setup bool   // it may be called before Connect, or while a setter's error is kept
	mute  bool   // it has no error to return
	void  bool   // its C function returns nothing, so that it can't fail itself
	opens bool   // it makes an object, which can come too late
	call  func(o on, name string) error
}

// name stands for the name that the caller of a method gives.
const name = "\x00name"

// args is what C gets for a certain name.
func (m method) args(as string) []any {
	var args []any
	for _, arg := range m.given {
		if arg == name {
			arg = as
		}
		args = append(args, arg)
	}
	return args
}

// named says whether the caller gives a name.
func (m method) named() bool { return !assert.ObjectsAreEqual(m.given, m.args("")) }

func (m method) ofConn() bool {
	word, _, _ := strings.Cut(m.name, " ")
	_, ok := reflect.TypeFor[*rados.Conn]().MethodByName(word)
	return ok
}

// onEngine says whether the call can be given up while it is under way.
func (m method) onEngine() bool { return reads[m.sends] || changes[m.sends] }

// reads says whether such a call leaves the object as it is. That of a class need not.
func (m method) reads() bool { return reads[m.sends] && !strings.HasPrefix(m.name, "Exec") }

// These are called by functions that take a completion; see lib/aio.c.
var (
	reads = map[string]bool{
		"rados_stat": true, "rados_stat2": true, "rados_getxattr": true, "rados_cmpext": true,
		"rados_read_op_operate": true,
	}
	changes = map[string]bool{
		"rados_write": true, "rados_write_full": true, "rados_append": true, "rados_writesame": true, "rados_remove": true,
		"rados_setxattr": true, "rados_rmxattr": true, "rados_unlock": true,
		"rados_write_op_operate": true, "rados_write_op_operate2": true,
	}
)

// closed is the error of the method when what it is called on is closed.
func (m method) closed() error {
	if m.ofConn() {
		return rados.ErrNotConnected
	}
	return rados.ErrInvalidIOContext
}

var (
	data  = []byte("data")
	input = []byte("in\x00put")
	words = [][]byte{[]byte("one"), {}, []byte("three")}
)

func list(words ...string) [][]byte {
	var l [][]byte
	for _, w := range words {
		l = append(l, []byte(w))
	}
	return l
}

// third keeps the error of a command.
func third(_ []byte, _ string, err error) error { return err }

// second keeps the error of what returns a value with it.
func second[T any](_ T, err error) error { return err }

var methods = slices.Concat(simpleMethods, objectMethods, moreMethods)

var simpleMethods = []method{
	{name: "Connect", sends: "rados_connect", setup: true,
		call: func(o on, _ string) error { return o.conn.Connect() }},
	{name: "DeletePool", sends: "rados_pool_delete", given: []any{name},
		call: func(o on, name string) error { return o.conn.DeletePool(name) }},
	{name: "GetClusterStats", sends: "rados_cluster_stat",
		call: func(o on, _ string) error { return second(o.conn.GetClusterStats()) }},
	{name: "GetConfigOption", sends: "rados_conf_get", given: []any{name, 256}, setup: true,
		call: func(o on, name string) error { return second(o.conn.GetConfigOption(name)) }},
	{name: "GetFSID", sends: "rados_cluster_fsid", given: []any{37},
		call: func(o on, _ string) error { return second(o.conn.GetFSID()) }},
	{name: "GetInstanceID", sends: "rados_get_instance_id", mute: true,
		call: func(o on, _ string) error { o.conn.GetInstanceID(); return nil }},
	{name: "GetPoolByID", sends: "rados_pool_reverse_lookup", given: []any{-1 << 40, 256},
		call: func(o on, _ string) error { return second(o.conn.GetPoolByID(-1 << 40)) }},
	{name: "GetPoolByName", sends: "rados_pool_lookup", given: []any{name},
		call: func(o on, name string) error { return second(o.conn.GetPoolByName(name)) }},
	{name: "ListPools", sends: "rados_pool_list", given: []any{4096},
		call: func(o on, _ string) error { return second(o.conn.ListPools()) }},
	{name: "MakePool", sends: "rados_pool_create", given: []any{name},
		call: func(o on, name string) error { return o.conn.MakePool(name) }},
	{name: "MgrCommand", sends: "rados_mgr_command", given: []any{3, "one", "", name, nil},
		call: func(o on, name string) error { return third(o.conn.MgrCommand(list("one", "", name))) }},
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
	{name: "OpenIOContext", sends: "rados_ioctx_create", given: []any{name}, opens: true,
		call: func(o on, name string) error {
			ioctx, err := o.conn.OpenIOContext(name)
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
	{name: "ParseDefaultConfigEnv", sends: "rados_conf_parse_env", given: []any{nil}, setup: true,
		call: func(o on, _ string) error { return o.conn.ParseDefaultConfigEnv() }},
	{name: "PingMonitor", sends: "rados_ping_monitor", given: []any{name}, setup: true,
		call: func(o on, name string) error { return second(o.conn.PingMonitor(name)) }},
	{name: "ReadConfigFile", sends: "rados_conf_read_file", given: []any{name}, setup: true,
		call: func(o on, name string) error { return o.conn.ReadConfigFile(name) }},
	{name: "ReadDefaultConfigFile", sends: "rados_conf_read_file", given: []any{nil}, setup: true,
		call: func(o on, _ string) error { return o.conn.ReadDefaultConfigFile() }},
	{name: "SetConfigOption", sends: "rados_conf_set", given: []any{name, "value"}, setup: true,
		call: func(o on, name string) error { return o.conn.SetConfigOption(name, "value") }},
	{name: "SetConfigOption value", sends: "rados_conf_set", given: []any{"option", name}, setup: true,
		call: func(o on, name string) error { return o.conn.SetConfigOption("option", name) }},
	{name: "WaitForLatestOSDMap", sends: "rados_wait_for_latest_osdmap",
		call: func(o on, _ string) error { return o.conn.WaitForLatestOSDMap() }},

	{name: "Append", sends: "rados_append", given: []any{name, "data"},
		call: func(o on, name string) error { return o.ioctx.Append(name, data) }},
	{name: "Create", sends: "rados_write_op_operate", given: []any{name, nil, 0},
		call: func(o on, name string) error { return o.ioctx.Create(name, rados.CreateExclusive) }},
	{name: "Flush", sends: "rados_aio_flush",
		call: func(o on, _ string) error { return o.ioctx.Flush() }},
	{name: "Delete", sends: "rados_remove", given: []any{name},
		call: func(o on, name string) error { return o.ioctx.Delete(name) }},
	{name: "GetNamespace", sends: "rados_ioctx_get_namespace", given: []any{128}, setup: true,
		call: func(o on, _ string) error { return second(o.ioctx.GetNamespace()) }},
	{name: "GetPoolID", sends: "rados_ioctx_get_id", mute: true, setup: true,
		call: func(o on, _ string) error { o.ioctx.GetPoolID(); return nil }},
	{name: "GetPoolName", sends: "rados_ioctx_get_pool_name", given: []any{128}, setup: true,
		call: func(o on, _ string) error { return second(o.ioctx.GetPoolName()) }},
	{name: "GetPoolStats", sends: "rados_ioctx_pool_stat",
		call: func(o on, _ string) error { return second(o.ioctx.GetPoolStats()) }},
	{name: "GetXattr", sends: "rados_getxattr", given: []any{name, "xattr", 8},
		call: func(o on, name string) error { return second(o.ioctx.GetXattr(name, "xattr", make([]byte, 8))) }},
	{name: "GetXattr name", sends: "rados_getxattr", given: []any{"object", name, 8},
		call: func(o on, name string) error { return second(o.ioctx.GetXattr("object", name, make([]byte, 8))) }},
	{name: "ListXattrs", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) error { return second(o.ioctx.ListXattrs(name)) }},
	{name: "Read", sends: "rados_read_op_operate", given: []any{name, 0},
		call: func(o on, name string) error { return second(o.ioctx.Read(name, make([]byte, 8), 1<<40)) }},
	{name: "RmOmapKeys", sends: "rados_write_op_operate", given: []any{name, nil, 0},
		call: func(o on, name string) error { return o.ioctx.RmOmapKeys(name, []string{"key"}) }},
	{name: "RmXattr", sends: "rados_rmxattr", given: []any{name, "xattr"},
		call: func(o on, name string) error { return o.ioctx.RmXattr(name, "xattr") }},
	{name: "RmXattr name", sends: "rados_rmxattr", given: []any{"object", name},
		call: func(o on, name string) error { return o.ioctx.RmXattr("object", name) }},
	{name: "SetNamespace", sends: "rados_ioctx_set_namespace", given: []any{name}, mute: true,
		call: func(o on, name string) error { o.ioctx.SetNamespace(name); return nil }},
	{name: "SetXattr", sends: "rados_setxattr", given: []any{name, "xattr", "data"},
		call: func(o on, name string) error { return o.ioctx.SetXattr(name, "xattr", data) }},
	{name: "SetXattr name", sends: "rados_setxattr", given: []any{"object", name, "data"},
		call: func(o on, name string) error { return o.ioctx.SetXattr("object", name, data) }},
	{name: "Stat", sends: "rados_stat", given: []any{name},
		call: func(o on, name string) error { return second(o.ioctx.Stat(name)) }},
	{name: "Truncate", sends: "rados_write_op_operate", given: []any{name, nil, 0},
		call: func(o on, name string) error { return o.ioctx.Truncate(name, 1<<40) }},
	{name: "Write", sends: "rados_write", given: []any{name, "data", 1 << 40},
		call: func(o on, name string) error { return o.ioctx.Write(name, data, 1<<40) }},
	{name: "WriteFull", sends: "rados_write_full", given: []any{name, "data"},
		call: func(o on, name string) error { return o.ioctx.WriteFull(name, data) }},
	{name: "BreakLock", sends: "rados_break_lock", given: []any{name, "lock", "client.1", "cookie"},
		call: func(o on, name string) error { return second(o.ioctx.BreakLock(name, "lock", "client.1", "cookie")) }},
	{name: "BreakLock client", sends: "rados_break_lock", given: []any{"object", "lock", name, "cookie"},
		call: func(o on, name string) error { return second(o.ioctx.BreakLock("object", "lock", name, "cookie")) }},
	{name: "CleanOmap", sends: "rados_write_op_operate", given: []any{name, nil, 0},
		call: func(o on, name string) error { return o.ioctx.CleanOmap(name) }},
	{name: "CreateSnap", sends: "rados_ioctx_snap_create", given: []any{name},
		call: func(o on, name string) error { return o.ioctx.CreateSnap(name) }},
	{name: "GetSnapName", sends: "rados_ioctx_snap_get_name", given: []any{7, 128},
		call: func(o on, _ string) error { return second(o.ioctx.GetSnapName(7)) }},
	{name: "GetSnapStamp", sends: "rados_ioctx_snap_get_stamp", given: []any{7},
		call: func(o on, _ string) error { return second(o.ioctx.GetSnapStamp(7)) }},
	{name: "ListLockers", sends: "rados_list_lockers", given: []any{name, "lock", 128, 1024, 1024, 1024},
		call: func(o on, name string) error { return second(o.ioctx.ListLockers(name, "lock")) }},
	{name: "ListLockers lock", sends: "rados_list_lockers", given: []any{"object", name, 128, 1024, 1024, 1024},
		call: func(o on, name string) error { return second(o.ioctx.ListLockers("object", name)) }},
	{name: "ListSnaps", sends: "rados_ioctx_snap_list", given: []any{64},
		call: func(o on, _ string) error { return second(o.ioctx.ListSnaps()) }},
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
	{name: "RemoveSnap", sends: "rados_ioctx_snap_remove", given: []any{name},
		call: func(o on, name string) error { return o.ioctx.RemoveSnap(name) }},
	{name: "RollbackSnap", sends: "rados_ioctx_snap_rollback", given: []any{name, "snap"},
		call: func(o on, name string) error { return o.ioctx.RollbackSnap(name, "snap") }},
	{name: "RollbackSnap snap", sends: "rados_ioctx_snap_rollback", given: []any{"object", name},
		call: func(o on, name string) error { return o.ioctx.RollbackSnap("object", name) }},
	{name: "SetOmap", sends: "rados_write_op_operate", given: []any{name, nil, 0},
		call: func(o on, name string) error { return o.ioctx.SetOmap(name, map[string][]byte{"key": data}) }},
	{name: "SetPoolFullTry", sends: "rados_set_pool_full_try", void: true, setup: true,
		call: func(o on, _ string) error { return o.ioctx.SetPoolFullTry() }},
	{name: "SetReadSnap", sends: "rados_ioctx_snap_set_read", given: []any{-2}, void: true, setup: true,
		call: func(o on, _ string) error { return o.ioctx.SetReadSnap(rados.SnapHead) }},
	{name: "Unlock", sends: "rados_unlock", given: []any{name, "lock", "cookie"},
		call: func(o on, name string) error { return second(o.ioctx.Unlock(name, "lock", "cookie")) }},
	{name: "Unlock cookie", sends: "rados_unlock", given: []any{"object", "lock", name},
		call: func(o on, name string) error { return second(o.ioctx.Unlock("object", "lock", name)) }},
	{name: "UnsetPoolFullTry", sends: "rados_unset_pool_full_try", void: true, setup: true,
		call: func(o on, _ string) error { return o.ioctx.UnsetPoolFullTry() }},
}

// forEach runs a test for each row of methods that fits.
func forEach(t *testing.T, fits func(method) bool, test func(*testing.T, method)) {
	for _, m := range methods {
		if fits(m) {
			t.Run(m.name, func(t *testing.T) { test(t, m) })
		}
	}
}

func all(method) bool { return true }

// again tells whether a method can be called again once it has succeeded.
func again(m method) bool { return m.name != "Connect" }

// fails tells whether a method can return an error.
func fails(m method) bool { return !m.mute }

// TestMethodsAreListed fails when the table above lacks a method.
func TestMethodsAreListed(t *testing.T) {
	// See the life cycle's tests for these.
	listed := map[string]bool{"Shutdown": true, "Destroy": true, "Cluster": true, "Pointer": true}
	listed["GetLastVersion"] = true // sends nothing; see TestLastVersion
	listed["SetMaxInFlight"] = true // sends nothing; see the tests of package inflight
	listed["SetMaxBlockingCalls"] = true
	for _, task := range []string{"Read", "Stat", "Write", "WriteFull", "Append", "Delete"} {
		listed[task+"Task"] = true // sends nothing itself; see TestPipeline
	}
	listed["WithNamespace"] = true // sends more than Clone; see TestWithNamespace
	for _, m := range methods {
		word, _, _ := strings.Cut(m.name, " ")
		listed[word] = true
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[*rados.Conn](), reflect.TypeFor[*rados.IOContext]()} {
		for i := range typ.NumMethod() {
			if takesContext(typ.Method(i)) {
				continue // see TestContextFormsOfNothing, and the live tests
			}
			assert.True(t, listed[typ.Method(i).Name], "methods lacks %s.%s", typ.Elem().Name(), typ.Method(i).Name)
		}
	}
}
