package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
)

const engineBase = `completions: {type: rados_done_t, make: rados_done, ended: rados_done_is, wait: rados_done_wait, value: rados_done_value, version: rados_done_version, cancel: rados_done_cancel, free: rados_done_free}
functions:
  rados_done: {via: IOContext.ok}
  rados_done_is: {via: IOContext.ok}
  rados_done_wait: {via: IOContext.ok}
  rados_done_value: {via: IOContext.ok}
  rados_done_version: {via: IOContext.ok}
  rados_done_cancel: {via: IOContext.ok}
  rados_done_free: {via: IOContext.ok}
  rados_start_ok: {raw: IOContext.ok, twin: rados_ok, doc: ok does.}
  rados_ok: {via: IOContext.ok}
`

const engineHeader = `typedef void *rados_done_t;
typedef void (*rados_callback_t)(rados_done_t cb, void *arg);
int rados_done(void *arg, rados_callback_t complete, rados_done_t *pc);
int rados_done_is(rados_done_t c);
int rados_done_wait(rados_done_t c);
int rados_done_value(rados_done_t c);
uint64_t rados_done_version(rados_done_t c);
int rados_done_cancel(rados_ioctx_t io, rados_done_t c);
void rados_done_free(rados_done_t c);
int rados_start_ok(rados_ioctx_t io, rados_done_t c);
int rados_ok(rados_ioctx_t io);
`

// TestPlanBadCompletions has slips about functions that take a completion.
func TestPlanBadCompletions(t *testing.T) {
	for _, c := range []badInput{
		{
			name:   "no twin",
			header: `int rados_a(rados_ioctx_t io, rados_done_t c);`,
			spec:   `  rados_a: {go: IOContext.A, doc: A does.}`,
			want: `s.yaml:12:3: rados_a takes a completion: say twin, the function that does the same without
  int rados_a(rados_ioctx_t io, rados_done_t c)`,
		},
		{
			name:   "twin that takes something else",
			header: `int rados_a(rados_ioctx_t io, rados_done_t c, uint64_t n);`,
			spec:   `  rados_a: {go: IOContext.A, twin: rados_ok, doc: A does.}`,
			want: `s.yaml:12:3: rados_ok is no twin of rados_a: it takes something else
  int rados_a(rados_ioctx_t io, rados_done_t c, uint64_t n)
  int rados_ok(rados_ioctx_t io)`,
		},
		{
			name:   "twin of a function that waits",
			header: `int rados_a(rados_ioctx_t io);`,
			spec:   `  rados_a: {go: IOContext.A, twin: rados_ok, doc: A does.}`,
			want: `s.yaml:12:3: rados_a takes no completion, so it needs no twin
  int rados_a(rados_ioctx_t io)
  int rados_ok(rados_ioctx_t io)`,
		},
		{
			name:   "changes of a function that waits",
			header: `int rados_a(rados_ioctx_t io);`,
			spec:   `  rados_a: {go: IOContext.A, changes: true, doc: A does.}`,
			want:   `s.yaml:12:3: IOContext.A takes no completion, so changes says nothing`,
		},
		{
			name:   "lingers of a function that waits",
			header: `int rados_a(rados_ioctx_t io);`,
			spec:   `  rados_a: {go: IOContext.A, lingers: true, doc: A does.}`,
			want:   `s.yaml:12:3: IOContext.A takes no completion, so lingers says nothing`,
		},
		{
			name:   "changes and lingers",
			header: "int rados_a(rados_ioctx_t io, rados_done_t c);\nint rados_b(rados_ioctx_t io);",
			spec: `  rados_a: {go: IOContext.A, twin: rados_b, changes: true, lingers: true, doc: A does.}
  rados_b: {via: IOContext.A}`,
			want: `s.yaml:12:3: IOContext.A both changes and lingers, which no method does yet`,
		},
		{
			name:   "number too small for a slot",
			header: "int rados_a(rados_ioctx_t io, rados_done_t c, int *n);\nint rados_b(rados_ioctx_t io, int *n);",
			spec: `  rados_a: {go: IOContext.A, twin: rados_b, args: {n: {as: out-value}}, doc: A does.}
  rados_b: {via: IOContext.A}`,
			want: `s.yaml:12:52: rados_a: the role out-value of n wants a pointer to a uint64_t, of a function that takes a completion, not int *n
  int rados_a(rados_ioctx_t io, rados_done_t c, int *n)`,
		},
	} {
		c.header, c.spec = engineHeader+c.header, engineBase+c.spec
		t.Run(c.name, c.test)
	}
}

