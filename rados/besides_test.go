package rados_test

import (
	"encoding/json"
	"log/slog"
	"math"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestMoreOfObjects(t *testing.T) {
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"Stat2": func(t *testing.T, ioctx *rados.IOContext) {
			op := rados.CreateWriteOp()
			defer op.Release()
			op.WriteFull([]byte("data"))
			require.NoError(t, op.OperateWithMtime(ioctx, "foo", rados.Timespec{Sec: 1457129052, Nsec: 123456789}, 0))
			stat, err := ioctx.Stat2("foo")
			require.NoError(t, err)
			assert.Equal(t, rados.ObjectStat{Size: 4, ModTime: finest(t, 1457129052, 123456789)}, stat)
			_, err = ioctx.Stat2("none")
			assert.Equal(t, rados.ErrNotFound, err)
		},
		"WriteSame": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteSame("foo", []byte("abc"), 12, 2))
			assert.Equal(t, "\x00\x00abcabcabcabc", string(content(t, ioctx, "foo")))
			require.NoError(t, ioctx.WriteSame("foo", []byte("x"), 1, 3))
			assert.Equal(t, "\x00\x00axcabcabcabc", string(content(t, ioctx, "foo")))
		},
		"WriteSame of no multiple": func(t *testing.T, ioctx *rados.IOContext) {
			for _, writeLen := range []uint64{1, 2, 4, 1<<31 - 1} {
				assert.ErrorIs(t, ioctx.WriteSame("foo", []byte("abc"), writeLen, 0), syscall.EINVAL, writeLen)
			}
			_, err := ioctx.Stat("foo")
			assert.Equal(t, rados.ErrNotFound, err)
		},
		"WriteSame of nothing": func(t *testing.T, ioctx *rados.IOContext) {
			for _, none := range [][]byte{nil, {}} {
				assert.ErrorIs(t, ioctx.WriteSame("foo", none, 0, 0), syscall.EINVAL)
				assert.ErrorIs(t, ioctx.WriteSame("foo", none, 3, 0), syscall.EINVAL)
			}
			require.NoError(t, ioctx.WriteSame("foo", []byte("abc"), 0, 7))
		},
		"WriteSame too far": func(t *testing.T, ioctx *rados.IOContext) {
			assert.ErrorIs(t, ioctx.WriteSame("foo", []byte("x"), 1, 1<<40), syscall.EFBIG)
			for _, writeLen := range []uint64{1 << 31, 1<<32 + 1, 1 << 40, math.MaxUint64} {
				assert.ErrorIs(t, ioctx.WriteSame("foo", []byte("x"), writeLen, 0), syscall.E2BIG, writeLen)
			}
		},
		"CmpExt": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("0123456789")))
			for _, c := range []struct {
				b      string
				offset uint64
				differ int // -1: nowhere
			}{
				{"0123456789", 0, -1}, {"345", 3, -1}, {"", 0, -1}, {"9\x00\x00", 9, -1}, {"\x00", 1000, -1},
				{"x", 0, 0}, {"012x", 0, 3}, {"345x", 3, 3}, {"9\x00x", 9, 2}, {"x", 1000, 0},
			} {
				err := ioctx.CmpExt("foo", []byte(c.b), c.offset)
				at, ok := rados.MismatchOffset(err)
				if c.differ < 0 {
					assert.NoError(t, err, "%q at %d", c.b, c.offset)
					continue
				}
				assert.True(t, ok, "%q at %d: %v", c.b, c.offset, err)
				assert.EqualValues(t, c.differ, at, "%q at %d", c.b, c.offset)
			}
			err := ioctx.CmpExt("none", []byte("x"), 0)
			assert.Equal(t, rados.ErrNotFound, err)
			_, ok := rados.MismatchOffset(err)
			assert.False(t, ok)
		},
		"MismatchOffset of steps": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("0123456789")))
			r := rados.CreateReadOp()
			defer r.Release()
			r.CmpExt([]byte("34x"), 3)
			at, ok := rados.MismatchOffset(r.Operate(ioctx, "foo", 0))
			assert.True(t, ok)
			assert.EqualValues(t, 2, at)
			w := rados.CreateWriteOp()
			defer w.Release()
			w.CmpExt([]byte("0x"), 0)
			w.WriteFull([]byte("changed"))
			at, ok = rados.MismatchOffset(w.Operate(ioctx, "foo", 0))
			assert.True(t, ok)
			assert.EqualValues(t, 1, at)
			assert.Equal(t, "0123456789", string(content(t, ioctx, "foo")))
		},
		"Exec": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("data")))
			output := make([]byte, 100)
			n, err := ioctx.Exec("foo", "hello", "say_hello", []byte("you"), output)
			require.NoError(t, err)
			assert.Equal(t, "Hello, you!", string(output[:n]))
			n, err = ioctx.Exec("foo", "hello", "say_hello", nil, output[:13])
			require.NoError(t, err)
			assert.Equal(t, "Hello, world!", string(output[:n]))
			_, err = ioctx.Exec("foo", "hello", "say_hello", nil, output[:12])
			assert.ErrorIs(t, err, syscall.ERANGE)
			_, err = ioctx.Exec("foo", "hello", "say_hello", filled('x', 101), output)
			assert.ErrorIs(t, err, syscall.EINVAL, "the method's own")
			for _, none := range [][2]string{{"hello", "none"}, {"none", "say_hello"}} {
				_, err = ioctx.Exec("foo", none[0], none[1], nil, output)
				assert.ErrorIs(t, err, syscall.EOPNOTSUPP)
			}
			n, err = ioctx.Exec("new", "hello", "record_hello", []byte("you"), nil)
			require.NoError(t, err)
			assert.Zero(t, n)
			assert.Equal(t, "Hello, you!", string(content(t, ioctx, "new")))
		},
		"CachePin in no cache": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", nil))
			assert.ErrorIs(t, ioctx.CachePin("foo"), syscall.EINVAL)
			assert.ErrorIs(t, ioctx.CacheUnpin("foo"), syscall.EINVAL)
			assert.ErrorIs(t, ioctx.CachePin("none"), syscall.EINVAL)
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

