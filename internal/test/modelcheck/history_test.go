package modelcheck

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// at makes a record whose times are in seconds; an unknown outcome has no end.
func at(call, end time.Duration, op Op, result string) Record {
	return Record{Op: op, Call: call * time.Second, Return: end * time.Second, Result: result}
}

func full(value string) Op { return Op{Kind: WriteFull, Value: value, Length: len(value)} }

var (
	a, b, c = "<0.0.1>", "<0.0.2>", "<0.0.3>"
	read    = Op{Kind: Read, Length: 100}
	list    = Op{Kind: Listed}
	remove  = Op{Kind: Remove}
)

func then(snap uint64, op Op) Op { op.Snap = snap; return op }

func knowing(snap uint64, op Op) Op { op.Have = []uint64{snap}; return op }

// TestWrongHistories are rejected, each for one reason.
func TestWrongHistories(t *testing.T) {
	for name, h := range map[string]History{
		"a lost write":  {at(1, 2, full(a), Done), at(3, 4, full(b), Done), at(5, 6, read, a)},
		"a lost object": {at(1, 2, full(a), Done), at(3, 4, read, "ENOENT")},
		"a stale read": {
			at(1, 2, full(a), Done), at(3, 9, full(b), Done),
			at(4, 5, read, b), at(6, 7, read, a),
		},
		"a write seen before it was called": {at(1, 2, full(a), Done), at(3, 4, read, b), at(5, 6, full(b), Done)},
		"an unknown write that appears and disappears": {
			at(1, 2, full(a), Done), at(3, 4, full(b), Unknown),
			at(5, 6, read, a), at(7, 8, read, b), at(9, 10, read, a),
		},
		"an unknown write that is performed twice": {
			at(1, 2, full(a), Done), at(3, 4, full(b), Unknown), at(5, 6, read, b),
			at(7, 8, full(a), Done), at(9, 10, read, a), at(11, 12, read, b),
		},
		"an unknown append that is performed twice": {
			at(1, 2, Op{Kind: Append, Value: a, Length: len(a)}, Unknown), at(3, 4, read, a+a),
		},
		"a write that was not sent, and is there": {at(1, 2, full(a), NotDone), at(3, 4, read, a)},
		"a failure that was none":                 {at(1, 2, Op{Kind: Create}, Done), at(3, 4, remove, "ENOENT")},
		"an error from nowhere":                   {at(1, 2, full(a), "errno 5")},
		"half of an operation": {
			at(1, 2, Op{Kind: Replace, Key: "a", Value: a, Length: len(a)}, Done),
			at(3, 5, Op{Kind: Replace, Key: "a", Value: b, Length: len(b)}, Done),
			at(4, 6, Op{Kind: ReadAll}, everything(b, map[string]string{"a": a}, map[string]string{"a": b})),
		},
		"two exchanges of one value": {
			at(1, 2, Op{Kind: SetXattr, Key: "a", Value: a}, Done),
			at(3, 5, Op{Kind: Exchange, Key: "a", Want: a, Value: b}, Done),
			at(4, 6, Op{Kind: Exchange, Key: "a", Want: a, Value: c}, Done),
		},
		"a listing without the object": {at(1, 2, full(a), Done), at(3, 4, list, "false")},
		"a listing with an object that is gone": {
			at(1, 2, full(a), Done), at(3, 4, remove, Done), at(5, 6, list, "true"),
		},
		"a snapshot of what came later": {
			at(1, 2, full(a), Done), at(3, 4, knowing(7, full(b)), Done), at(5, 6, then(7, read), b),
		},
		"a named snapshot of what came later": {
			at(1, 2, full(a), Done), at(3, 4, Op{Kind: Snapshot, Snap: 7}, Done), at(5, 6, full(b), Done), at(7, 8, then(7, read), b),
		},
		"a rollback that did nothing": {
			at(1, 2, full(a), Done), at(3, 4, knowing(7, full(b)), Done),
			at(5, 6, knowing(7, then(7, Op{Kind: Rollback})), Done), at(7, 8, read, b),
		},
		"a lock with two holders": {
			at(1, 2, Op{Kind: Lock, Owner: "<1.1>"}, Done), at(3, 4, Op{Kind: Lock, Owner: "<1.2>"}, Done),
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, Unexplained, h.Check(time.Minute))
			shrunk := h.Shrink(time.Minute)
			assert.Equal(t, Unexplained, shrunk.Check(time.Minute))
			assert.LessOrEqual(t, len(shrunk), len(h))
		})
	}
}

