package fakelibrados_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/internal/test/misuse"
	"github.com/go-rados/go-rados/rados"
)

// The tests of this file call all exported functions of the generated packages with
// invalid arguments: no call crashes, hangs, or succeeds where it can't.

// fixture returns the fixture of a test on the fake.
func fixture(t *testing.T) *misuse.Fixture {
	t.Helper()
	fresh(t)
	fakelibrados.CountText(misuse.Cut)
	s := &misuse.Fixture{
		Connect: func() *rados.Conn {
			conn, err := rados.NewConn()
			assert.NoError(t, err)
			assert.NoError(t, conn.Connect())
			return conn
		},
		Notify: func(_ *rados.IOContext, w *rados.Watcher) rados.NotifyEvent {
			fakelibrados.Notify(fakelibrados.WatchNumber(uint64(w.ID())), 1, 2, "data")
			return <-w.Events()
		},
	}
	answers()
	t.Cleanup(func() {
		s.Close()
		collectUntil(t, "freed", nothingLives)
	})
	return s
}

// answers has functions return something.
func answers() {
	sum := "\x01\x00\x00\x00\xff\xff\xff\xff"
	pairs := []string{"key", "value", "other", ""}
	object := []string{"object", "", "namespace"}
	for function, answers := range map[string][]string{
		"rados_application_list":               {"app\x00"},
		"rados_application_metadata_list":      {"key\x00", "value\x00"},
		"rados_checksum":                       {sum},
		"rados_getxattrs":                      pairs,
		"rados_inconsistent_pg_list":           {"1.0\x00\x00"},
		"rados_ioctx_snap_list":                {memory(1, 2)},
		"rados_list_lockers":                   {"tag\x00", "client\x00", "cookie\x00", "address\x00"},
		"rados_mgr_command":                    {"output", "status"},
		"rados_mgr_command_target":             {"output", "status"},
		"rados_mon_command":                    {"output", "status"},
		"rados_mon_command_target":             {"output", "status"},
		"rados_nobjects_list_next2":            object,
		"rados_notify2":                        {reply([]rados.NotifyAck{{Response: data}}, []rados.NotifyTimeout{{}})},
		"rados_object_list":                    object,
		"rados_osd_command":                    {"output", "status"},
		"rados_pg_command":                     {"output", "status"},
		"rados_pool_list":                      {"pool\x00other\x00\x00"},
		"rados_read_op_checksum":               {sum},
		"rados_read_op_exec":                   {"output"},
		"rados_read_op_getxattrs":              pairs,
		"rados_read_op_omap_get_keys2":         {"key", "", "other", ""},
		"rados_read_op_omap_get_vals2":         pairs,
		"rados_read_op_omap_get_vals_by_keys2": pairs,
		"rados_read_op_read":                   {"content"},
		"rados_read_op_stat2":                  {memory(10), memory(1, 2)},
		"rados_striper_getxattrs":              pairs,
		"rados_striper_read":                   {"text"},
		"rados_striper_stat2":                  {memory(10), memory(1, 2)},
	} {
		fakelibrados.Answer(function, answers...)
	}
}

// forEachFunction runs a test for each function.
func forEachFunction(t *testing.T, test func(*testing.T, *misuse.Fixture, misuse.Function)) {
	for _, folder := range misuse.Packages() {
		t.Run(folder, func(t *testing.T) {
			for _, f := range misuse.Functions(folder) {
				t.Run(f.Name, func(t *testing.T) { test(t, fixture(t), f) })
			}
		})
	}
}

// TestHostileArguments passes each invalid argument for each parameter,
// including the receiver, and then several of them in one call.
func TestHostileArguments(t *testing.T) {
	forEachFunction(t, func(t *testing.T, s *misuse.Fixture, f misuse.Function) {
		choices := s.Choices(f)
		collectUntil(t, "ended", nothingLives) // some comes to its end by and by
		abuse(t, choices.Ordinary())
		for call := range choices.Each {
			abuse(t, call)
		}
		random := rand.New(rand.NewPCG(1, 2)) // the same each time
		for range 30 {
			abuse(t, choices.Mixed(random.IntN))
		}
	})
}

// abuse makes a call that may be invalid, and checks its results.
func abuse(t *testing.T, call misuse.Call) {
	t.Helper()
	before, cut := used(), fakelibrados.TextCount()
	o := call.Do()
	defer call.End()
	defer o.End()
	assert.NoError(t, call.Check(o))
	if call.Ended() {
		assert.Equal(t, before, used(), "%v sends something", call)
	}
	if call.Function.Name == "Conn.MonitorLog" && o.Err == nil && !call.Ended() {
		logged(fakelibrados.Calls("rados_monitor_log2")-1, 1)
	}
	if !asksForMore[call.Function.Name] {
		assert.Equal(t, cut, fakelibrados.TextCount(), "%v cuts a text short at its NUL byte", call)
	}
}

// used returns sent without the calls that only free something, which may come
// late, or report what another call was given.
func used() int {
	return callsBut(slices.Concat(locals, []string{"rados_unwatch2", "rados_ioctx_destroy", "rados_shutdown", "rados_ioctx_get_id",
		"rados_nobjects_list_close", "rados_object_list_cursor_free"}))
}

