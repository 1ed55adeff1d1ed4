package fakelibrados_test

import (
	"fmt"
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

// TestTextsWithoutNUL reads strings that librados does not terminate: they end
// with the buffer.
func TestTextsWithoutNUL(t *testing.T) {
	forEachText(t, func(t *testing.T, tx text) {
		o := both(t)
		tx.prepare(&o, "text")
		fakelibrados.Unterminated()
		got, err := tx.get(o)
		require.NoError(t, err)
		assert.Equal(t, strings.Repeat("x", tx.first), got)
	})
}

// TestTextsOfNothing reads buffers that librados does not write: they are
// zeros, not memory that was used before.
func TestTextsOfNothing(t *testing.T) {
	forEachText(t, func(t *testing.T, tx text) {
		o := both(t)
		for _, ret := range []int{0, 30} {
			fakelibrados.Return(tx.sends, ret)
			got, err := tx.get(o)
			require.NoError(t, err)
			assert.Empty(t, strings.Trim(got, "\x00"))
		}
	})
	conn := connected(t)
	fakelibrados.Return("rados_pool_list", 100)
	pools, err := conn.ListPools()
	require.NoError(t, err)
	assert.Empty(t, pools)
}

// TestTextsLongerThanTheBuffer has librados return a length beyond the buffer.
func TestTextsLongerThanTheBuffer(t *testing.T) {
	forEachText(t, func(t *testing.T, tx text) {
		o := both(t)
		fakelibrados.Return(tx.sends, 1<<20)
		got, err := tx.get(o)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(got), tx.first)
	})
	ioctx := opened(t)
	fakelibrados.Return("rados_ioctx_snap_list", 1<<20)
	snaps, err := ioctx.ListSnaps()
	require.NoError(t, err)
	assert.LessOrEqual(t, len(snaps), 1<<10)
}

// text is a method that returns a string of any length, which librados writes
// to a buffer that may be too short.
type text struct {
	name    string
	sends   string
	first   int // the buffer that is tried first
	short   syscall.Errno
	prepare func(o *on, text string)
	get     func(o on) (string, error)
}

var texts = []text{
	{"GetConfigOption", "rados_conf_get", 256, syscall.ENAMETOOLONG,
		func(_ *on, text string) { fakelibrados.Answer("rados_conf_get", text) },
		func(o on) (string, error) { return o.conn.GetConfigOption("option") }},
	{"GetFSID", "rados_cluster_fsid", 37, syscall.ERANGE,
		func(_ *on, text string) { fakelibrados.Answer("rados_cluster_fsid", text) },
		func(o on) (string, error) { return o.conn.GetFSID() }},
	{"GetPoolByID", "rados_pool_reverse_lookup", 256, syscall.ERANGE,
		func(_ *on, text string) { fakelibrados.Answer("rados_pool_reverse_lookup", text) },
		func(o on) (string, error) { return o.conn.GetPoolByID(7) }},
	{"GetNamespace", "rados_ioctx_get_namespace", 128, syscall.ERANGE,
		func(o *on, text string) { o.ioctx.SetNamespace(text) },
		func(o on) (string, error) { return o.ioctx.GetNamespace() }},
	{"GetPoolName", "rados_ioctx_get_pool_name", 128, syscall.ERANGE,
		func(o *on, text string) {
			o.ioctx, _ = o.conn.OpenIOContext(text)
		},
		func(o on) (string, error) { return o.ioctx.GetPoolName() }},
}

func forEachText(t *testing.T, test func(*testing.T, text)) {
	for _, tx := range texts {
		t.Run(tx.name, func(t *testing.T) { test(t, tx) })
	}
}

func TestTextsOfAnyLength(t *testing.T) {
	forEachText(t, func(t *testing.T, tx text) {
		for length, calls := range map[int]int{
			0:                 1,
			1:                 1,
			tx.first - 1:      1, // with its NUL just right
			tx.first:          2,
			2*tx.first - 1:    2,
			2 * tx.first:      3,
			100*tx.first + 17: 8,
		} {
			t.Run(fmt.Sprint(length), func(t *testing.T) {
				o := both(t)
				want := strings.Repeat("ü", length/2) + strings.Repeat("x", length%2)
				tx.prepare(&o, want)
				got, err := tx.get(o)
				require.NoError(t, err)
				assert.Equal(t, want, got)
				assert.Equal(t, calls, fakelibrados.Calls(tx.sends)-madeByBoth[tx.sends])
			})
		}
	})
}

// TestTextsThatFailWhenTriedAgain has the second attempt with a larger buffer
// fail: its error is returned, and the buffer freed.
func TestTextsThatFailWhenTriedAgain(t *testing.T) {
	forEachText(t, func(t *testing.T, tx text) {
		o := both(t)
		tx.prepare(&o, strings.Repeat("x", 10*tx.first))
		fakelibrados.ReturnAfter(tx.sends, 2, -int(syscall.EIO))
		got, err := tx.get(o)
		assert.ErrorIs(t, err, syscall.EIO)
		assert.Empty(t, got)
		assert.Equal(t, 3, fakelibrados.Calls(tx.sends)-madeByBoth[tx.sends])
	})
}

