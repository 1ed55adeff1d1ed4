package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/gen/emit"
	"github.com/go-rados/go-rados/gen/internal/gentest"
)

// What the slips about recorded operations have in common.
const (
	jobHeader = `typedef void *rados_job_t;
rados_job_t rados_job_new(void);
void rados_job_free(rados_job_t job);
int rados_job_run(rados_job_t job, rados_ioctx_t io);
`
	jobSpec = `handles:
  rados_job_t: {go: Job, receiver: job, make: rados_job_new, free: rados_job_free, doc: Job is a list.}
functions:
  rados_job_new: {via: IOContext.runJob}
  rados_job_free: {via: IOContext.runJob}
  rados_job_run: {raw: IOContext.runJob, doc: runJob runs.}
`
	trailHeader = `typedef void *rados_trail_t;
int rados_trail_next(rados_trail_t trail, const char **key, char **val, size_t *val_len);
int rados_trail_pass(rados_trail_t trail, const char **iter, char **val, size_t *val_len);
int rados_trail_size(rados_trail_t trail, const char **key);
void rados_trail_end(rados_trail_t trail);
`
	trailSpec = `functions:
  rados_trail_next: {skip: why}
  rados_trail_pass: {skip: why}
  rados_trail_size: {skip: why}
  rados_trail_end: {skip: why}
iterators:
`
)