func TestSelfManagedSnaps(t *testing.T) {
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"write context": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("first")))
			first := takeSnap(t, ioctx)
			require.NoError(t, ioctx.WriteFull("foo", []byte("second")))
			second := takeSnap(t, ioctx, first)
			assert.Greater(t, second, first)
			require.NoError(t, ioctx.WriteFull("foo", []byte("third")))
			for snap, want := range map[rados.SnapID]string{first: "first", second: "second", rados.SnapHead: "third"} {
				require.NoError(t, ioctx.SetReadSnap(snap))
				assert.Equal(t, want, string(content(t, ioctx, "foo")))
			}
		},
		"without write context": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("first")))
			snap, err := ioctx.CreateSelfManagedSnap()
			require.NoError(t, err)
			require.NoError(t, ioctx.WriteFull("foo", []byte("second")))
			require.NoError(t, ioctx.SetReadSnap(snap))
			assert.Equal(t, "second", string(content(t, ioctx, "foo")), "it did not take effect")
		},
		"rollback": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("then")))
			snap := takeSnap(t, ioctx)
			require.NoError(t, ioctx.WriteFull("foo", []byte("now")))
			require.NoError(t, ioctx.RollbackSelfManagedSnap("foo", snap))
			assert.Equal(t, "then", string(content(t, ioctx, "foo")))
			require.NoError(t, ioctx.WriteFull("later", []byte("now")))
			require.NoError(t, ioctx.RollbackSelfManagedSnap("later", snap))
			_, err := ioctx.Stat("later")
			assert.Equal(t, rados.ErrNotFound, err, "it was not there when the snapshot was taken")
			assert.NoError(t, ioctx.RollbackSelfManagedSnap("never", snap))
		},
		"remove": func(t *testing.T, ioctx *rados.IOContext) {
			snap := takeSnap(t, ioctx)
			require.NoError(t, ioctx.RemoveSelfManagedSnap(snap))
			assert.NoError(t, ioctx.RemoveSelfManagedSnap(snap), "again")
			assert.Equal(t, rados.ErrNotFound, ioctx.RemoveSelfManagedSnap(snap+1000), "never made")
		},
		"order": func(t *testing.T, ioctx *rados.IOContext) {
			for _, bad := range []struct {
				seq   rados.SnapID
				snaps []rados.SnapID
			}{{1, []rados.SnapID{2}}, {3, []rados.SnapID{1, 2}}, {2, []rados.SnapID{1, 1}}, {0, []rados.SnapID{1}}} {
				assert.ErrorIs(t, ioctx.SetSelfManagedSnapContext(bad.seq, bad.snaps), syscall.EINVAL, "%v", bad)
			}
			require.NoError(t, ioctx.SetSelfManagedSnapContext(7, []rados.SnapID{5, 3}))
			require.NoError(t, ioctx.SetSelfManagedSnapContext(7, nil))
			require.NoError(t, ioctx.SetSelfManagedSnapContext(0, nil))
		},
		"Clone": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("then")))
			snap := takeSnap(t, ioctx)
			c, err := ioctx.Clone()
			require.NoError(t, err)
			defer c.Destroy()
			require.NoError(t, c.WriteFull("foo", []byte("now")))
			require.NoError(t, c.SetReadSnap(snap))
			assert.Equal(t, "then", string(content(t, c, "foo")))
			assert.Equal(t, "now", string(content(t, ioctx, "foo")))
		},
		"no others": func(t *testing.T, ioctx *rados.IOContext) {
			takeSnap(t, ioctx)
			assert.ErrorIs(t, ioctx.CreateSnap("snap"), syscall.EINVAL)
		},
		"others first": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.CreateSnap("snap"))
			_, err := ioctx.CreateSelfManagedSnap()
			assert.ErrorIs(t, err, syscall.EINVAL)
			require.NoError(t, ioctx.RemoveSnap("snap"))
			_, err = ioctx.CreateSelfManagedSnap()
			assert.ErrorIs(t, err, syscall.EINVAL, "the pool is settled")
		},
	} {
		t.Run(name, func(t *testing.T) {
			conn := radostest.Conn(t)
			test(t, open(t, conn, makePool(t, conn)))
		})
	}
}

