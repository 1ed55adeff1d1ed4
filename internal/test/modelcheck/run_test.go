package modelcheck

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// quick is a run of some generations.
func quick(target Target, generations int) *Run {
	var r *Run
	r = NewRun(target, Config{
		Seed: rand.Uint64(), Workers: 6, Ops: 80, Objects: 7, Rest: 1, CheckLimit: time.Minute, Pools: Replicated,
		Quiet: func(so Totals) {
			if so.Generations >= generations {
				r.Stop()
			}
		},
	})
	<-r.Start()
	return r
}

// TestRunOfTheModel: the model keeps its own word.
func TestRunOfTheModel(t *testing.T) {
	m := newMemory(nil)
	r := quick(m, 20)
	assert.Empty(t, r.Failures())
	assert.EqualValues(t, 20*14, r.objects.Load())
	for key := range m.objects {
		assert.NotContains(t, key.name, "data", "it was to be forgotten")
	}
}

// each is true at every nth call.
func each(n int) func() bool {
	calls := 0
	return func() bool { calls++; return calls%n == 0 }
}

// TestFaultyTargetsAreCaught expects occasional faults of a target to be found, whichever
// way.
func TestFaultyTargetsAreCaught(t *testing.T) {
	for name, makeFlaw := range map[string]func(again func() bool) flaw{
		"drops a write": func(again func() bool) flaw {
			return func(before State, op Op, after State, result string) (State, string) {
				if op.Kind == Append && again() {
					return before, result
				}
				return after, result
			}
		},
		"performs a write twice": func(again func() bool) flaw {
			return func(_ State, op Op, after State, result string) (State, string) {
				if op.Kind == Append && again() {
					after, _ = after.Apply(op)
				}
				return after, result
			}
		},
		"performs what it says was not sent": func(again func() bool) flaw {
			return func(_ State, op Op, after State, result string) (State, string) {
				if op.Kind == Append && again() {
					return after, NotDone
				}
				return after, result
			}
		},
		"does half of an operation": func(again func() bool) flaw {
			return func(before State, op Op, after State, result string) (State, string) {
				if op.Kind == Replace && again() {
					after, _ = before.Apply(Op{Kind: WriteFull, Length: op.Length, Value: op.Value, Have: op.Have})
				}
				return after, result
			}
		},
		"takes a snapshot too late": func(again func() bool) flaw {
			return func(_ State, op Op, after State, result string) (State, string) {
				if n := len(after.clones); n > 0 && op.Kind == Append && again() {
					last := after.clones[n-1]
					last.content = *after.head
					after.clones = append(after.clones[:n-1:n-1], last)
				}
				return after, result
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := quick(newMemory(makeFlaw(each(40))), 200)
			require.NotEmpty(t, r.Failures())
			for _, f := range r.Failures() {
				assert.Equal(t, "its history is unexplained", f.Reason)
				assert.Less(t, len(f.Shrunk), len(f.Full))
				assert.Equal(t, Unexplained, f.Shrunk.Check(time.Minute))
			}
		})
	}
}

// TestReplay: what goes wrong whenever it is done is found with as few operations as it takes.
func TestReplay(t *testing.T) {
	r := quick(newMemory(func(before State, op Op, after State, result string) (State, string) {
		if op.Kind == Append && before.head != nil && before.head.xattrs["b"] != "" {
			return before, result // appends are lost if there is an attribute b
		}
		return after, result
	}), 200)
	require.NotEmpty(t, r.Failures())
	replays := 0
	for _, f := range r.Failures() {
		if len(f.Replay) == 0 {
			continue // it takes several concurrent operations, whose order cannot be repeated
		}
		replays++
		assert.Equal(t, Unexplained, f.Replay.Check(time.Minute))
		assert.LessOrEqual(t, len(f.Replay), 5, "%s", f.Replay)
		assert.Contains(t, f.String(), "without faults")
	}
	assert.NotZero(t, replays)
}

// TestGenerator: equal seeds make equal operations, and others others.
func TestGenerator(t *testing.T) {
	some := func(seed uint64, worker int) (list []Choice) {
		g := NewGenerator(seed, 3, worker)
		for range 50 {
			list = append(list, g.Next(false))
		}
		return list
	}
	assert.Equal(t, some(1, 2), some(1, 2))
	assert.NotEqual(t, some(1, 2), some(2, 2))
	assert.NotEqual(t, some(1, 2), some(1, 3))
}

// slow is a Target whose calls continue after their contexts are done.
type slow struct{ *memory }

func (s slow) Do(worker int, space Space, name string, op Op) string {
	if op.Budget > 0 && op.Budget < time.Second {
		time.Sleep(op.Budget + 20*time.Millisecond)
	}
	return s.memory.Do(worker, space, name, op)
}

func (s slow) List(int, Space, int) ([]string, error) { return []string{"who", "who"}, nil }

func TestOtherFailures(t *testing.T) {
	r := NewRun(slow{newMemory(nil)}, Config{Seed: 1, Workers: 2, Ops: 50, Objects: 2, Pools: Replicated, CheckLimit: time.Minute, MaxOverrun: 10 * time.Millisecond})
	<-r.Start()
	var text strings.Builder
	for _, f := range r.Failures() {
		text.WriteString(f.String())
	}
	assert.Contains(t, text.String(), "after its context had ended")
	assert.Contains(t, text.String(), "was listed but never written")
	assert.Contains(t, text.String(), "its history is unexplained")
}
