package fakelibrados_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/internal/test/misuse"
	"github.com/go-rados/go-rados/internal/test/target"
	"github.com/go-rados/go-rados/rados"
)

// scarceVar is set in the process of TestAllocationsFail, in which allocations can fail.
const scarceVar = "FAKERADOS_SCARCE"

// allocating matches the names of the C functions of the packages, and lasting those that allocate what
// is never freed or what must not be lost: they end the process.
var (
	allocating = regexp.MustCompile(`^(_cgo_[0-9a-f]+_C2?func_)?(gorados|gostriper)_`)
	lasting    = regexp.MustCompile(`^gorados_(event|call_new|call_alloc)`)
)

// asksMore lists the functions that ask librados for more than they need, and go on without an answer:
// for options, of which one that they cannot read counts as unset, or whether a pool has been deleted.
var asksMore = map[string]bool{
	"Conn.Connect": true, "Conn.ConnectContext": true, "Conn.PingMonitor": true, "Conn.PingMonitorContext": true,
	"Open": true, "Watcher.Check": true,
}

// TestAllocationsFail has each allocation of the C code fail, one after the other, in each function and
// with each argument: the call returns ENOMEM or the error that it returns otherwise, nothing leaks,
// and the next call works.
func TestAllocationsFail(t *testing.T) {
	if os.Getenv(scarceVar) == "" {
		if testing.Short() {
			t.Skip("builds a program and calls each function often")
		}
		if target.IsEmulated() {
			t.Skip("the emulator would take the allocator")
		}
		program := scarceProgram(t)
		out, err := inProcess(program, "^TestAllocationsFail$")
		require.NoError(t, err, "%s", out)
		out, err = inProcess(program, "^TestLostEventEndsTheProcess$")
		require.Error(t, err, "%s", out)
		assert.Contains(t, out, "out of memory in C\n")
		return
	}
	require.NoError(t, fakelibrados.CanFail(func(name string) bool {
		return allocating.MatchString(name) && !lasting.MatchString(name)
	}))
	failed := 0
	forEachFunction(t, func(t *testing.T, s *misuse.Fixture, f misuse.Function) {
		choices := s.Choices(f)
		failed += failEach(t, choices.Ordinary)
		for call := range choices.Each {
			if !call.Ended() {
				failed += failEach(t, func() misuse.Call { return call })
			}
		}
		heapAfterFailures(t, choices.Ordinary)
	})
	t.Run("operations", func(t *testing.T) { failed += failOperations(t) })
	assert.Greater(t, failed, 1000)
	t.Logf("%d allocations failed", failed)
}

// TestLostEventEndsTheProcess is a part of TestAllocationsFail.
func TestLostEventEndsTheProcess(t *testing.T) {
	if os.Getenv(scarceVar) == "" {
		t.Skip("TestAllocationsFail starts it in a process of its own")
	}
	require.NoError(t, fakelibrados.CanFail(lasting.MatchString))
	w := watch(t, opened(t))
	fakelibrados.FailAllocation(1)
	fakelibrados.Notify(0, 1, 1, "news")
	<-w.Events()
}

// failEach makes a call repeatedly, in each of which the next allocation fails, and returns the number of
// allocations.
func failEach(t *testing.T, next func() misuse.Call) (failed int) {
	t.Helper()
	for nth := 1; ; nth++ {
		call := next()
		o, hit := scarce(nth, call.Do)
		assert.NoError(t, call.Check(o))
		if hit && o.Fails && !asksMore[call.Function.Name] {
			assert.Error(t, o.Err, "%v: allocation %d", call, nth)
		}
		o.End()
		call.End()
		if !hit {
			return failed
		}
		failed++
	}
}

// scarce makes a call in which an allocation fails, and reports whether there was one.
func scarce[T any](nth int, call func() T) (result T, hit bool) {
	fakelibrados.FailAllocation(nth)
	result = call()
	hit = fakelibrados.AllocationFailed()
	fakelibrados.FailAllocation(0)
	return result, hit
}

// heapAfterFailures expects calls in which an allocation fails to free all others.
func heapAfterFailures(t *testing.T, next func() misuse.Call) {
	t.Helper()
	const rounds = 20
	for nth := 1; ; nth++ {
		hits := 0
		round := func() {
			call := next()
			o, hit := scarce(nth, call.Do)
			if hit {
				hits++
			}
			o.End()
			call.End()
		}
		if round(); hits == 0 {
			return
		}
		var leaks []string
		for range 10 {
			before := measure(t)
			for range rounds {
				round()
			}
			if leaks = measure(t).growth(before, rounds); len(leaks) == 0 {
				break
			}
		}
		assert.Empty(t, leaks, "after the failures of allocation %d", nth)
	}
}

// failOperations is failEach for operations with steps of all kinds.
func failOperations(t *testing.T) (failed int) {
	ioctx := opened(t)
	many := make(map[string][]byte)
	var keys []string
	for i := range 40 {
		keys = append(keys, strings.Repeat("k", i+1))
		many[keys[i]] = data
	}
	long := strings.Repeat("long", 100)
	for name, operate := range map[string]func() error{
		"write": func() error {
			w := rados.CreateWriteOp()
			for _, step := range writeSteps {
				step.add(w)
			}
			w.SetOmap(many)
			w.RmOmapKeys(keys)
			w.SetXattr(long, data)
			return w.Operate(ioctx, long, 0)
		},
		"read": func() error {
			fakelibrados.Outcomes(answered()...)
			r := rados.CreateReadOp()
			var g getters
			g.addTo(r, make([]byte, 8))
			r.GetOmapValuesByKeys(keys)
			return r.Operate(ioctx, long, 0)
		},
	} {
		require.NoError(t, operate(), name)
		for nth := 1; ; nth++ {
			err, hit := scarce(nth, operate)
			if !hit {
				require.NoError(t, err, name)
				break
			}
			assert.ErrorIs(t, err, syscall.ENOMEM, "%s: allocation %d", name, nth)
			failed++
		}
	}
	return failed
}

// scarceProgram builds the program of these tests with its symbols.
func scarceProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "scarce.test")
	out, err := exec.Command("go", "test", "-c", "-vet=off", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return program
}

// inProcess runs a test in a process of that program in which allocations can fail, and returns what it
// prints.
func inProcess(program, test string) (string, error) {
	cmd := exec.Command(program, "-test.run="+test, "-test.v")
	cmd.Env = append(os.Environ(), scarceVar+"=yes", fakelibrados.Memory())
	out, err := cmd.CombinedOutput()
	return string(out), err
}