// TestPlanBadSteps has slips about steps of operations, and what performs them.
func TestPlanBadSteps(t *testing.T) {
	for _, c := range []badInput{
		{
			name:   "role that can't be recorded",
			header: `void rados_job_a(rados_job_t job, char *buf, size_t len);`,
			spec:   `  rados_job_a: {go: Job.A, args: {buf: {as: grow-string, first: 12, on: ERANGE}}, doc: A does.}`,
			want: `s.yaml:7:35: rados_job_a: the role grow-string of buf can't be recorded in a step
  void rados_job_a(rados_job_t job, char *buf, size_t len)`,
		},
		{
			name:   "step that amends and has an outcome",
			header: `void rados_job_a(rados_job_t job, int *prval);`,
			spec:   `  rados_job_a: {go: Job.A, amends: true, doc: A does.}`,
			want: `s.yaml:7:3: Job.A can't amend a step: it is no method of a recorded handle, or has an outcome of its own
  void rados_job_a(rados_job_t job, int *prval)`,
		},
		{
			name:   "public step with a buffer",
			header: `void rados_job_a(rados_job_t job, char *buf, size_t len, int *prval);`,
			spec:   `  rados_job_a: {go: Job.A, args: {buf: {as: fill}}, doc: A does.}`,
			want: `s.yaml:7:3: Job.A has a result, which hand-written code must deal with: say raw, not go
  void rados_job_a(rados_job_t job, char *buf, size_t len, int *prval)`,
		},
		{
			name:   "public step with an outcome",
			header: `void rados_job_a(rados_job_t job, uint64_t *psize, int *prval);`,
			spec:   `  rados_job_a: {go: Job.A, doc: A does.}`,
			want: `s.yaml:7:3: Job.A has a result, which hand-written code must deal with: say raw, not go
  void rados_job_a(rados_job_t job, uint64_t *psize, int *prval)`,
		},
		{
			name:   "step with an outcome that nobody can trust",
			header: `void rados_job_a(rados_job_t job, uint64_t *psize);`,
			spec:   `  rados_job_a: {raw: Job.a, doc: a does.}`,
			want: `s.yaml:7:3: Job.a can't be a step: it has a result, but no int * to say whether it was performed
  void rados_job_a(rados_job_t job, uint64_t *psize)`,
		},
		{
			name:   "step with two outcomes alike",
			header: `void rados_job_a(rados_job_t job, uint64_t *psize, uint64_t *pother, int *prval);`,
			spec:   `  rados_job_a: {raw: Job.a, doc: a does.}`,
			want: `s.yaml:7:3: Job.a: a step has one place for what pother and psize are told
  void rados_job_a(rados_job_t job, uint64_t *psize, uint64_t *pother, int *prval)`,
		},
		{
			name:   "step that returns something",
			header: `int rados_job_a(rados_job_t job);`,
			spec:   `  rados_job_a: {go: Job.A, doc: A does.}`,
			want: `s.yaml:7:3: Job.A can't be a step: it returns something
  int rados_job_a(rados_job_t job)`,
		},
		{
			name:   "step that is a pointer to nothing known",
			header: `void rados_job_a(rados_job_t job, float *f);`,
			spec:   `  rados_job_a: {go: Job.A, args: {f: {as: outcome}}, doc: A does.}`,
			want: `s.yaml:7:35: rados_job_a: the role outcome of f wants a pointer to int, size_t, uint64_t, unsigned char, time_t, struct timespec, an iterator or, with buffers.free, a char *, not float *f
  void rados_job_a(rados_job_t job, float *f)`,
		},
		{
			name:   "outcome outside of a step",
			header: `int rados_a(rados_ioctx_t io, int *prval);`,
			spec:   `  rados_a: {go: IOContext.A, args: {prval: {as: outcome}}, doc: A does.}`,
			want: `s.yaml:7:37: rados_a: the role outcome of prval is for a step, which is a method of a recorded handle (make)
  int rados_a(rados_ioctx_t io, int *prval)`,
		},
		{
			name:   "step with parameters called like what Go has there",
			header: `void rados_job_a(rados_job_t job, int step, int done);`,
			spec:   `  rados_job_a: {go: Job.A, doc: A does.}`,
			want: `s.yaml:7:3: Job.A: something else is called done already; say another name
s.yaml:7:3: Job.A: something else is called step already; say another name`,
		},
		{
			name:   "step with the words of a call",
			header: `void rados_job_a(rados_job_t job);`,
			spec:   `  rados_job_a: {go: Job.A, setup: true, held: true, keep: it, doc: A does.}`,
			want: `s.yaml:7:3: Job.A is a step of an operation, so held says nothing
s.yaml:7:3: Job.A is a step of an operation, so keep says nothing
s.yaml:7:3: Job.A is a step of an operation, so setup says nothing`,
		},
		{
			name:   "step of several calls",
			header: `void rados_job_a(rados_job_t job);`,
			spec: `  rados_job_a: {via: Job.A}
methods:
  Job.A: {doc: A does., steps: [{call: rados_job_a}]}`,
			want: `s.yaml:7:3: rados_job_a is reached via Job.A, which does not exist
s.yaml:9:3: Job.A is a step of an operation, which is a single call: say it under functions`,
		},
		{
			name:   "operation that is public",
			header: `int rados_job_a(rados_job_t job, rados_ioctx_t io);`,
			spec:   `  rados_job_a: {go: IOContext.A, doc: A does.}`,
			want: `s.yaml:7:3: IOContext.A performs what was recorded, which hand-written code must seal first: say raw, not go
  int rados_job_a(rados_job_t job, rados_ioctx_t io)`,
		},
		{
			name:   "operation that is handed out",
			header: `int rados_job_a(rados_ioctx_t io, rados_job_t *job);`,
			spec:   `  rados_job_a: {raw: IOContext.a, args: {job: {as: out-handle}}, doc: a does.}`,
			want: `s.yaml:7:42: rados_job_a: the role out-handle of job wants a pointer to a handle that is not recorded, not rados_job_t *job
  int rados_job_a(rados_ioctx_t io, rados_job_t *job)`,
		},
		{
			name:   "recorded of something else",
			header: `int rados_a(rados_ioctx_t io, rados_t cluster);`,
			spec:   `  rados_a: {raw: IOContext.a, args: {cluster: {as: recorded}}, doc: a does.}`,
			want: `s.yaml:7:38: rados_a: the role recorded of cluster wants a handle that is recorded (make), not rados_t cluster
  int rados_a(rados_ioctx_t io, rados_t cluster)`,
		},
	} {
		c.header, c.spec = jobHeader+c.header, jobSpec+c.spec
		t.Run(c.name, c.test)
	}
}