// asksForMore are functions that ask for all entries with a common prefix,
// since C can't be told more, and select the wanted entries.
var asksForMore = map[string]bool{
	"IOContext.GetAllOmapValues": true, "IOContext.GetAllOmapValuesContext": true,
	"IOContext.GetOmapValues": true, "IOContext.GetOmapValuesContext": true,
	"IOContext.ListOmapValues": true, "IOContext.ListOmapValuesContext": true,
	"IOContext.Omap": true, "IOContext.OmapContext": true,
	"IOContext.OmapViews": true, "IOContext.OmapViewsContext": true,
}

// TestManyAtOnce calls each function from a hundred goroutines with the same
// arguments.
func TestManyAtOnce(t *testing.T) {
	forEachFunction(t, func(t *testing.T, s *misuse.Fixture, f misuse.Function) {
		call := s.Choices(f).Ordinary()
		defer call.End()
		var wg await.Group
		var succeeded atomic.Int64
		for range 100 {
			wg.Go(func() {
				o := call.Do()
				assert.NoError(t, o.Failure)
				if o.Err == nil {
					succeeded.Add(1)
				}
				o.End()
			})
		}
		wg.Wait()
		if strings.Contains(f.Name, "Op.Operate") {
			assert.EqualValues(t, 1, succeeded.Load(), "an operation is performed once")
		}
	})
}

// TestEndedUnderCalls closes the Conn, the IOContext or both while the function
// is called.
func TestEndedUnderCalls(t *testing.T) {
	times := 10
	if testing.Short() {
		times = 2
	}
	forEachFunction(t, func(t *testing.T, s *misuse.Fixture, f misuse.Function) {
		for range times {
			for ending := range s.Choices(f).Endings {
				require.NoError(t, ending.Race(5))
			}
		}
	})
}

// The tests below repeat what the tests above have found.

func TestNilCallbackIsRefused(t *testing.T) {
	o := both(t)
	_, err := o.conn.MonitorLog("info", nil)
	assert.ErrorIs(t, err, syscall.EINVAL)
	_, err = o.conn.MonitorLog("info", rados.LogTo(nil))
	assert.ErrorIs(t, err, syscall.EINVAL)
	assert.Zero(t, fakelibrados.Calls("rados_monitor_log2"))
	answers()
	assert.ErrorIs(t, o.ioctx.ListObjects(nil), syscall.EINVAL)
	assert.ErrorIs(t, o.ioctx.ListOmapValues("object", "", "", 10, nil), syscall.EINVAL)
}

func TestNilContextIsRefused(t *testing.T) {
	ioctx := opened(t)
	var none context.Context
	sendsNothing(t, func() {
		assert.ErrorIs(t, ioctx.WriteContext(none, "object", data, 0), syscall.EINVAL)
		_, err := ioctx.ReadContext(none, "object", data, 0)
		assert.ErrorIs(t, err, syscall.EINVAL)
		assert.ErrorIs(t, rados.CreateWriteOp().OperateContext(none, ioctx, "object", 0), syscall.EINVAL)
	})
}

// TestTooManyWorkers asks for as many workers as there are numbers, which could
// never be started.
func TestTooManyWorkers(t *testing.T) {
	ioctx := opened(t)
	await.Return(t, func() {
		for _, err := range ioctx.ObjectsParallel(math.MaxInt) {
			assert.NoError(t, err)
		}
	})
	assert.Equal(t, 2*1024, fakelibrados.Calls("rados_object_list_begin"), "those of each slice")
}

func TestErrorsOfNothing(t *testing.T) {
	var object *rados.ObjectError
	var missing *rados.MissingFunctionError
	assert.Equal(t, "rados: no error", object.Error())
	assert.NoError(t, object.Unwrap())
	assert.Equal(t, "rados: Read pool", (&rados.ObjectError{Op: "Read", Pool: "pool"}).Error())
	assert.Equal(t, "rados: no error", missing.Error())
	_, ok := rados.MismatchOffset(object)
	assert.False(t, ok)
}

// TestOmapEntriesTakenByMany takes entries from several goroutines: each goes
// to one of them.
func TestOmapEntriesTakenByMany(t *testing.T) {
	ioctx := opened(t)
	want := make([]string, 200)
	for i := range want {
		want[i] = fmt.Sprintf("key-%03d", i)
		fakelibrados.Answer("rados_read_op_omap_get_vals2", want[i], "value")
	}
	op := rados.CreateReadOp()
	step := op.GetOmapValues("", "", 1000)
	require.NoError(t, op.Operate(ioctx, "object", 0))
	var mu sync.Mutex
	var got []string
	var wg await.Group
	for range 4 {
		wg.Go(func() {
			for {
				kv, err := step.Next()
				if assert.NoError(t, err); kv == nil {
					return
				}
				mu.Lock()
				got = append(got, kv.Key)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	assert.ElementsMatch(t, want, got)
}
