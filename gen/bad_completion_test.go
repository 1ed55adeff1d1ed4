package main

import "testing"

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