// TestPlanBadRecorded has slips about the handles of operations.
func TestPlanBadRecorded(t *testing.T) {
	for _, c := range []badInput{
		{
			name:   "keys without use",
			header: jobHeader,
			spec: `handles:
  rados_job_t:
    go: Job
    receiver: job
    make: rados_job_new
    free: rados_job_free
    doc: Job is a list.
    field: job
    parent: Conn
    ready: rados_go
    closed: ErrClosed
    settings: true
    accessor: {name: Pointer, type: unsafe.Pointer, doc: Pointer is it.}
functions:
  rados_job_new: {via: IOContext.runJob}
  rados_job_free: {via: IOContext.runJob}
  rados_job_run: {raw: IOContext.runJob, doc: runJob runs.}`,
			want: `s.yaml:2:3: handle rados_job_t is recorded (make), so closed says nothing
s.yaml:2:3: handle rados_job_t is recorded (make), so field says nothing
s.yaml:2:3: handle rados_job_t is recorded (make), so parent says nothing
s.yaml:2:3: handle rados_job_t is recorded (make), so ready says nothing
s.yaml:2:3: handle rados_job_t is recorded (make), so settings says nothing
s.yaml:2:3: handle rados_job_t is recorded (make), so there is no C object to hand out: no accessor`,
		},
		{
			name:   "make that takes something",
			header: jobHeader + "rados_job_t rados_job_copy(rados_job_t job);",
			spec: `handles:
  rados_job_t: {go: Job, receiver: job, make: rados_job_copy, free: rados_job_free, doc: Job is a list.}
functions:
  rados_job_new: {skip: why}
  rados_job_copy: {via: IOContext.runJob}
  rados_job_free: {via: IOContext.runJob}
  rados_job_run: {raw: IOContext.runJob, doc: runJob runs.}`,
			want: `s.yaml:2:3: handle rados_job_t: rados_job_copy does not make a rados_job_t out of nothing
  rados_job_t rados_job_copy(rados_job_t job)`,
		},
		{
			name:   "make that makes something else",
			header: jobHeader,
			spec: `handles:
  rados_job_t: {go: Job, receiver: job, make: rados_job_run, free: rados_job_free, doc: Job is a list.}
functions:
  rados_job_new: {skip: why}
  rados_job_free: {skip: why}
  rados_job_run: {skip: why}`,
			want: `s.yaml:2:3: handle rados_job_t: rados_job_run does not make a rados_job_t out of nothing
  int rados_job_run(rados_job_t job, rados_ioctx_t io)`,
		},
		{
			name:   "make and free that are not there",
			header: jobHeader,
			spec: `handles:
  rados_job_t: {go: Job, receiver: job, make: rados_job_knew, free: rados_job_fre, doc: Job is a list.}
functions:
  rados_job_new: {skip: why}
  rados_job_free: {skip: why}
  rados_job_run: {skip: why}`,
			want: `s.yaml:2:3: handle rados_job_t, free: no release has a function rados_job_fre
  did you mean "rados_job_free"?
s.yaml:2:3: handle rados_job_t, make: no release has a function rados_job_knew
  did you mean "rados_job_new"?`,
		},
		{
			name:   "make that is new",
			header: jobHeader,
			older:  text("typedef void *rados_job_t;\nvoid rados_job_free(rados_job_t job);\nint rados_job_run(rados_job_t job, rados_ioctx_t io);"),
			spec:   jobSpec,
			want:   `s.yaml:2:3: handle rados_job_t: every release must have rados_job_new`,
		},
		{
			name:   "free as a step",
			header: jobHeader,
			spec: `handles:
  rados_job_t: {go: Job, receiver: job, make: rados_job_new, free: rados_job_free, doc: Job is a list.}
functions:
  rados_job_new: {via: IOContext.runJob}
  rados_job_free: {go: Job.Free, doc: Free frees.}
  rados_job_run: {raw: IOContext.runJob, doc: runJob runs.}`,
			want: `s.yaml:5:3: Job.Free can't be a step: it frees the operation, which is done behind the steps; say via
  void rados_job_free(rados_job_t job)`,
		},
	} {
		t.Run(c.name, c.test)
	}
}