// TestTextsThatNeverFit has librados ask for larger buffers forever.
func TestTextsThatNeverFit(t *testing.T) {
	if testing.Short() {
		t.Skip("doubles a buffer up to 2 GiB for each text")
	}
	forEachText(t, func(t *testing.T, tx text) {
		o := both(t)
		fakelibrados.Return(tx.sends, -int(tx.short))
		_, err := tx.get(o)
		assert.ErrorIs(t, err, syscall.ENOMEM)
	})
}

// TestTextsOtherErrors expects an errno as the error if it asks for a larger
// buffer from other functions only.
func TestTextsOtherErrors(t *testing.T) {
	forEachText(t, func(t *testing.T, tx text) {
		for _, errno := range []syscall.Errno{syscall.ERANGE, syscall.ENAMETOOLONG, syscall.EIO} {
			if errno == tx.short {
				continue
			}
			t.Run(errno.Error(), func(t *testing.T) {
				o := both(t)
				fakelibrados.Return(tx.sends, -int(errno))
				_, err := tx.get(o)
				assert.ErrorIs(t, err, errno)
				assert.Equal(t, 1, fakelibrados.Calls(tx.sends)-madeByBoth[tx.sends])
			})
		}
	})
}

// TestNilAndEmptyResults expects nil for an absent value, empty data of a
// notification and the output of a command without one, even if C allocates
// memory for it. An empty value of a key is not nil.
func TestNilAndEmptyResults(t *testing.T) {
	o := both(t)
	w := watch(t, o.ioctx)
	fakelibrados.Notify(0, 1, 1, "")
	assert.Equal(t, []byte(nil), await.Next(t, w.Events()).Data)
	require.NoError(t, w.Delete())

	for _, response := range [][]byte{nil, {}} {
		fakelibrados.Answer("rados_notify2", reply([]rados.NotifyAck{{Response: response}}, nil))
		acks, _, err := o.ioctx.Notify("object", nil)
		require.NoError(t, err)
		require.Len(t, acks, 1)
		assert.Equal(t, []byte(nil), acks[0].Response)
	}

	fakelibrados.Answer("rados_mon_command", "", "status")
	output, status, err := o.conn.MonCommand([]byte(`{"prefix":"status"}`))
	require.NoError(t, err)
	assert.Equal(t, "status", status)
	assert.Equal(t, []byte(nil), output)

	fakelibrados.Answer("rados_read_op_getxattrs", "key", "")
	xattrs, err := o.ioctx.ListXattrs("object")
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"key": {}}, xattrs)

	fakelibrados.Answer("rados_read_op_omap_get_vals2", "key", "")
	values, err := o.ioctx.GetOmapValues("object", "", "", 10)
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"key": {}}, values)

	r := rados.CreateReadOp()
	pairs := r.GetOmapValues("", "", 10)
	exec := r.Exec("class", "method", nil)
	require.NoError(t, r.Operate(o.ioctx, "object", 0))
	pair, err := pairs.Next()
	require.NoError(t, err)
	assert.Equal(t, &rados.OmapKeyValue{Key: "key", Value: []byte{}}, pair)
	out, err := exec.Bytes()
	require.NoError(t, err)
	assert.Equal(t, []byte{}, out)
}

func TestLargestNumbers(t *testing.T) {
	o := both(t)
	fakelibrados.Return("rados_get_instance_id", -1)
	assert.EqualValues(t, uint64(math.MaxUint64), o.conn.GetInstanceID())
	fakelibrados.Return("rados_ioctx_get_id", math.MaxInt64)
	assert.EqualValues(t, math.MaxInt64, o.ioctx.GetPoolID())
	fakelibrados.Return("rados_pool_lookup", math.MaxInt64)
	id, err := o.conn.GetPoolByName("pool")
	require.NoError(t, err)
	assert.EqualValues(t, math.MaxInt64, id)
}

func TestNumbersOfEachSize(t *testing.T) {
	o := both(t)
	fakelibrados.Answer("rados_get_min_compatible_osd", "\x10")
	osd, err := o.conn.GetMinCompatibleOSD()
	require.NoError(t, err)
	assert.EqualValues(t, 16, osd)
	fakelibrados.Answer("rados_get_min_compatible_client", "\x0c", "\xff")
	minimum, required, err := o.conn.GetMinCompatibleClient()
	require.NoError(t, err)
	assert.Equal(t, []int8{12, -1}, []int8{minimum, required})
	fakelibrados.Answer("rados_pool_get_base_tier", memory(1<<40))
	tier, err := o.conn.GetBaseTier(7)
	require.NoError(t, err)
	assert.EqualValues(t, 1<<40, tier)
	fakelibrados.Answer("rados_ioctx_selfmanaged_snap_create", memory(1<<63))
	snap, err := o.ioctx.CreateSelfManagedSnap()
	require.NoError(t, err)
	assert.EqualValues(t, uint64(1<<63), snap)
}