// TestCompletionElseLeaves has releases that make a completion with one function, then with
// another: D6.
func TestCompletionElseLeaves(t *testing.T) {
	const old, new = "int rados_done(void *arg, rados_callback_t complete, rados_done_t *pc);\n", "int rados_done2(void *arg, rados_callback_t complete, rados_done_t *pc);\n"
	spec := strings.NewReplacer("make: rados_done,", "make: rados_done2, else: rados_done,").Replace(engineBase) + "  rados_done2: {via: IOContext.ok}\n"
	both := strings.Replace(engineHeader, old, old+new, 1)
	for _, c := range []struct{ name, older, newer, want string }{
		{"one after the other", engineHeader, strings.Replace(engineHeader, old, new, 1), ""},
		{"neither", engineHeader, strings.Replace(engineHeader, old, "", 1), "s.yaml:1:14: completions: rados_done can't stand in for rados_done2: Ceph 16.2 has neither"},
		{"no need", both, both, "s.yaml:1:14: completions: rados_done2 needs no else: every release has it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "neither" {
				c.older = both
			}
			p, err := gentest.Build(t, gentest.Load(t, "base"), gentest.Input{Name: "s", Spec: spec, Header: c.newer, Older: c.older})
			if c.want != "" {
				assert.EqualError(t, err, c.want)
				return
			}
			require.NoError(t, err)
			assert.Contains(t, emitted(t, p)["zz_librados.h"], `
	if (rados_done2)
		*ret = rados_done2(parked, go_call_goes_on(parked) ? go_on_rados_callback_t : NULL, &completion);
	else if (rados_done)
		*ret = rados_done(parked, go_call_goes_on(parked) ? go_on_rados_callback_t : NULL, &completion);
	else
		*ret = -ENOSYS;
`)
		})
	}
}