// TestPlanBadIterators has slips about what yields pairs.
func TestPlanBadIterators(t *testing.T) {
	for _, c := range []badInput{
		{
			name: "unknown type",
			spec: `  rados_trial_t: {drain: rados_trail_next, until: key, free: rados_trail_end}`,
			want: `s.yaml:7:3: iterator rados_trial_t: no release has a type of that name that is a void *`,
		},
		{
			name: "type that is no pointer",
			spec: `  uint64_t: {drain: rados_trail_next, until: key, free: rados_trail_end}`,
			want: `s.yaml:7:3: iterator uint64_t: no release has a type of that name that is a void *`,
		},
		{
			name: "nothing said",
			spec: `  rados_trail_t: {}`,
			want: `s.yaml:7:3: iterator rados_trail_t has no drain
s.yaml:7:3: iterator rados_trail_t has no free
s.yaml:7:3: iterator rados_trail_t has no until`,
		},
		{
			name: "wrong until",
			spec: `  rados_trail_t: {drain: rados_trail_next, until: kay, free: rados_trail_end}`,
			want: `s.yaml:7:3: rados_trail_next has no parameter kay
  did you mean "key"?
  int rados_trail_next(rados_trail_t trail, const char **key, char **val, size_t *val_len)`,
		},
		{
			name: "no value",
			spec: `  rados_trail_t: {drain: rados_trail_size, until: key, free: rados_trail_end}`,
			want: `s.yaml:7:3: iterator rados_trail_t: rados_trail_size must yield a key, named by until, and a value with its length, and return an int
  int rados_trail_size(rados_trail_t trail, const char **key)`,
		},
		{
			name: "functions that are not there",
			spec: `  rados_trail_t: {drain: rados_trail_nxt, until: key, free: rados_trail_next}`,
			want: `s.yaml:7:3: iterator rados_trail_t, drain: no release has a function rados_trail_nxt
  did you mean "rados_trail_next"?
s.yaml:7:3: iterator rados_trail_t: rados_trail_next can't free a rados_trail_t, since it takes something else
  int rados_trail_next(rados_trail_t trail, const char **key, char **val, size_t *val_len)`,
		},
		{
			name: "argument that is not there",
			spec: `  rados_trail_t: {drain: rados_trail_next, until: key, args: {value: {with: val_len}}, free: rados_trail_end}`,
			want: `s.yaml:7:63: rados_trail_next has no parameter value
  did you mean "val"?
  int rados_trail_next(rados_trail_t trail, const char **key, char **val, size_t *val_len)`,
		},
	} {
		c.header, c.spec = trailHeader, trailSpec+c.spec
		t.Run(c.name, c.test)
	}
}