// TestRightHistories are not.
func TestRightHistories(t *testing.T) {
	for name, h := range map[string]History{
		"nothing":                            {},
		"either of two concurrent writes":    {at(1, 4, full(a), Done), at(2, 3, full(b), Done), at(5, 6, read, a)},
		"the other of two concurrent writes": {at(1, 4, full(a), Done), at(2, 3, full(b), Done), at(5, 6, read, b)},
		"an unknown write that never came":   {at(1, 2, full(a), Done), at(3, 4, full(b), Unknown), at(5, 6, read, a)},
		"an unknown write that came late": {
			at(1, 2, full(a), Done), at(3, 4, full(b), Unknown), at(5, 6, read, a),
			at(7, 8, full(c), Done), at(9, 10, read, c), at(11, 12, read, b),
		},
		"a cancelled read":             {at(1, 2, read, NotDone), at(3, 4, read, "ENOENT")},
		"a write that was not sent":    {at(1, 2, full(a), NotDone), at(3, 4, read, "ENOENT")},
		"an unknown write that failed": {at(1, 2, remove, Unknown), at(3, 4, full(a), Done), at(5, 6, read, a)},
		"a snapshot that the writer did not know of": {
			at(1, 2, full(a), Done), at(3, 4, full(b), Done), at(5, 6, then(7, read), b),
		},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, Explained, h.Check(time.Minute)) })
	}
}

// TestShrink: what has nothing to do with the contradiction is left out, and nothing else.
func TestShrink(t *testing.T) {
	h := History{
		at(1, 2, Op{Kind: SetOmap, Key: "k", Value: "<0.0.9>"}, Done), at(2, 3, read, ""),
		at(3, 4, full(a), Done), at(4, 5, read, a), at(4, 5, Op{Kind: Stat}, "7"),
		at(5, 6, full(c), Unknown), at(6, 7, Op{Kind: Omap}, "{k=<0.0.9>}"),
		at(8, 9, full(b), Done), at(10, 11, read, a), at(12, 13, read, b),
		at(14, 15, remove, Done), at(16, 17, read, "ENOENT"),
	}
	require.Equal(t, Unexplained, h.Check(time.Minute))
	shrunk := h.Shrink(time.Minute)
	assert.Equal(t, History{at(3, 4, full(a), Done), at(8, 9, full(b), Done), at(10, 11, read, a)}, shrunk)
	assert.Contains(t, shrunk.String(), "worker 0   read [0,+100) → <0.0.1>")

	gone := History{
		at(1, 2, full(a), Done), at(3, 4, remove, Done), at(5, 6, read, "ENOENT"),
		at(7, 8, full(b), Done), at(9, 10, read, "ENOENT"),
	}
	want := append(append(History{}, gone[:2]...), gone[3:]...)
	assert.Equal(t, want, gone.Shrink(time.Minute), "that it was removed before is no excuse")

	late := History{at(1, 2, full(a), Done), at(3, 9, full(b), Done), at(4, 5, read, b), at(6, 7, read, a)}
	shrunk = late.Shrink(time.Minute)
	assert.Len(t, shrunk, 4)
	assert.Contains(t, shrunk.String(), "→ unknown", "it was in flight when the contradiction appeared")
}
