package cruntime

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/target"
)

// buildInterleavings builds testdata/interleavings.c with the C run time in a folder.
func buildInterleavings(t *testing.T, dir string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "program")
	source := filepath.Join("testdata", "interleavings.c")
	out, err := compile(source, program, "-O2", "-Wno-unused-variable", "-I", dir).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return program
}

// TestInterleavings explores all interleavings of the scenarios in testdata/interleavings.c.
func TestInterleavings(t *testing.T) {
	read(t)
	program := buildInterleavings(t, radosDir)
	scenarios := []string{"sync", "sync-cancelled", "async", "waiter"}
	if !testing.Short() {
		scenarios = append(scenarios, "async-cancelled", "waiter-released")
	}
	for _, scenario := range scenarios {
		t.Run(scenario, func(t *testing.T) {
			out, err := target.Command(program, scenario).CombinedOutput()
			require.NoError(t, err, "%s", out)
			t.Logf("%s", out)
		})
	}
}

// faults are mistakes in the C run time, which some interleaving shows.
var faults = []struct {
	name           string
	file, old, new string
	scenario       string
	end            string // of what the scenario prints
}{
	{
		name: "a call that ends while it is cancelled releases its completion",
		file: "zz_aio.c", scenario: "sync-cancelled", end: "completion 0 is used after it was freed",
		old: "if (!(__atomic_fetch_or(&call->head.owner, GORADOS_ENDED, __ATOMIC_SEQ_CST) & GORADOS_CANCELLING))\n\t\tgorados_call_release(call);",
		new: "__atomic_fetch_or(&call->head.owner, GORADOS_ENDED, __ATOMIC_SEQ_CST);\n\tgorados_call_release(call);",
	},
	{
		name: "a call can be reused before its canceller has released the completion",
		file: "zz_aio.c", scenario: "async", end: "completion 1 was not released",
		old: "\tgorados_call_release(call);\n\t__atomic_fetch_and(&call->head.owner, ~(uintptr_t)GORADOS_CANCELLING, __ATOMIC_SEQ_CST);",
		new: "\t__atomic_fetch_and(&call->head.owner, ~(uintptr_t)GORADOS_CANCELLING, __ATOMIC_SEQ_CST);\n\tgorados_call_release(call);",
	},
	{
		name: "the thread that starts a call does not look whether it was cancelled",
		file: "zz_aio.h", scenario: "sync-cancelled", end: "they wait for each other",
		old: "if (__atomic_load_n(&call->head.cancelled, __ATOMIC_SEQ_CST))",
		new: "if (0)",
	},
	{
		name: "a canceller does not say so before it looks for the completion",
		file: "zz_aio.c", scenario: "sync-cancelled", end: "they wait for each other",
		old: "\t__atomic_store_n(&call->head.cancelled, 1, __ATOMIC_SEQ_CST);\n",
		new: "",
	},
	{
		name: "a waiter is used again while its call is cancelled",
		file: "zz_aio.h", scenario: "waiter", end: "call 2 is cancelled in place of another",
		old: "if (__atomic_load_n(&call->cancelling, __ATOMIC_ACQUIRE))\n",
		new: "if (0)\n",
	},
	{
		name: "the search for calls in a handle has no barrier",
		file: "zz_aio.c", scenario: "waiter", end: "they wait for each other",
		old: "int gorados_waiters_inside(uintptr_t refs)\n{\n\tgorados_heavy_barrier();",
		new: "int gorados_waiters_inside(uintptr_t refs)\n{",
	},
	{
		name: "the cancellation of waiters has no barrier",
		file: "zz_aio.c", scenario: "waiter", end: "completion 0 is used after it was freed",
		old: "return;\n\tgorados_heavy_barrier();",
		new: "return;",
	},
	{
		name: "the cancellation of waiters does not look at the owner again",
		file: "zz_aio.c", scenario: "waiter", end: "call 2 is cancelled in place of another",
		old: "if (__atomic_load_n(&call->head.owner, __ATOMIC_ACQUIRE) == owner) {",
		new: "if (1) {",
	},
	{
		name: "an object is freed while a canceller uses it",
		file: "zz_aio.c", scenario: "waiter-released", end: "a call uses an object that was freed",
		old: "while (__atomic_load_n(&call->cancelling, __ATOMIC_ACQUIRE) == refs)",
		new: "while (0)",
	},
	{
		name: "a completion is published without release",
		file: "zz_aio.h", scenario: "sync-cancelled", end: "a call is cancelled before its object is known",
		old: "__atomic_store_n(&call->completion, completion, __ATOMIC_RELEASE);",
		new: "__atomic_store_n(&call->completion, completion, __ATOMIC_RELAXED);",
	},
	{
		name: "the poller may look before others see that it waits",
		file: "zz_aio.c", scenario: "async", end: "they wait for each other",
		old: "__atomic_store_n(&gorados_completed_waited, 1, __ATOMIC_SEQ_CST);",
		new: "__atomic_store_n(&gorados_completed_waited, 1, __ATOMIC_RELEASE);",
	},
	{
		name: "the poller says that it waits after it has looked",
		file: "zz_aio.c", scenario: "async", end: "they wait for each other",
		old: "\t__atomic_store_n(&gorados_completed_waited, 1, __ATOMIC_SEQ_CST);\n\tGORADOS_PAUSE(GORADOS_PAUSE_SLEEP);\n" +
			"\tpthread_mutex_lock(&gorados_completed_mutex);\n\twhile (!__atomic_load_n(&gorados_completed, __ATOMIC_SEQ_CST) && !gorados_completed_interrupted)",
		new: "\tpthread_mutex_lock(&gorados_completed_mutex);\n\twhile (!__atomic_load_n(&gorados_completed, __ATOMIC_SEQ_CST) && !gorados_completed_interrupted && (__atomic_store_n(&gorados_completed_waited, 1, __ATOMIC_SEQ_CST), 1))",
	},
	{
		name: "the poller is woken without its mutex",
		file: "zz_aio.c", scenario: "async", end: "they wait for each other",
		old: "pthread_mutex_lock(&gorados_completed_mutex);\n\t\tpthread_cond_signal(&gorados_completed_cond);\n\t\tpthread_mutex_unlock(&gorados_completed_mutex);",
		new: "pthread_cond_signal(&gorados_completed_cond);",
	},
	{
		name: "a call looks whether its handle is closed before it is counted",
		file: "zz_refs.h", scenario: "async-cancelled", end: "a call uses an object that was freed",
		old: "__atomic_fetch_add(&shard->calls, 1, __ATOMIC_SEQ_CST);\n\t\tif (!(gorados_denied(refs) & mask))\n",
		new: "uint32_t denied = gorados_denied(refs);\n\t\t__atomic_fetch_add(&shard->calls, 1, __ATOMIC_SEQ_CST);\n\t\tif (!(denied & mask))\n",
	},
}

// TestInterleavingsFindFaults expects the exploration to find each fault.
func TestInterleavingsFindFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the driver for each fault")
	}
	read(t)
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			dir := copyRados(t, func(name, text string) string {
				if name == fault.file {
					return replaceOnce(t, text, fault.old, fault.new)
				}
				return text
			})
			out, err := target.Command(buildInterleavings(t, dir), fault.scenario).CombinedOutput()
			require.Error(t, err, "%s", out)
			assert.True(t, strings.HasSuffix(string(out), fault.end+"\n"), "%s", out)
		})
	}
}