// TestPlanBadRaw has slips about private thunks, and about how they get at their handle.
func TestPlanBadRaw(t *testing.T) {
	for _, c := range []badInput{
		{
			name:   "raw with a public name",
			header: `int rados_a(rados_t cluster);`,
			spec: `functions:
  rados_a: {raw: Conn.A, doc: A does.}`,
			want: `s.yaml:2:3: "A" is no name of something private in Go`,
		},
		{
			name:   "form of raw with a public name",
			header: `int rados_a(rados_t cluster, int n);`,
			spec: `functions:
  rados_a: {raw: Conn.a, doc: a does., forms: {Conn.B: {args: {n: 0}, doc: B does.}}}`,
			want: `s.yaml:2:48: "B" is no name of something private in Go`,
		},
		{
			name:   "names that the generated code has",
			header: "int rados_a(rados_t cluster);\nint rados_b(const char *name);",
			spec: `functions:
  rados_a: {raw: Conn.enter, doc: enter enters.}
  rados_b: {raw: asError, doc: asError does.}`,
			want: `s.yaml:2:3: Conn.enter is something else in the generated code already; say another name
s.yaml:3:3: asError is something else in the generated code already; say another name`,
		},
		{
			name:   "held of a package function",
			header: `int rados_a(const char *name);`,
			spec: `functions:
  rados_a: {raw: a, held: true, doc: a does.}`,
			want: `s.yaml:2:3: a is no method, so held says nothing`,
		},
		{
			name:   "held in public",
			header: `int rados_a(rados_t cluster);`,
			spec: `functions:
  rados_a: {go: Conn.A, held: true, doc: A does.}`,
			want: `s.yaml:2:3: Conn.A is public, so nobody sees to it that its handle is held: say raw, not go`,
		},
		{
			name:   "held and set up",
			header: `int rados_a(rados_t cluster);`,
			spec: `functions:
  rados_a: {raw: Conn.a, held: true, setup: true, doc: a does.}`,
			want: `s.yaml:2:3: Conn.a is held, so setup says nothing`,
		},
		{
			name: "waits unsaid",
			header: `typedef void *rados_yard_t;
int rados_yard_make(rados_yard_t *yard);
void rados_yard_end(rados_yard_t yard);
int rados_yard_a(rados_yard_t yard, const char *name);
int rados_yard_b(rados_yard_t yard);
typedef void *rados_post_t;
int rados_post_make(rados_yard_t yard, rados_post_t *post);
void rados_post_end(rados_post_t post);
int rados_post_a(rados_post_t post);`,
			spec: `handles:
  rados_yard_t: {go: Yard, receiver: y, field: yard, limited: true, free: rados_yard_end, closed: ErrClosed, doc: Yard is.}
  rados_post_t: {go: Post, receiver: p, parent: Yard, free: rados_post_end, closed: ErrClosed, doc: Post is.}
methods:
  Yard.B: {doc: B does., steps: [{call: rados_yard_b}]}
functions:
  rados_yard_make: {go: MakeYard, doc: MakeYard does.}
  rados_yard_end: {go: Yard.End, doc: End does.}
  rados_yard_a:
    go: Yard.A
    forms: {Yard.A2: {args: {name: null}, doc: A2 does.}}
    doc: A does.
  rados_yard_b: {via: Yard.B}
  rados_post_make: {raw: Yard.makePost, doc: makePost does.}
  rados_post_end: {go: Post.End, doc: End does.}
  rados_post_a: {raw: Post.a, held: true, doc: a does.}`,
			want: `s.yaml:5:3: Yard.B may block its thread: say what it waits for, waits: osd, mon, mgr, room or nothing
s.yaml:9:3: Yard.A may block its thread: say what it waits for, waits: osd, mon, mgr, room or nothing
s.yaml:14:3: Yard.makePost may block its thread: say what it waits for, waits: osd, mon, mgr, room or nothing
s.yaml:16:3: Post.a may block its thread: say what it waits for, waits: osd, mon, mgr, room or nothing`,
		},
		{
			name: "waits in vain",
			header: `typedef void *rados_yard_t;
int rados_yard_make(rados_yard_t *yard);
void rados_yard_end(rados_yard_t yard);
void rados_yard_a(rados_yard_t yard);
int rados_yard_b(rados_yard_t yard);
int rados_yard_c(rados_yard_t yard);
int rados_yard_d(rados_yard_t yard);
int rados_b(rados_t cluster);
int rados_c(const char *name);`,
			spec: `handles:
  rados_yard_t: {go: Yard, receiver: y, field: yard, limited: true, free: rados_yard_end, closed: ErrClosed, doc: Yard is.}
functions:
  rados_yard_make: {go: MakeYard, doc: MakeYard does.}
  rados_yard_end: {go: Yard.End, waits: osd, doc: End does.}
  rados_yard_a: {go: Yard.A, waits: osd, doc: A does.}
  rados_yard_b: {raw: Yard.b, waits: osd, held: true, doc: b does.}
  rados_yard_c: {raw: Yard.c, waits: nothing, admitted: true, doc: c does.}
  rados_yard_d: {go: Yard.D, waits: osd, admitted: true, doc: D does.}
  rados_b: {go: Conn.B, waits: nothing, doc: B does.}
  rados_c: {go: C2, waits: osd, doc: C2 does.}`,
			want: `s.yaml:5:3: Yard.End ends its handle, which must not wait for room, so waits says nothing
s.yaml:6:3: Yard.A waits, but has no way to say that it was not called
s.yaml:7:3: Yard.b is called while its handle is being closed, when no call gets room: say admitted, and acquire it in Go
s.yaml:8:3: Yard.c waits for nothing, so admitted says nothing
s.yaml:9:3: Yard.D is public, so its caller has not acquired room: say raw, not go
s.yaml:10:3: Conn.B belongs to no handle that is limited, so waits says nothing
s.yaml:11:3: C2 is no method, so waits says nothing`,
		},
		{
			name:   "keep without settings",
			header: `int rados_a(rados_t cluster, int n);`,
			spec: `functions:
  rados_a: {go: Conn.A, keep: n, doc: A does.}`,
			want: `s.yaml:2:3: Conn.A keeps a setting, but Conn has no settings`,
		},
		{
			name:   "keep of what is no setter",
			header: "typedef void *rados_u_t;\nint rados_u(rados_u_t u, int *n);\nvoid rados_u_end(rados_u_t u);",
			spec: `handles:
  rados_u_t: {go: U, receiver: u, free: rados_u_end, settings: true, closed: ErrClosed, doc: U is.}
functions:
  rados_u: {go: U.Get, args: {n: {as: out-value}}, keep: n, doc: Get gets.}
  rados_u_end: {go: U.End, keep: end, doc: End ends.}`,
			want: `s.yaml:4:3: U.Get keeps a setting, but is no setter: it returns more than an error
s.yaml:5:3: U.End is what ends its handle, so keep says nothing`,
		},
		{
			name:   "keep of a parameter called like the copy",
			header: "typedef void *rados_u_t;\nint rados_u(rados_u_t u, int other);\nvoid rados_u_end(rados_u_t u);",
			spec: `handles:
  rados_u_t: {go: U, receiver: u, free: rados_u_end, settings: true, closed: ErrClosed, doc: U is.}
functions:
  rados_u: {go: U.Set, keep: it, doc: Set sets.}
  rados_u_end: {go: U.End, doc: End ends.}`,
			want: `s.yaml:4:3: U.Set: something else is called other already; say another name`,
		},
		{
			name:   "callback of something else",
			header: `int rados_a(rados_t cluster, void *arg);`,
			spec: `functions:
  rados_a: {raw: Conn.a, args: {arg: {as: callback}}, doc: a does.}`,
			want: `s.yaml:2:33: rados_a: the role callback of arg wants a parameter whose type is that of a callback
  int rados_a(rados_t cluster, void *arg)`,
		},
		{
			name:   "token of something else",
			header: `int rados_a(rados_t cluster, int arg);`,
			spec: `functions:
  rados_a: {raw: Conn.a, args: {arg: {as: token}}, doc: a does.}`,
			want: `s.yaml:2:33: rados_a: the role token of arg wants void *, not int arg
  int rados_a(rados_t cluster, int arg)`,
		},
		{
			name:   "timespec of something else, and without its Go type",
			header: "int rados_a(rados_t cluster, uint64_t *when);\nint rados_b(rados_t cluster, struct timespec *when);",
			spec: `functions:
  rados_a: {go: Conn.A, args: {when: {as: timespec}}, doc: A does.}
  rados_b: {go: Conn.B, args: {when: {as: timespec}}, doc: B does.}`,
			want: `s.yaml:2:32: rados_a: the role timespec of when wants struct timespec *, or time_t * for the seconds alone, not uint64_t *when
  int rados_a(rados_t cluster, uint64_t *when)
s.yaml:3:32: there is no Go type *Timespec`,
		},
		{
			name: "borrowed-strings that do not match",
			header: `int rados_a(rados_t cluster, const char **x, size_t *n);
int rados_b(rados_t cluster, const char **x, const char **y, size_t *n);
int rados_c(rados_t cluster, const char **x, size_t *n, const char **y, size_t *m);`,
			spec: `functions:
  rados_a: {go: Conn.A, args: {x: {as: borrowed-strings}, n: {as: out-value}}, doc: A does.}
  rados_b: {go: Conn.B, args: {x: {as: borrowed-strings, with: n, covers: [y]}}, doc: B does.}
  rados_c: {go: Conn.C, args: {x: {as: borrowed-strings, with: n, covers: [m, y]}}, doc: C does.}`,
			want: `s.yaml:2:32: rados_a: the role borrowed-strings of x wants char ** and its size_t * (with), and for more texts all char ** first, then all size_t * (covers), not const char **x
  int rados_a(rados_t cluster, const char **x, size_t *n)
s.yaml:3:32: rados_b: the role borrowed-strings of x wants char ** and its size_t * (with), and for more texts all char ** first, then all size_t * (covers), not const char **x, size_t *n
  int rados_b(rados_t cluster, const char **x, const char **y, size_t *n)
s.yaml:4:32: rados_c: the role borrowed-strings of x wants char ** and its size_t * (with), and for more texts all char ** first, then all size_t * (covers), not const char **x, size_t *n
  int rados_c(rados_t cluster, const char **x, size_t *n, const char **y, size_t *m)`,
		},
		{
			name:   "covers without use",
			header: `int rados_a(rados_t cluster, const char *name, int n);`,
			spec: `functions:
  rados_a: {go: Conn.A, args: {name: {covers: [n]}}, doc: A does.}`,
			want: `s.yaml:2:32: name: the role in-string has no use for covers`,
		},
		{
			name:   "names that differ in case alone",
			header: "int rados_a(rados_t cluster, int n);",
			spec: `functions:
  rados_a: {raw: Conn.do, doc: do does., forms: {Conn.a: {doc: a does., args: {n: 0}}, Conn.A: {doc: A does., args: {n: 1}}}}
methods:
  Conn.DO: {doc: DO does., steps: [{call: rados_a}]}
  Conn.Do: {doc: Do does., steps: [{call: rados_a}]}`,
			want: `s.yaml:2:88: "A" is no name of something private in Go
s.yaml:2:88: Conn.A and Conn.a would have one C function, go_conn_a: say another name
s.yaml:5:3: Conn.Do and Conn.DO would have one C function, go_conn_do: say another name`,
		},
		{
			name:   "package function of several calls",
			header: `int rados_a(const char *name);`,
			spec: `functions:
  rados_a: {via: do}
methods:
  Do: {steps: [{call: rados_a}], doc: Do does.}`,
			want: `s.yaml:2:3: rados_a is reached via do, which does not exist
  did you mean "Do"?`,
		},
	} {
		t.Run(c.name, c.test)
	}
}

// TestCallbackWithoutFunction has a callback that the templates know nothing of.
func TestCallbackWithoutFunction(t *testing.T) {
	header := "typedef void (*rados_shout_t)(void *arg);\nint rados_a(rados_t cluster, rados_shout_t cb, void *arg);\n"
	p := gentest.Plan(t, gentest.Load(t, "base"), gentest.Input{Name: "s", Header: header, Older: header, Spec: `functions:
  rados_a: {raw: Conn.a, args: {arg: {as: token}}, doc: a does.}`})
	_, err := emit.Files(p, "..")
	assert.EqualError(t, err, "s.yaml:2:3: Conn.a: templates/zz_engine.c.tmpl has no function go_on_rados_shout_t for librados to call")
}