// takeSnap makes a snapshot and writes with it from now on, and with the older ones.
func takeSnap(t *testing.T, ioctx *rados.IOContext, older ...rados.SnapID) rados.SnapID {
	t.Helper()
	snap, err := ioctx.CreateSelfManagedSnap()
	require.NoError(t, err)
	require.NoError(t, ioctx.SetSelfManagedSnapContext(snap, append([]rados.SnapID{snap}, older...)))
	return snap
}

func TestMakePoolWithCrushRule(t *testing.T) {
	conn := radostest.Conn(t)
	name := unique("pool")
	require.NoError(t, conn.MakePoolWithCrushRule(name, 0))
	t.Cleanup(func() { conn.DeletePool(name) })
	assert.Equal(t, rados.ErrObjectExists, conn.MakePoolWithCrushRule(name, 0))
	assert.Equal(t, rados.ErrNotFound, conn.MakePoolWithCrushRule(unique("pool"), 200))
	var pool struct {
		Rule string `json:"crush_rule"`
	}
	asked(t, conn, &pool, command(t, "osd pool get", "pool", name, "var", "crush_rule"))
	assert.Equal(t, "replicated_rule", pool.Rule)
}

// asked is what a monitor answers.
func asked(t testing.TB, conn *rados.Conn, answer any, command []byte) {
	t.Helper()
	out, status, err := conn.MonCommand(command)
	require.NoError(t, err, status)
	if answer != nil {
		require.NoError(t, json.Unmarshal(out, answer), "%s", out)
	}
}