// TestPlanBadCompletionShapes has functions in the place of those for completions that can't
// be called so, and what takes or lacks a completion where the other does not: D1, D2.
func TestPlanBadCompletionShapes(t *testing.T) {
	for _, c := range []struct{ name, header, old, new, spec, want string }{
		{
			name:   "else without a completion",
			header: "int rados_a(rados_ioctx_t io, rados_done_t c);\nint rados_b(rados_ioctx_t io);",
			spec: `  rados_a: {go: IOContext.A, twin: rados_b, else: rados_b, doc: A does.}
  rados_b: {via: IOContext.A}`,
			want: `s.yaml:12:3: rados_b can't stand in for rados_a: it takes no rados_done_t c
  int rados_a(rados_ioctx_t io, rados_done_t c)
  int rados_b(rados_ioctx_t io)`,
		},
		{
			name:   "else with a completion",
			header: "int rados_a(rados_ioctx_t io);\nint rados_b(rados_ioctx_t io, rados_done_t c);",
			spec: `  rados_a: {go: IOContext.A, else: rados_b, doc: A does.}
  rados_b: {via: IOContext.A}`,
			want: `s.yaml:12:3: rados_b can't stand in for rados_a, which has no rados_done_t c
  int rados_a(rados_ioctx_t io)
  int rados_b(rados_ioctx_t io, rados_done_t c)`,
		},
		{
			name:   "twin that returns something else",
			header: "int rados_a(rados_ioctx_t io, rados_done_t c);\nvoid rados_b(rados_ioctx_t io);",
			spec: `  rados_a: {go: IOContext.A, twin: rados_b, doc: A does.}
  rados_b: {via: IOContext.A}`,
			want: `s.yaml:12:3: rados_b is no twin of rados_a: it returns another type
  int rados_a(rados_ioctx_t io, rados_done_t c)
  void rados_b(rados_ioctx_t io)`,
		},
		{
			name:   "two completions",
			header: "int rados_a(rados_ioctx_t io, rados_done_t c, rados_done_t d);\nint rados_b(rados_ioctx_t io);",
			spec: `  rados_a: {go: IOContext.A, twin: rados_b, args: {c: {as: completion}, d: {as: completion}}, doc: A does.}
  rados_b: {via: IOContext.A}`,
			want: `s.yaml:12:73: rados_a: c and d can't both be the completion; null passes NULL for one of them
  int rados_a(rados_ioctx_t io, rados_done_t c, rados_done_t d)`,
		},
		{
			name:   "forms of one name",
			header: "int rados_a(rados_ioctx_t io, rados_done_t c);\nint rados_b(rados_ioctx_t io);",
			spec: `  rados_a: {go: IOContext.Ok, twin: rados_b, doc: Ok does.}
  rados_b: {via: IOContext.Ok}`,
			want: "s.yaml:10:3: two things are called IOContext.okParked in Go; the first is at s.yaml:12:3",
		},
		{
			name: "make", old: "make: rados_done,", new: "make: rados_done_is,",
			want: `s.yaml:1:14: completions, make: rados_done_is must take a void *, callbacks that take a rados_done_t and a void *, and a rados_done_t *, and return an int
  int rados_done_is(rados_done_t c)`,
		},
		{
			name: "ended", old: "ended: rados_done_is,", new: "ended: rados_done_version,",
			want: `s.yaml:1:14: completions, ended: rados_done_version must take just a rados_done_t and return an int
  uint64_t rados_done_version(rados_done_t c)`,
		},
		{
			name: "wait", old: "wait: rados_done_wait,", new: "wait: rados_ok,",
			want: `s.yaml:1:14: completions, wait: rados_ok must take just a rados_done_t and return an int
  int rados_ok(rados_ioctx_t io)`,
		},
		{
			name: "version", old: "version: rados_done_version,", new: "version: rados_done_value,",
			want: `s.yaml:1:14: completions, version: rados_done_value must take just a rados_done_t and return a uint64_t
  int rados_done_value(rados_done_t c)`,
		},
		{
			name: "cancel", old: "cancel: rados_done_cancel,", new: "cancel: rados_done_free,",
			want: `s.yaml:1:14: completions, cancel: rados_done_free must take a handle and a rados_done_t and return an int
  void rados_done_free(rados_done_t c)`,
		},
		{
			name: "free", old: "free: rados_done_free}", new: "free: rados_end}",
			want: `s.yaml:1:14: completions, free: rados_end must take just a rados_done_t
  void rados_end(rados_t cluster)`,
		},
		{
			name: "type", old: "type: rados_done_t,", new: "type: rados_don_t,",
			want: "s.yaml:1:14: completions: no release has a pointer type rados_don_t",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			older := engineHeader
			if c.name != "else without a completion" && c.name != "else with a completion" {
				older += c.header
			} else {
				older += c.header[strings.IndexByte(c.header, '\n')+1:]
			}
			_, err := gentest.Build(t, gentest.Load(t, "base"), gentest.Input{
				Name: "s", Header: engineHeader + c.header + "\n", Older: older + "\n",
				Spec: strings.Replace(engineBase, c.old, c.new, 1) + c.spec + "\n",
			})
			require.Error(t, err)
			assert.Contains(t, err.Error()+"\n", c.want+"\n")
		})
	}
}