func TestGetBaseTier(t *testing.T) {
	conn := radostest.Conn(t)
	base, cache := makePool(t, conn), makePool(t, conn)
	baseID, err := conn.GetPoolByName(base)
	require.NoError(t, err)
	cacheID, err := conn.GetPoolByName(cache)
	require.NoError(t, err)
	tier, err := conn.GetBaseTier(cacheID)
	require.NoError(t, err)
	assert.Equal(t, cacheID, tier, "it is none")
	asked(t, conn, nil, command(t, "osd tier add", "pool", base, "tierpool", cache))
	t.Cleanup(func() { asked(t, conn, nil, command(t, "osd tier remove", "pool", base, "tierpool", cache)) })
	require.NoError(t, conn.WaitForLatestOSDMap())
	tier, err = conn.GetBaseTier(cacheID)
	require.NoError(t, err)
	assert.Equal(t, baseID, tier)
	tier, err = conn.GetBaseTier(baseID)
	require.NoError(t, err)
	assert.Equal(t, baseID, tier)
	_, err = conn.GetBaseTier(1 << 40)
	assert.Equal(t, rados.ErrNotFound, err)
}

func TestCachePin(t *testing.T) {
	conn := radostest.Conn(t)
	base, cache := makePool(t, conn), makePool(t, conn)
	tier := func(what string, pairs ...any) { asked(t, conn, nil, command(t, "osd tier "+what, pairs...)) }
	tier("add", "pool", base, "tierpool", cache)
	t.Cleanup(func() { tier("remove", "pool", base, "tierpool", cache) })
	tier("cache-mode", "pool", cache, "mode", "writeback")
	t.Cleanup(func() { tier("cache-mode", "pool", cache, "mode", "proxy", "yes_i_really_mean_it", true) })
	tier("set-overlay", "pool", base, "overlaypool", cache)
	t.Cleanup(func() { tier("remove-overlay", "pool", base) })
	asked(t, conn, nil, command(t, "osd pool set", "pool", cache, "var", "hit_set_type", "val", "bloom"))
	require.NoError(t, conn.WaitForLatestOSDMap())
	ioctx := open(t, conn, base)
	require.NoError(t, ioctx.WriteFull("foo", []byte("data")))
	require.NoError(t, ioctx.CachePin("foo"))
	require.NoError(t, ioctx.CacheUnpin("foo"))
	assert.NoError(t, ioctx.CacheUnpin("foo"), "again")
	assert.Equal(t, rados.ErrNotFound, ioctx.CachePin("none"))
}

func TestListInconsistentPGs(t *testing.T) {
	conn := radostest.Conn(t)
	ioctx := open(t, conn, makePool(t, conn))
	var pgs []string
	require.Eventually(t, func() (done bool) { // the manager hears of a new pool a little later
		var err error
		pgs, err = conn.ListInconsistentPGs(ioctx.GetPoolID())
		return err == nil
	}, patience, 100*time.Millisecond)
	assert.Empty(t, pgs)
	var err error
	_, err = conn.ListInconsistentPGs(1 << 40)
	assert.Equal(t, rados.ErrNotFound, err)
}

func TestApplicationMetadata(t *testing.T) {
	conn := radostest.Conn(t)
	ioctx := open(t, conn, makePool(t, conn))
	apps := func() []string {
		list, err := ioctx.ListApplications()
		require.NoError(t, err)
		return list
	}
	t.Run("enable", func(t *testing.T) {
		assert.Empty(t, apps())
		require.NoError(t, ioctx.EnableApplication("one", false))
		require.NoError(t, ioctx.EnableApplication("one", false), "again")
		assert.Equal(t, []string{"one"}, apps())
		assert.Equal(t, rados.ErrPermissionDenied, ioctx.EnableApplication("two", false))
		require.NoError(t, ioctx.EnableApplication("two", true))
		assert.ElementsMatch(t, []string{"one", "two"}, apps())
	})
	t.Run("metadata", func(t *testing.T) {
		want := map[string]string{"key": "value", "empty": "", "long": strings.Repeat("v", 100), "ü": "ö"}
		for key, value := range want {
			require.NoError(t, ioctx.SetApplicationMetadata("one", key, value))
			got, err := ioctx.GetApplicationMetadata("one", key)
			require.NoError(t, err)
			assert.Equal(t, value, got)
		}
		got, err := ioctx.ListApplicationMetadata("one")
		require.NoError(t, err)
		assert.Equal(t, want, got)
		got, err = ioctx.ListApplicationMetadata("two")
		require.NoError(t, err)
		assert.Empty(t, got)
		require.NoError(t, ioctx.RemoveApplicationMetadata("one", "key"))
		require.NoError(t, ioctx.RemoveApplicationMetadata("one", "key"), "again")
		_, err = ioctx.GetApplicationMetadata("one", "key")
		assert.Equal(t, rados.ErrNotFound, err)
	})
	t.Run("not enabled", func(t *testing.T) {
		_, err := ioctx.ListApplicationMetadata("three")
		assert.Equal(t, rados.ErrNotFound, err)
		_, err = ioctx.GetApplicationMetadata("three", "key")
		assert.Equal(t, rados.ErrNotFound, err)
		assert.Equal(t, rados.ErrNotFound, ioctx.SetApplicationMetadata("three", "key", "value"))
		assert.Equal(t, rados.ErrNotFound, ioctx.RemoveApplicationMetadata("three", "key"))
	})
}

func TestBlocklistAdd(t *testing.T) {
	conn, other := radostest.Conn(t), radostest.Conn(t)
	pool := makePool(t, conn)
	ioctx := open(t, other, pool)
	require.NoError(t, ioctx.WriteFull("foo", []byte("data")))
	address, err := other.GetAddrs()
	require.NoError(t, err)
	require.NoError(t, conn.BlocklistAdd(address, time.Minute))
	require.NoError(t, other.WaitForLatestOSDMap(), "the monitors do not shut it out")
	assert.ErrorIs(t, ioctx.WriteFull("foo", []byte("changed")), syscall.ESHUTDOWN)
	_, err = ioctx.Read("foo", make([]byte, 4), 0)
	assert.ErrorIs(t, err, syscall.ESHUTDOWN)
	assert.Equal(t, "data", string(content(t, open(t, conn, pool), "foo")))
	assert.ErrorIs(t, conn.BlocklistAdd("no address", time.Minute), syscall.EINVAL)
	assert.ErrorIs(t, conn.BlocklistAdd("", time.Minute), syscall.EINVAL)
}

func TestMinCompatible(t *testing.T) {
	conn := radostest.Conn(t)
	require.NoError(t, conn.WaitForLatestOSDMap())
	numbers := map[string]int8{"unknown": 0, "": 0}
	for i, name := range strings.Fields("argonaut bobtail cuttlefish dumpling emperor firefly giant hammer infernalis jewel kraken luminous mimic nautilus octopus pacific quincy reef squid tentacle") {
		numbers[name] = int8(i + 1)
	}
	var dump struct {
		OSD      string `json:"require_osd_release"`
		Minimum  string `json:"min_compat_client"`
		Required string `json:"require_min_compat_client"`
	}
	asked(t, conn, &dump, command(t, "osd dump"))
	osd, err := conn.GetMinCompatibleOSD()
	require.NoError(t, err)
	assert.Equal(t, numbers[dump.OSD], osd)
	assert.EqualValues(t, release(t), osd)
	minimum, required, err := conn.GetMinCompatibleClient()
	require.NoError(t, err)
	assert.Equal(t, []int8{numbers[dump.Minimum], numbers[dump.Required]}, []int8{minimum, required}, "%v", dump)
	assert.Positive(t, minimum)
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
}

func TestRegisterService(t *testing.T) {
	conn := radostest.Conn(t)
	service, daemon := unique("service"), unique("daemon")
	require.NoError(t, conn.RegisterService(service, daemon, map[string]string{"color": "red", "size": "large"}))
	assert.Equal(t, rados.ErrObjectExists, conn.RegisterService(service, daemon, nil))
	require.NoError(t, conn.UpdateServiceStatus(map[string]string{"state": "busy"}))

	type entry struct {
		Metadata map[string]string `json:"metadata"`
		Status   map[string]string `json:"task_status"`
	}
	find := func() (found entry) {
		var dump struct {
			Services map[string]struct {
				Daemons map[string]json.RawMessage `json:"daemons"`
			} `json:"services"`
		}
		out, status, err := conn.MgrCommand([][]byte{command(t, "service dump")})
		require.NoError(t, err, status)
		require.NoError(t, json.Unmarshal(out, &dump), "%s", out)
		if text := dump.Services[service].Daemons[daemon]; text != nil {
			require.NoError(t, json.Unmarshal(text, &found), "%s", text)
		}
		return found
	}
	require.Eventually(t, func() bool { return find().Metadata["color"] == "red" }, 30*time.Second, 200*time.Millisecond)
	assert.Equal(t, "large", find().Metadata["size"])
}

func TestUpdateServiceStatusOfNone(t *testing.T) {
	assert.NoError(t, radostest.Conn(t).UpdateServiceStatus(nil), "it goes nowhere")
}

func TestMonitorLogLevels(t *testing.T) {
	conn := radostest.Conn(t)
	const patience = 30 * time.Second
	say := func(text string) {
		asked(t, conn, nil, command(t, "log", "logtext", []string{text}))
	}
	entries := make(chan rados.LogEntry, 1000)
	hear := func(text string) rados.LogEntry {
		for limit := time.After(patience); ; {
			select {
			case e := <-entries:
				if e.Message == text {
					return e
				}
			case <-limit:
				require.FailNow(t, "the line does not come")
			}
		}
	}
	before := time.Now().Add(-time.Second)
	m, err := conn.MonitorLog("info", func(e rados.LogEntry) { entries <- e })
	require.NoError(t, err)
	text := unique("said")
	say(text)
	e := hear(text)
	assert.Equal(t, "cluster", e.Channel)
	assert.Equal(t, "[INF]", e.Level)
	assert.Equal(t, "client.admin", e.Name)
	assert.Contains(t, e.Who, "client.")
	assert.Contains(t, e.Line, text)
	assert.WithinRange(t, e.Time, before, time.Now().Add(patience))

	var out lines
	second, err := conn.MonitorLog("info", rados.LogTo(slog.New(slog.NewJSONHandler(&out, nil))))
	require.NoError(t, err)
	text = unique("said")
	say(text)
	require.Eventually(t, func() bool { return strings.Contains(out.String(), text) }, patience, 50*time.Millisecond)
	assert.Contains(t, out.String(), `"daemon":"client.admin"`)
	m.Stop()
	second.Stop()

	_, err = conn.MonitorLog("loud", func(rados.LogEntry) {})
	assert.ErrorIs(t, err, syscall.EINVAL)
}

func TestOpenIOContextByID(t *testing.T) {
	conn := radostest.Conn(t)
	pool := makePool(t, conn)
	byName := open(t, conn, pool)
	require.NoError(t, byName.WriteFull("foo", []byte("data")))
	ioctx, err := conn.OpenIOContextByID(byName.GetPoolID())
	require.NoError(t, err)
	defer ioctx.Destroy()
	assert.Equal(t, byName.GetPoolID(), ioctx.GetPoolID())
	name, err := ioctx.GetPoolName()
	require.NoError(t, err)
	assert.Equal(t, pool, name)
	assert.Equal(t, "data", string(content(t, ioctx, "foo")))
}

func TestParseConfigArgvRemainder(t *testing.T) {
	for _, test := range []struct {
		argv, want []string
		option     string // "" if it is what it was
	}{
		{[]string{"program"}, []string{"program"}, ""},
		{[]string{"program", "file", "--log_file", "set", "-v", "--own=1"}, []string{"program", "file", "-v", "--own=1"}, "set"},
		{[]string{"program", "--log-file=set", "--", "--log_file", "no"}, []string{"program", "--", "--log_file", "no"}, "set"},
		{[]string{"program", "--", "--log_file", "no", "--"}, []string{"program", "--", "--log_file", "no", "--"}, ""},
	} {
		conn := fresh(t)
		value, err := conn.GetConfigOption("log_file")
		require.NoError(t, err)
		if test.option == "" {
			test.option = value
		}
		rest, err := conn.ParseConfigArgvRemainder(test.argv)
		require.NoError(t, err)
		assert.Equal(t, test.want, rest, "%q", test.argv)
		value, err = conn.GetConfigOption("log_file")
		require.NoError(t, err)
		assert.Equal(t, test.option, value, "%q", test.argv)
	}
}

// TestManagerThatDoesNotAnswer: librados gives the code of a time-out the wrong sign, so
// that it would look like success. The manager must not answer later on: librados would
// put the answer where nobody waits for it any more.
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
