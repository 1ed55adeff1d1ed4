package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/role"
)

// A badInput is a slip, and what is said of it, place and all. Header and spec are
// added to those of testdata/base. older is what the older release declares, where it
// is not the same.
type badInput struct {
	name, header, spec, want string
	older                    *string
}

func (c badInput) test(t *testing.T) {
	t.Helper()
	err := c.err(t)
	require.Error(t, err)
	want := strings.Replace(c.want, "ROLES", strings.Join(role.Names(), ", "), 1)
	assert.Equal(t, want, err.Error())
}

// err is what is said of it.
func (c badInput) err(t *testing.T) error {
	t.Helper()
	bad := gentest.Input{Name: "s", Header: c.header + "\n", Spec: c.spec + "\n", Older: c.header + "\n"}
	if c.older != nil {
		bad.Older = *c.older + "\n"
	}
	_, err := gentest.Build(t, gentest.Load(t, "base"), bad)
	return err
}

// TestPlanBad has a slip of each kind.
func TestPlanBad(t *testing.T) {
	for _, c := range []badInput{
		{
			name:   "prototype without entry",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec:   `functions: {}`,
			want: `spec.yaml: rados_a of Ceph 14.2 has no entry; paste this below functions: and complete it
  # int rados_a(rados_t cluster, const char *oid)
  rados_a: {todo: "say go, via, raw or skip"}`,
		},
		{
			name:   "spec entry without prototype",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does.}
  rados_opne: {skip: why}`,
			want: `s.yaml:3:3: no release has a function rados_opne
  did you mean "rados_open"?`,
		},
		{
			name: "spec entry without prototype, nothing near",
			spec: `functions:
  rados_unheard_of_altogether: {skip: why}`,
			want: `s.yaml:2:3: no release has a function rados_unheard_of_altogether`,
		},
		{
			name:   "conflicting signatures",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does.}`,
			older: text(`int rados_a(rados_t cluster, char *oid);`),
			want: `s.yaml:2:3: rados_a differs between releases, and one binary can't serve both: skip it
  librados.h:16:5: Ceph 14.2: int rados_a(rados_t cluster, char *oid)
  librados.h:16:5: Ceph 16.2: int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "struct with a new field",
			header: "\nstruct rados_z { uint64_t a, b; };",
			spec: `types:
  Z: {struct: struct rados_z, doc: Z is., fields: {A: {c: a}}}`,
			older: text(`struct rados_z { uint64_t a; };`),
			want: `s.yaml:2:3: struct rados_z differs between releases, and one binary can't serve both: skip it
  librados.h:16:1: Ceph 14.2: struct rados_z: 8 bytes; struct rados_z: at 0: uint64_t a
  librados.h:17:1: Ceph 16.2: struct rados_z: 16 bytes; struct rados_z: at 0: uint64_t a; struct rados_z: at 8: uint64_t b`,
		},
		{
			name:   "renamed parameter is no conflict, but counts",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {name: x}}`,
			older: text(`int rados_a(rados_t cluster, const char *name);`),
			want: `s.yaml:2:46: rados_a has no parameter name
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "unknown role",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {oid: {as: in-strng}}}`,
			want: `s.yaml:2:46: rados_a: "in-strng", for oid, is no role
  did you mean "in-string"?`,
		},
		{
			name:   "role outside of a drain",
			header: `int rados_a(rados_t cluster, char **key);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {key: {as: drain-key}}}`,
			want: `s.yaml:2:46: rados_a: the role drain-key of key is for a step that says drain
  int rados_a(rados_t cluster, char **key)`,
		},
		{
			name:   "unknown role, nothing near",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {oid: {as: whatever}}}`,
			want: `s.yaml:2:46: rados_a: "whatever", for oid, is no role
  known are ROLES`,
		},
		{
			name:   "role that does not fit",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {oid: {as: fill}}}`,
			want: `s.yaml:2:46: rados_a: the role fill of oid wants char * with a length, not const char *oid
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "role for the generator alone",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {oid: {as: fixed}}}`,
			want: `s.yaml:2:46: rados_a: the role fixed of oid is not for as: write null or a number instead of the mapping
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "role local",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {oid: {as: local}}}`,
			want: `s.yaml:2:46: rados_a: the role local of oid is not for as: the object that an earlier step made is passed without being asked for
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "role made",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {oid: {as: made}}}`,
			want: `s.yaml:2:46: rados_a: the role made of oid is not for as: it is inferred where the step says as: NAME
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "key without use",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {oid: {first: 12, on: ERANGE}}}`,
			want: `s.yaml:2:46: oid: the role in-string has no use for first
s.yaml:2:46: oid: the role in-string has no use for on`,
		},
		{
			name:   "count that there is not",
			header: `int rados_a(rados_t cluster, char *buf, size_t len, size_t *n);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {buf: {as: fill, count: m}, n: {as: out-value, type: int}}}`,
			want: `s.yaml:2:46: rados_a has no parameter m
  int rados_a(rados_t cluster, char *buf, size_t len, size_t *n)`,
		},
		{
			name:   "count that is no size_t",
			header: `int rados_a(rados_t cluster, char *buf, size_t len, int *n);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {buf: {as: fill, count: n}}}`,
			want: `s.yaml:2:46: rados_a: the role fill of buf wants count: a size_t *, not int *n
  int rados_a(rados_t cluster, char *buf, size_t len, int *n)`,
		},
		{
			name:   "count of a function that returns it",
			header: `int rados_a(rados_t cluster, char *buf, size_t len, size_t *n);`,
			spec: `functions:
  rados_a: {go: Conn.A, ret: count, doc: A does., args: {buf: {as: fill, count: n}}}`,
			want: `s.yaml:2:58: rados_a: the role fill of buf wants no count: with ret: count the function returns it
  int rados_a(rados_t cluster, char *buf, size_t len, size_t *n)`,
		},
		{
			name:   "two counts",
			header: `int rados_a(rados_t cluster, char *buf, size_t len, size_t *n, char *more, size_t more_len, size_t *m);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {buf: {as: fill, count: n}, more: {as: fill, count: m}}}`,
			want: `s.yaml:2:3: Conn.A: count is for the one number that a method returns, and there are more
s.yaml:2:73: Conn.A: something else is called n already; say another name`,
		},
		{
			name:   "count that goes with another buffer",
			header: `int rados_a(rados_t cluster, char *buf, size_t len, size_t *n);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {buf: {as: fill, count: n}, n: {as: out-value}}}`,
			want: `s.yaml:2:73: rados_a: n goes with buf and can't be an argument of its own
  int rados_a(rados_t cluster, char *buf, size_t len, size_t *n)`,
		},
		{
			name:   "count of a text",
			header: `int rados_a(rados_t cluster, const char *oid, size_t *n);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {oid: {count: n}}}`,
			want: `s.yaml:2:46: oid: the role in-string has no use for count`,
		},
		{
			name:   "name of a receiver",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {cluster: conn}}`,
			want: `s.yaml:2:46: cluster: the role receiver has no use for name`,
		},
		{
			name:   "length of what is no buffer",
			header: `int rados_a(rados_t cluster, int n, int m);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {n: {with: m}}}`,
			want: `s.yaml:2:46: n is no buffer, so m can't be its length`,
		},
		{
			name:   "unknown parameter",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {odi: object}}`,
			want: `s.yaml:2:46: rados_a has no parameter odi
  did you mean "oid"?
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "unknown parameter, nothing near",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {colour: object}}`,
			want: `s.yaml:2:46: rados_a has no parameter colour
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "unknown parameter as length",
			header: `int rados_a(rados_t cluster, const char *buf, size_t n);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {buf: {with: m}}}`,
			want: `s.yaml:2:46: rados_a has no parameter m
  int rados_a(rados_t cluster, const char *buf, size_t n)`,
		},
		{
			name:   "unknown parameter, also in forms",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a:
    go: Conn.A
    doc: A does.
    args: {odi: object}
    forms:
      Conn.B: {doc: B does., args: {oid: null}}`,
			want: `s.yaml:5:12: rados_a has no parameter odi
  did you mean "oid"?
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "length as an argument",
			header: `int rados_a(rados_t cluster, const char *buf, size_t len);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {buf: data, len: size}}`,
			want: `s.yaml:2:57: rados_a: len goes with buf and can't be an argument of its own
  int rados_a(rados_t cluster, const char *buf, size_t len)`,
		},
		{
			name:   "argument can't be inferred",
			header: `int rados_a(rados_t cluster, char *buf, size_t len);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does.}`,
			want: `s.yaml:2:3: rados_a: what buf means for Go can't be inferred
  say as: one of fill, grow-string
  int rados_a(rados_t cluster, char *buf, size_t len)`,
		},
		{
			name: "argument of an unknown type",
			header: `typedef void *rados_thing_t;
int rados_a(rados_t cluster, rados_thing_t t);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does.}`,
			want: `s.yaml:2:3: rados_a: what t means for Go can't be inferred
  say as: one of opaque
  int rados_a(rados_t cluster, rados_thing_t t)`,
		},
		{
			name:   "null for a number",
			header: `int rados_a(rados_t cluster, int n);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {n: null}}`,
			want: `s.yaml:2:46: rados_a: the role fixed of n passes NULL, but int n is no pointer
  int rados_a(rados_t cluster, int n)`,
		},
		{
			name:   "number for a pointer",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {oid: 0}}`,
			want: `s.yaml:2:46: rados_a: the role fixed of oid passes 0, but const char *oid is no number
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "fill, empty",
			header: `int rados_a(rados_t cluster, char *buf, size_t len);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {buf: {as: fill, empty: refuse}}}`,
			want: `s.yaml:2:46: rados_a: the role fill of buf wants empty: probe, not "refuse"
  int rados_a(rados_t cluster, char *buf, size_t len)`,
		},
		{
			name:   "owned-string, empty",
			header: `int rados_a(rados_t cluster, char **out, size_t *outlen);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {out: {as: owned-string, empty: refuse}}}`,
			want: `s.yaml:2:46: rados_a: the role owned-string of out wants empty: an errno, such as ENOENT, not "refuse"
  int rados_a(rados_t cluster, char **out, size_t *outlen)`,
		},
		{
			name:   "owned-string, empty without an error",
			header: `void rados_a(rados_t cluster, char **out, size_t *outlen);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {out: {as: owned-string, empty: ENOENT}}}`,
			want: `s.yaml:2:46: rados_a: the role owned-string of out wants no empty: with ret: none there is no error
  void rados_a(rados_t cluster, char **out, size_t *outlen)`,
		},
		{
			name:   "in-string, empty",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {oid: {empty: probe}}}`,
			want: `s.yaml:2:46: rados_a: the role in-string of oid wants empty: refuse, not "probe"
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "grow without first",
			header: `int rados_a(rados_t cluster, char *buf, size_t len);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {buf: {as: grow-string, on: ERANGE}}}`,
			want: `s.yaml:2:46: rados_a: the role grow-string of buf wants first: the size in bytes to try first
  int rados_a(rados_t cluster, char *buf, size_t len)`,
		},
		{
			name:   "grow without on",
			header: `int rados_a(rados_t cluster, char *buf, size_t len);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {buf: {as: grow-string, first: 1}}}`,
			want: `s.yaml:2:46: rados_a: the role grow-string of buf wants on: the errno that says the buffer is too small (or ret: needed)
  int rados_a(rados_t cluster, char *buf, size_t len)`,
		},
		{
			name:   "grow of a value",
			header: `uint32_t rados_a(rados_t cluster, char *buf, size_t len);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., ret: value, args: {buf: {as: grow-string, first: 1, on: ERANGE}}}`,
			want: `s.yaml:2:58: rados_a: the role grow-string of buf wants ret: errno, length or needed, not value
  uint32_t rados_a(rados_t cluster, char *buf, size_t len)`,
		},
		{
			name:   "grow-list that ends nowhere",
			header: `int rados_a(rados_t cluster, char *buf, size_t len);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {buf: {as: grow-list, on: ERANGE, first: 1}}}`,
			want: `s.yaml:2:46: rados_a: the role grow-list of buf wants ret: length or needed, since the first item's NUL is not the end
  int rados_a(rados_t cluster, char *buf, size_t len)`,
		},
		{
			name:   "two that grow",
			header: `int rados_a(rados_t cluster, char *buf, size_t len, char *tag, size_t tag_len);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., ret: length, args: {buf: {as: grow-string, on: ERANGE, first: 1}, tag: {as: grow-string, on: ERANGE, first: 1}}}`,
			want: `s.yaml:2:3: Conn.A: ret: length is about one buffer that grows, and there are 2`,
		},
		{
			name:   "out-handle of the wrong method",
			header: `int rados_a(rados_ioctx_t io, rados_ioctx_t *other);`,
			spec: `functions:
  rados_a: {go: IOContext.A, doc: A does.}`,
			want: `s.yaml:2:3: rados_a: the role out-handle of other wants a method of Conn, to which each IOContext belongs
  int rados_a(rados_ioctx_t io, rados_ioctx_t *other)`,
		},
		{
			name:   "out-handle that is not alone",
			header: `int rados_a(rados_t cluster, rados_ioctx_t *io, int *n);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {n: {as: out-value}}}`,
			want: `s.yaml:2:3: Conn.A returns a new IOContext, which must be its only result and come of a single call`,
		},
		{
			name:   "prepend under the name argv",
			header: `int rados_a(rados_t cluster, int argc, const char **argv);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {argv: {as: argv, with: argc, prepend: x}}}`,
			want: `s.yaml:2:46: rados_a: the role argv of argv wants another name than argv, which is the whole list with what prepend puts first
  int rados_a(rados_t cluster, int argc, const char **argv)`,
		},
		{
			name:   "replaces without setup",
			header: `int rados_a(rados_t *cluster);`,
			spec: `methods:
  Conn.A:
    doc: A does.
    steps:
      - {call: rados_a, as: a, free: rados_end, replaces: true}
      - {call: rados_go}
functions: {rados_a: {via: Conn.A}}`,
			want: `s.yaml:2:3: Conn.A: replaces is for a method with setup: true, of a handle that a later step makes ready`,
		},
		{
			name:   "replaces with what is not ready",
			header: `int rados_a(rados_t *cluster);`,
			spec: `methods:
  Conn.A:
    setup: true
    doc: A does.
    steps:
      - {call: rados_go}
      - {call: rados_a, as: a, free: rados_end, replaces: true}
functions: {rados_a: {via: Conn.A}}`,
			want: `s.yaml:2:3: Conn.A: replaces is for a method with setup: true, of a handle that a later step makes ready`,
		},
		{
			name:   "replaces with what is not freed",
			header: `int rados_a(rados_t *cluster);`,
			spec: `methods:
  Conn.A:
    setup: true
    doc: A does.
    steps:
      - {call: rados_a, as: a, replaces: true}
      - {call: rados_go}
functions: {rados_a: {via: Conn.A}}`,
			want: `s.yaml:2:3: Conn.A: what replaces a Conn must be freed with rados_end, and nothing but an error be returned`,
		},
		{
			name:   "replaces twice",
			header: `int rados_a(rados_t *cluster);`,
			spec: `methods:
  Conn.A:
    setup: true
    doc: A does.
    steps:
      - {call: rados_a, as: a, free: rados_end, replaces: true}
      - {call: rados_a, as: b, free: rados_end, replaces: true}
      - {call: rados_go}
functions: {rados_a: {via: Conn.A}}`,
			want: `s.yaml:2:3: Conn.A: two steps can't replace the same object`,
		},
		{
			name:   "value that is no const",
			header: `int rados_a(rados_t cluster, int how);`,
			spec: `consts: [{names: {PickOne: {is: "1", type: int, doc: PickOne is one.}}}]
functions:
  rados_a: {go: Conn.A, doc: A does., args: {how: {type: int, allowed: [PickOne, PickOn, PickOne]}}}`,
			want: `s.yaml:3:46: how: allowed has PickOn, which is no const of the spec
  did you mean "PickOne"?
s.yaml:3:46: how: allowed has PickOne twice`,
		},
		{
			name: "value of another type",
			header: `#define LIBRADOS_A "a"
int rados_a(rados_t cluster, int how);`,
			spec: `types:
  T: {is: int, doc: T is a number.}
consts: [{names: {PickOne: {is: "1", type: T, doc: PickOne is one.}, PickText: {c: LIBRADOS_A, doc: PickText is a text.}}}]
functions:
  rados_a: {go: Conn.A, doc: A does., args: {how: {type: int, allowed: [PickOne, PickText]}}}`,
			want: `s.yaml:5:46: how: allowed has PickOne, whose type is T
s.yaml:5:46: how: allowed has PickText, which is no number`,
		},
		{
			name:   "values of what is no number",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `consts: [{names: {PickOne: {is: "1", type: int, doc: PickOne is one.}}}]
functions:
  rados_a: {go: Conn.A, doc: A does., args: {oid: {allowed: [PickOne]}}}`,
			want: `s.yaml:3:46: oid: allowed has PickOne, whose type is int
s.yaml:3:46: oid: the role in-string has no use for allowed`,
		},
		{
			name:   "no environment variable",
			header: `int rados_a(rados_t cluster, const char *var);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., environ: $X, args: {var: null}}`,
			want: `s.yaml:2:3: environ: "$X" is no environment variable, such as CEPH_ARGS`,
		},
		{
			name: "newest map in vain",
			header: `int rados_a(rados_t cluster);
int rados_b(rados_ioctx_t io);
int rados_c(rados_t cluster);
uint64_t rados_d(rados_t cluster);
int rados_e(const char *name);
int rados_f(rados_t cluster);`,
			spec: `functions:
  rados_a: {go: Conn.A, fresh_map: [enoent], doc: A does.}
  rados_b: {go: IOContext.B, fresh_map: [ENOENT], doc: B does.}
  rados_c: {raw: Conn.c, held: true, before: latestMap, doc: c does.}
  rados_d: {go: Conn.D, ret: {as: value, closed: 0}, before: latestMap, doc: D does.}
  rados_e: {go: E, fresh_map: [ENOENT], doc: E does.}
  rados_f: {go: Conn.F, before: LatestMap, doc: F does.}`,
			want: `s.yaml:2:3: "enoent" is no errno, such as ENOENT
s.yaml:3:3: IOContext.B: fresh_map needs refresh, the method of IOContext that waits for the newest map
s.yaml:4:3: Conn.c: before is for a method of a handle that calls C at once and is not held
s.yaml:5:3: Conn.D: before needs a method that returns an error
s.yaml:6:3: E: fresh_map is for a method of a handle that calls C at once and is not held
s.yaml:7:3: Conn.F: before: "LatestMap" is not the name of a private method`,
		},
		{
			name:   "return value can't be inferred",
			header: `uint64_t rados_a(rados_t cluster);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does.}`,
			want: `s.yaml:2:3: what rados_a returns can't be inferred: say ret, one of errno, count, length, needed, verdict, value, object, either-sign, opaque, none, void
  uint64_t rados_a(rados_t cluster)`,
		},
		{
			name:   "unknown return value",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., ret: erno}`,
			want: `s.yaml:2:44: "erno" is no meaning of a return value
  did you mean "errno"?`,
		},
		{
			name:   "unknown return value, nothing near",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., ret: whatever}`,
			want: `s.yaml:2:44: "whatever" is no meaning of a return value
  known are errno, count, length, needed, verdict, value, object, either-sign, opaque, none, void`,
		},
		{
			name:   "errno of nothing",
			header: `void rados_a(rados_t cluster);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., ret: errno}`,
			want: `s.yaml:2:44: ret: errno does not suit rados_a, which returns nothing
  void rados_a(rados_t cluster)`,
		},
		{
			name:   "errno of a pointer",
			header: `rados_walk_t rados_a(rados_t cluster);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., ret: errno}`,
			want: `s.yaml:2:44: ret: errno does not suit rados_a, which returns no number
  rados_walk_t rados_a(rados_t cluster)`,
		},
		{
			name:   "count that is never negative",
			header: `uint32_t rados_a(rados_t cluster);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., ret: count}`,
			want: `s.yaml:2:44: ret: count does not suit rados_a, which returns no negative number
  uint32_t rados_a(rados_t cluster)`,
		},
		{
			name:   "object without steps",
			header: `rados_walk_t rados_a(rados_t cluster);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., ret: object}`,
			want: `s.yaml:2:44: ret: object is for a step that makes an object: it returns a pointer and has as: NAME
  rados_walk_t rados_a(rados_t cluster)`,
		},
		{
			name:   "length without a buffer",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., ret: length}`,
			want: `s.yaml:2:3: Conn.A: ret: length is about a buffer that grows, and there is none; for the caller's own say count`,
		},
		{
			name:   "value without room",
			header: `int64_t rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., ret: value}`,
			want: `s.yaml:2:3: Conn.A: ret: value leaves no room for an error, and an argument may be refused or the function missing`,
		},
		{
			name:   "closed with an error",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., ret: {as: count, closed: 0}}`,
			want: `s.yaml:2:44: closed is for ret: value and opaque; with count the method returns an error
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "type of no result",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., ret: {as: errno, type: int}}`,
			want: `s.yaml:2:44: type is for a return value that is a result; errno is none
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name: "two Go names alike",
			header: `int rados_a(rados_t cluster, const char *oid);
int rados_b(rados_t cluster);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does.}
  rados_b: {go: Conn.A, doc: A does.}`,
			want: `s.yaml:3:3: two things are called Conn.A in Go; the first is at s.yaml:2:3`,
		},
		{
			name:   "form called like another",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a:
    go: Conn.A
    doc: A does.
    forms:
      Conn.Go: {doc: Go does., args: {oid: null}}`,
			want: `base.yaml:22:3: two things are called Conn.Go in Go; the first is at s.yaml:6:7`,
		},
		{
			name: "type called like a handle",
			spec: `types:
  Conn: {is: int, doc: Conn is an int.}`,
			want: `s.yaml:2:3: two things are called Conn in Go; the first is at base.yaml:4:3`,
		},
		{
			name:   "unknown handle",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Con.A, doc: A does.}`,
			want: `s.yaml:2:3: Con.A: no handle has the Go name Con
  did you mean "Conn"?
s.yaml:2:3: rados_a: what cluster means for Go can't be inferred
  say go: Conn.…, since a rados_t is the receiver of its methods
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "method of the wrong handle",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: IOContext.A, doc: A does.}`,
			want: `s.yaml:2:3: rados_a: what cluster means for Go can't be inferred
  say go: Conn.…, since a rados_t is the receiver of its methods
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "function with a handle",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: A, doc: A does.}`,
			want: `s.yaml:2:3: rados_a: what cluster means for Go can't be inferred
  say go: Conn.…, since a rados_t is the receiver of its methods
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "private name",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.a, doc: a does.}`,
			want: `s.yaml:2:3: "a" is no name of something public in Go`,
		},
		{
			name:   "no name",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A-B, doc: A-B does.}`,
			want: `s.yaml:2:3: "A-B" is no name of something public in Go`,
		},
		{
			name:   "missing doc",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A}`,
			want: `s.yaml:2:3: Conn.A has no doc`,
		},
		{
			name:   "doc that begins otherwise",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: Does A.}`,
			want: `s.yaml:2:3: the doc of Conn.A must begin with "A", not "Does"`,
		},
		{
			name:   "doc that begins with a longer name",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: Abc does.}`,
			want: `s.yaml:2:3: the doc of Conn.A must begin with "A", not "Abc"`,
		},
		{
			name: "docs of everything",
			spec: `types:
  T: {is: int}
consts:
  - names:
      K: {is: K}
errors:
  ErrX: {errno: EIO}`,
			want: `s.yaml:2:3: T has no doc
s.yaml:5:7: K has no doc
s.yaml:5:7: const K is K, which is no const of the spec
s.yaml:7:3: ErrX has no doc`,
		},
		{
			name:   "parameter called like a keyword",
			header: `int rados_a(rados_t cluster, int type);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does.}`,
			want: `s.yaml:2:3: Conn.A: nothing can be called "type" in Go; say another name`,
		},
		{
			name:   "parameter called like the receiver",
			header: `int rados_a(rados_t cluster, int c);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does.}`,
			want: `s.yaml:2:3: Conn.A: something else is called c already; say another name`,
		},
		{
			name:   "parameter called like a local",
			header: `int rados_a(rados_t cluster, int found, int len);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does.}`,
			want: `s.yaml:2:3: Conn.A: something else is called found already; say another name
s.yaml:2:3: Conn.A: something else is called len already; say another name`,
		},
		{
			name:   "two parameters alike",
			header: `int rados_a(rados_t cluster, int m, int n);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {m: x, n: x}}`,
			want: `s.yaml:2:52: Conn.A: something else is called x already; say another name`,
		},
		{
			name:   "named result called like a parameter",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., named: [oid]}`,
			want: `s.yaml:2:3: Conn.A: something else is called oid already; say another name`,
		},
		{
			name:   "too many names",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., named: [n, err]}`,
			want: `s.yaml:2:3: Conn.A: named has 2 names, but the number of results is 1`,
		},
		{
			name:   "setup without a handle",
			header: `int rados_a(int n);`,
			spec: `functions:
  rados_a: {go: A, setup: true, doc: A does.}`,
			want: `s.yaml:2:3: A is no method, so setup says nothing`,
		},
		{
			name:   "unknown struct",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., into: Stat}`,
			want: `s.yaml:2:3: no type is called Stat`,
		},
		{
			name:   "fields",
			header: `int rados_a(rados_t cluster, int *x, int *y, int *z);`,
			spec: `types:
  Stat: {doc: Stat is., fields: {Size: {type: int}, Time: {type: int}, Rest: {type: int}}}
functions:
  rados_a: {go: Conn.A, doc: A does., into: Stat, args: {x: {as: out-value, field: Sice}, y: {as: out-value, field: Time}, z: {as: out-value, field: Time}}}`,
			want: `s.yaml:4:3: Conn.A leaves Stat.Rest unset
s.yaml:4:3: Conn.A leaves Stat.Size unset
s.yaml:4:58: Stat has no field Sice for x to go into
  did you mean "Size"?
s.yaml:4:124: Stat.Time is set twice`,
		},
		{
			name:   "field without a struct",
			header: `int rados_a(rados_t cluster, int *x);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., args: {x: {as: out-value, field: Size}}}`,
			want: `s.yaml:2:46: x goes into the field Size, but Conn.A has no into`,
		},
		{
			name:   "via what does not exist",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {via: Conn.Pek}`,
			want: `s.yaml:2:3: rados_a is reached via Conn.Pek, which does not exist
  did you mean "Conn.Peek"?`,
		},
		{
			name:   "via what does not use it",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {via: Conn.Peek}`,
			want: `s.yaml:2:3: rados_a is said to be reached via Conn.Peek, which does not use it`,
		},
		{
			name:   "todo, and used",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `methods:
  Conn.M: {doc: M does., steps: [{call: rados_a}]}
functions:
  rados_a: {todo: later}`,
			want: `s.yaml:4:3: rados_a is todo, yet Conn.M uses it: say via`,
		},
		{
			name: "skip, and used to free",
			header: `rados_walk_t rados_b(rados_t cluster);
void rados_a(rados_walk_t w);`,
			spec: `methods:
  Conn.M: {doc: M does., steps: [{call: rados_b, as: walk, free: rados_a}]}
functions:
  rados_a: {skip: why}
  rados_b: {via: Conn.M}`,
			want: `s.yaml:4:3: rados_a is skip, yet Conn.M uses it: say via`,
		},
		{
			name: "no steps",
			spec: `methods:
  Conn.M: {doc: M does.}`,
			want: `s.yaml:2:3: Conn.M has no steps`,
		},
		{
			name: "step that does nothing",
			spec: `methods:
  Conn.M: {doc: M does., steps: [{as: x}]}`,
			want: `s.yaml:2:34: a step of Conn.M must have either call or drain`,
		},
		{
			name:   "step that does two things",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `methods:
  Conn.M: {doc: M does., steps: [{call: rados_a, drain: rados_a}]}
functions:
  rados_a: {go: Conn.A, doc: A does.}`,
			want: `s.yaml:2:34: a step of Conn.M must have either call or drain`,
		},
		{
			name:   "drain without until",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `methods:
  Conn.M: {doc: M does., steps: [{drain: rados_a}]}
functions:
  rados_a: {go: Conn.A, doc: A does.}`,
			want: `s.yaml:2:34: a step of Conn.M must have drain and until together`,
		},
		{
			name:   "step of an unknown function",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `methods:
  Conn.M: {doc: M does., steps: [{call: rados_ab}]}
functions:
  rados_a: {go: Conn.A, doc: A does.}`,
			want: `s.yaml:2:34: Conn.M: no release has a function rados_ab
  did you mean "rados_a"?`,
		},
		{
			name:   "until what is no parameter",
			header: `int rados_a(rados_t cluster, char **key, char **val, size_t *val_len);`,
			spec: `methods:
  Conn.M: {doc: M does., steps: [{drain: rados_a, until: kez}]}
functions:
  rados_a: {via: Conn.M}`,
			want: `s.yaml:2:3: rados_a: the role drain-value of key wants char ** with a size_t *, not char **key
  int rados_a(rados_t cluster, char **key, char **val, size_t *val_len)
s.yaml:2:34: rados_a has no parameter kez
  did you mean "key"?
  int rados_a(rados_t cluster, char **key, char **val, size_t *val_len)`,
		},
		{
			name:   "drain of keys alone",
			header: `int rados_a(rados_t cluster, char **key);`,
			spec: `methods:
  Conn.M: {doc: M does., steps: [{drain: rados_a, until: key}]}
functions:
  rados_a: {via: Conn.M}`,
			want: `s.yaml:2:34: a step of Conn.M: to drain rados_a needs a key, named by until, and a value with its length
  int rados_a(rados_t cluster, char **key)`,
		},
		{
			name:   "step that makes nothing",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `methods:
  Conn.M: {doc: M does., steps: [{call: rados_a, as: walk}]}
functions:
  rados_a: {via: Conn.M}`,
			want: `s.yaml:2:34: a step of Conn.M: rados_a makes no object to be called walk
  int rados_a(rados_t cluster, const char *oid)`,
		},
		{
			name:   "free of nothing",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `methods:
  Conn.M: {doc: M does., steps: [{call: rados_a, free: rados_walk_end}]}
functions:
  rados_a: {via: Conn.M}`,
			want: `s.yaml:2:34: a step of Conn.M frees what it makes, but does not name it: say as`,
		},
		{
			name:   "free of another type",
			header: `rados_walk_t rados_a(rados_t cluster);`,
			spec: `methods:
  Conn.M: {doc: M does., steps: [{call: rados_a, as: walk, free: rados_end}]}
functions:
  rados_a: {via: Conn.M}`,
			want: `s.yaml:2:34: Conn.M: rados_end can't free a rados_walk_t, since it takes something else
  void rados_end(rados_t cluster)`,
		},
		{
			name:   "free that does not exist",
			header: `rados_walk_t rados_a(rados_t cluster);`,
			spec: `methods:
  Conn.M: {doc: M does., steps: [{call: rados_a, as: walk, free: rados_walk_ent}]}
functions:
  rados_a: {via: Conn.M}`,
			want: `s.yaml:2:34: Conn.M, free: no release has a function rados_walk_ent
  did you mean "rados_walk_end"?`,
		},
		{
			name:   "order",
			header: `int rados_a(rados_t cluster, int x, int y);`,
			spec: `methods:
  Conn.M: {doc: M does., params: [y, z], steps: [{call: rados_a}]}
functions:
  rados_a: {via: Conn.M}`,
			want: `s.yaml:2:3: the params of Conn.M have z, which is no parameter
s.yaml:2:3: the params of Conn.M leave out x`,
		},
		{
			name:   "else without need",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., else: rados_go}`,
			want: `s.yaml:2:3: rados_a needs no else: every release has it`,
		},
		{
			name:   "else that does not exist",
			header: `int rados_a(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., else: rados_goo}`,
			older: text(""),
			want: `s.yaml:2:3: rados_a, else: no release has a function rados_goo
  did you mean "rados_go"?`,
		},
		{
			name: "else that is as new",
			header: `int rados_a(rados_t cluster, const char *oid);
int rados_b(rados_t cluster, const char *oid);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., else: rados_b}
  rados_b: {via: Conn.A}`,
			older: text(""),
			want:  `s.yaml:2:3: rados_b can't stand in for rados_a: Ceph 14.2 has neither`,
		},
		{
			name: "else with other parameters",
			header: `int rados_a(rados_t cluster, const char *oid);
void rados_b(rados_t cluster, int n);`,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., else: rados_b}
  rados_b: {via: Conn.A}`,
			older: text(`void rados_b(rados_t cluster, int n);`),
			want: `s.yaml:2:3: rados_b can't stand in for rados_a, which has no int n
  int rados_a(rados_t cluster, const char *oid)
  void rados_b(rados_t cluster, int n)
s.yaml:2:3: rados_b can't stand in for rados_a: it returns another type
  int rados_a(rados_t cluster, const char *oid)
  void rados_b(rados_t cluster, int n)
s.yaml:2:3: rados_b can't stand in for rados_a: it takes no const char *oid
  int rados_a(rados_t cluster, const char *oid)
  void rados_b(rados_t cluster, int n)`,
		},
		{
			name: "handle",
			spec: `handles:
  rados_u: {go: U, parent: Cnn, ready: rados_goo, closed: ErrClozed, doc: U is.}`,
			want: `s.yaml:2:3: handle rados_u has no free
s.yaml:2:3: handle rados_u has no receiver
s.yaml:2:3: handle rados_u, closed: no error is called ErrClozed
  did you mean "ErrClosed"?
s.yaml:2:3: handle rados_u, ready: no release has a function rados_goo
  did you mean "rados_go"?
s.yaml:2:3: handle rados_u: its parent Cnn is no handle above it
s.yaml:2:3: handle rados_u: no release has a pointer type of that name`,
		},
		{
			name: "handle that nothing ends",
			header: `typedef void *rados_u_t;
int rados_a(rados_u_t u, int n);
void rados_b(rados_u_t u);`,
			spec: `handles:
  rados_u_t: {go: U, receiver: u, free: rados_a, closed: ErrClosed, doc: U is.}
  rados_walk_t: {go: W, receiver: w, free: rados_walk_end, closed: ErrClosed, doc: W is.}
functions:
  rados_a: {skip: x}
  rados_b: {skip: x}`,
			want: `base.yaml:28:3: rados_walk_end frees the handle rados_walk_t, so it must be a method of it: go: W.…
s.yaml:2:3: handle rados_u_t: rados_a can't free a rados_u_t, since it takes something else
  int rados_a(rados_u_t u, int n)`,
		},
		{
			name: "types",
			header: `struct rados_s_t { int n; void *p; };
struct rados_n_t { int n; };`,
			spec: `types:
  A: {doc: A is.}
  B: {is: int, fields: {X: {type: int}}, doc: B is.}
  C: {struct: struct rados_x_t, fields: {X: {c: x}}, doc: C is.}
  D: {struct: struct rados_s_t, fields: {P: {c: p}, M: {c: m}}, doc: D is.}
  E: {struct: struct rados_s_t, fields: {N: {c: n}}, doc: E is.}
  F: {fields: {x: {type: int}, Y: {c: y}, Z: {}}, doc: F is.}
  G: {struct: struct rados_n_t, fields: {N: {c: n}}, doc: G is.}`,
			older: text(`struct rados_s_t { int n; void *p; };`),
			want: `s.yaml:2:3: type A must have either is or fields, the fields with or without struct
s.yaml:3:3: type B must have either is or fields, the fields with or without struct
s.yaml:4:3: type C mirrors struct rados_x_t, which no release has
s.yaml:5:42: struct rados_s_t.p is no number, and nothing else can be mirrored
s.yaml:5:53: struct rados_s_t has no member "m"
s.yaml:6:3: type E mirrors struct rados_s_t, as D does already
s.yaml:7:16: "x" is no name of something public in Go
s.yaml:7:32: field F.Y can't be a C member, since F has no struct
s.yaml:7:43: field F.Z has no type
s.yaml:8:3: type G mirrors struct rados_n_t, which not every release has`,
		},
		{
			name:   "consts",
			header: `enum { LIBRADOS_ONE = 1 };`,
			spec: `consts:
  - names:
      A: {c: LIBRADOS_ON, doc: A is.}
      B: {doc: B is.}
      D: {is: A2, doc: D is.}
      E: {is: E, doc: E is.}`,
			want: `s.yaml:3:7: no release has a constant LIBRADOS_ON
  did you mean "LIBRADOS_ONE"?
s.yaml:4:7: const B must have either c or is
s.yaml:5:7: const D is A2, which is no const of the spec
  did you mean "A"?
s.yaml:6:7: const E is E, which is no const of the spec`,
		},
		{
			name: "errors",
			spec: `errors:
  ErrA: {doc: ErrA is.}
  ErrB: {errno: EIO, text: x, doc: ErrB is.}
  ErrC: {errno: EIO, when: NUL, doc: ErrC is.}
  ErrD: {is: ErrClozed, doc: ErrD is.}`,
			want: `s.yaml:2:3: error ErrA must have one of errno, is and text
s.yaml:3:3: error ErrB must have one of errno, is and text
s.yaml:4:3: error ErrC: like, tells and when belong to an error with text
s.yaml:5:3: error ErrD: no error is called ErrClozed
  did you mean "ErrClosed"?`,
		},
		{
			name: "all at once, sorted",
			header: `int rados_a(rados_t cluster, const char *oid);
int rados_b(rados_t cluster);
int rados_c(rados_t cluster);`,
			spec: `functions:
  rados_c: {via: Conn.X}
  rados_a: {go: Conn.A, args: {oid: {as: fil}}, ret: erno}
  rados_d: {skip: x}
errors:
  ErrX: {errno: EIO}`,
			want: `s.yaml:2:3: rados_c is reached via Conn.X, which does not exist
  did you mean "Conn.Go"?
s.yaml:3:3: Conn.A has no doc
s.yaml:3:54: "erno" is no meaning of a return value
  did you mean "errno"?
s.yaml:4:3: no release has a function rados_d
  did you mean "rados_a"?
s.yaml:6:3: ErrX has no doc
spec.yaml: rados_b of Ceph 14.2 has no entry; paste this below functions: and complete it
  # int rados_b(rados_t cluster)
  rados_b: {todo: "say go, via, raw or skip"}`,
		},
	} {
		t.Run(c.name, c.test)
	}
}

func text(s string) *string { return &s }

// TestPlanBadReleases has functions that come and go with a release where something else
// needs them.
func TestPlanBadReleases(t *testing.T) {
	for _, c := range []badInput{
		{
			name:   "D6 free of a handle that is new",
			header: "typedef void *rados_u_t;\nvoid rados_u_end(rados_u_t u);",
			older:  text("typedef void *rados_u_t;"),
			spec: `handles:
  rados_u_t: {go: U, receiver: u, free: rados_u_end, closed: ErrClosed, doc: U is.}
functions:
  rados_u_end: {go: U.End, doc: End ends.}`,
			want: `s.yaml:2:3: handle rados_u_t: every release must have rados_u_end, or what it frees would stay`,
		},
		{
			name:   "D6 free of a handle that is gone",
			header: "typedef void *rados_u_t;",
			older:  text("typedef void *rados_u_t;\nvoid rados_u_end(rados_u_t u);"),
			spec: `handles:
  rados_u_t: {go: U, receiver: u, free: rados_u_end, closed: ErrClosed, doc: U is.}
functions:
  rados_u_end: {go: U.End, doc: End ends.}`,
			want: `s.yaml:2:3: handle rados_u_t: every release must have rados_u_end, or what it frees would stay`,
		},
		{
			name:   "D6 else that is gone where nothing has come for it",
			header: "",
			older:  text("int rados_a(rados_t cluster);\nint rados_b(rados_t cluster);"),
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., else: rados_b}
  rados_b: {via: Conn.A}`,
			want: `s.yaml:2:3: rados_b can't stand in for rados_a: Ceph 16.2 has neither`,
		},
		{
			name: "D6 free of a list that takes something else",
			header: `typedef struct { size_t word_length; char *word; } rados_words_t;
int rados_a(rados_t cluster, size_t number, rados_words_t *words);
void rados_b(rados_words_t *words, size_t number);`,
			spec: `functions:
  rados_a: {raw: Conn.a, args: {words: {as: out-items, with: number, free: rados_b}}, doc: a does.}
  rados_b: {via: Conn.a}`,
			want: `s.yaml:2:33: rados_a: rados_b can't free what words gets: it must take a size_t and a rados_words_t *
  void rados_b(rados_words_t *words, size_t number)`,
		},
	} {
		t.Run(c.name, c.test)
	}
}

// TestPlanBadOthers has keys that name another function which does not have the shape that is
// called: D1.
func TestPlanBadOthers(t *testing.T) {
	for _, c := range []badInput{
		{
			name:   "else without a parameter of the caller's",
			header: "int rados_a(rados_t cluster, const char *oid, int flags);\nint rados_b(rados_t cluster, const char *oid);",
			older:  text("int rados_b(rados_t cluster, const char *oid);"),
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., else: rados_b, args: {oid: {as: in-string}}}
  rados_b: {via: Conn.A}`,
			want: `s.yaml:2:3: rados_b can't stand in for rados_a: it takes no int flags
  int rados_a(rados_t cluster, const char *oid, int flags)
  int rados_b(rados_t cluster, const char *oid)`,
		},
		{
			name:   "else without a result",
			header: "int rados_a(rados_t cluster, uint64_t *n, uint64_t *m);\nint rados_b(rados_t cluster, uint64_t *n);",
			older:  text("int rados_b(rados_t cluster, uint64_t *n);"),
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., else: rados_b, args: {n: {as: out-value}, m: {as: out-value}}}
  rados_b: {via: Conn.A}`,
			want: `s.yaml:2:3: rados_b can't stand in for rados_a: it takes no uint64_t *m
  int rados_a(rados_t cluster, uint64_t *n, uint64_t *m)
  int rados_b(rados_t cluster, uint64_t *n)`,
		},
		{
			name: "ready of another handle",
			header: `typedef void *rados_u_t;
void rados_u_end(rados_u_t u);
void rados_u_go(rados_u_t u);`,
			spec: `handles:
  rados_u_t: {go: U, receiver: u, free: rados_u_end, ready: rados_go, closed: ErrClosed, doc: U is.}
functions:
  rados_u_go: {go: U.Go, doc: Go goes.}
  rados_u_end: {go: U.End, doc: End ends.}`,
			want: `s.yaml:2:3: handle rados_u_t, ready: rados_go must take a rados_u_t and return an int
  int rados_go(rados_t cluster)`,
		},
		{
			name: "ready that never fails",
			header: `typedef void *rados_u_t;
void rados_u_end(rados_u_t u);
void rados_u_go(rados_u_t u);`,
			spec: `handles:
  rados_u_t: {go: U, receiver: u, free: rados_u_end, ready: rados_u_go, closed: ErrClosed, doc: U is.}
functions:
  rados_u_go: {go: U.Go, doc: Go goes.}
  rados_u_end: {go: U.End, doc: End ends.}`,
			want: `s.yaml:2:3: handle rados_u_t, ready: rados_u_go must take a rados_u_t and return an int
  void rados_u_go(rados_u_t u)`,
		},
		{
			name:   "instead of what it calls, and twice",
			header: "int rados_a(rados_t cluster);\nint rados_b(rados_t cluster);",
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does., instead: [rados_a, rados_b, rados_b]}
  rados_b: {via: Conn.A}`,
			want: `s.yaml:2:3: Conn.A, instead: rados_a is what it calls
s.yaml:2:3: Conn.A, instead: rados_b is named twice`,
		},
		{
			name: "until that is not the key",
			header: `int rados_m(rados_t cluster, rados_walk_t *walk);
int rados_n(rados_walk_t walk, char **key, char **val, size_t *val_len, int *more);
void rados_o(rados_walk_t walk);`,
			spec: `methods:
  Conn.M:
    doc: M does.
    steps:
      - {call: rados_m, as: walk, free: rados_o}
      - {drain: rados_n, until: more, args: {key: {as: drain-key}, more: {as: out-value}}}
functions: {rados_m: {via: Conn.M}, rados_n: {via: Conn.M}, rados_o: {via: Conn.M}}`,
			want: `s.yaml:6:9: a step of Conn.M: to drain rados_n needs a key, named by until, and a value with its length
  int rados_n(rados_walk_t walk, char **key, char **val, size_t *val_len, int *more)`,
		},
	} {
		t.Run(c.name, c.test)
	}
}

// TestPlanBadTwo has two parameters for which there is one object: D2.
func TestPlanBadTwo(t *testing.T) {
	for _, c := range []badInput{
		{
			name:   "receivers",
			header: `int rados_a(rados_ioctx_t from, rados_ioctx_t to);`,
			spec: `functions:
  rados_a: {go: IOContext.A, doc: A does.}`,
			want: `s.yaml:2:3: rados_a: what from means for Go can't be inferred
  it may be one of several rados_ioctx_t; say as: one of receiver
  int rados_a(rados_ioctx_t from, rados_ioctx_t to)
s.yaml:2:3: rados_a: what to means for Go can't be inferred
  it may be one of several rados_ioctx_t; say as: one of receiver
  int rados_a(rados_ioctx_t from, rados_ioctx_t to)`,
		},
		{
			name:   "receivers that are both said to be",
			header: `int rados_a(rados_ioctx_t from, rados_ioctx_t to);`,
			spec: `functions:
  rados_a: {go: IOContext.A, doc: A does., args: {from: {as: receiver}, to: {as: receiver}}}`,
			want: `s.yaml:2:73: rados_a: from and to can't both be the receiver; null passes NULL for one of them
  int rados_a(rados_ioctx_t from, rados_ioctx_t to)`,
		},
		{
			name: "objects that a step makes",
			header: `int rados_m(rados_t cluster, rados_walk_t *walk, rados_walk_t *other);
void rados_o(rados_walk_t walk);`,
			spec: `methods:
  Conn.M:
    doc: M does.
    steps: [{call: rados_m, as: walk, free: rados_o}]
functions: {rados_m: {via: Conn.M}, rados_o: {via: Conn.M}}`,
			want: `s.yaml:2:3: rados_m: what other means for Go can't be inferred
  it may be one of several rados_walk_t *; say as: one of opaque, out-opaque
  int rados_m(rados_t cluster, rados_walk_t *walk, rados_walk_t *other)
s.yaml:2:3: rados_m: what walk means for Go can't be inferred
  it may be one of several rados_walk_t *; say as: one of opaque, out-opaque
  int rados_m(rados_t cluster, rados_walk_t *walk, rados_walk_t *other)
s.yaml:4:13: a step of Conn.M: rados_m makes no object to be called walk
  int rados_m(rados_t cluster, rados_walk_t *walk, rados_walk_t *other)
s.yaml:5:37: rados_o is said to be reached via Conn.M, which does not use it`,
		},
		{
			name: "objects that a step made",
			header: `int rados_m(rados_t cluster, rados_walk_t *walk);
int rados_n(rados_walk_t a, rados_walk_t b);
void rados_o(rados_walk_t walk);`,
			spec: `methods:
  Conn.M:
    doc: M does.
    steps: [{call: rados_m, as: walk, free: rados_o}, {call: rados_n}]
functions: {rados_m: {via: Conn.M}, rados_n: {via: Conn.M}, rados_o: {via: Conn.M}}`,
			want: `s.yaml:2:3: rados_n: what a means for Go can't be inferred
  it may be one of several rados_walk_t; say as: one of opaque
  int rados_n(rados_walk_t a, rados_walk_t b)
s.yaml:2:3: rados_n: what b means for Go can't be inferred
  it may be one of several rados_walk_t; say as: one of opaque
  int rados_n(rados_walk_t a, rados_walk_t b)`,
		},
		{
			name: "number that is no object",
			header: `int rados_m(rados_t cluster, rados_walk_t *walk, uint64_t *n);
void rados_o(rados_walk_t walk);`,
			spec: `methods:
  Conn.M:
    doc: M does.
    steps: [{call: rados_m, as: walk, free: rados_o}]
functions: {rados_m: {via: Conn.M}, rados_o: {via: Conn.M}}`,
			want: `s.yaml:2:3: rados_m: what n means for Go can't be inferred
  say as: one of out-value
  int rados_m(rados_t cluster, rados_walk_t *walk, uint64_t *n)`,
		},
	} {
		t.Run(c.name, c.test)
	}
}

// TestPlanBadLengths has integers behind a char pointer, which may be its length: D3.
func TestPlanBadLengths(t *testing.T) {
	for _, typ := range []string{
		"size_t", "ssize_t", "int", "unsigned", "long", "unsigned long long", "short", "char", "int64_t", "uint64_t", "uint32_t",
		"uint16_t", "uint8_t", "off_t", "rados_count_t",
	} {
		header := "typedef int64_t rados_count_t;\nint rados_a(rados_t cluster, const char *buf, " + typ + " n);"
		spelled := typ
		if typ == "unsigned" {
			spelled = "unsigned int"
		}
		ask := badInput{
			name:   typ,
			header: header,
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does.}`,
			want: `s.yaml:2:3: rados_a: what buf means for Go can't be inferred
  n, which follows, may be its length: say with: n, or as: in-string if it ends with a NUL
  int rados_a(rados_t cluster, const char *buf, ` + spelled + ` n)`,
		}
		t.Run(ask.name, func(t *testing.T) {
			err := ask.err(t)
			require.Error(t, err)
			assert.Contains(t, err.Error(), ask.want)
		})
	}

	const header = "int rados_a(rados_t cluster, const char *buf, int64_t n);"
	for _, c := range []badInput{
		{name: "said of the text", spec: "args: {buf: {as: in-string}}"},
		{name: "said of the length", spec: "args: {buf: {with: n}}"},
		{name: "said of the number", spec: "args: {n: {as: value}}"},
		{name: "always the same", spec: "args: {n: 0}"},
		{name: "just another name says nothing", spec: "args: {n: size}", want: "can't be inferred"},
	} {
		c.header, c.spec = header, "functions:\n  rados_a: {go: Conn.A, "+c.spec+", doc: A does.}"
		t.Run(c.name, func(t *testing.T) {
			if err := c.err(t); c.want != "" {
				assert.ErrorContains(t, err, c.want)
			} else {
				assert.NoError(t, err)
			}
		})
	}
}

// TestPlanBadForms has C types for which no role is right, though one seems to fit: D4.
func TestPlanBadForms(t *testing.T) {
	const given = "functions:\n  rados_a: {go: Conn.A, doc: A does."
	for _, c := range []badInput{
		{
			name:   "array with a length",
			header: `int rados_a(rados_t cluster, uint8_t out[16]);`,
			spec:   given + "}",
			want: `s.yaml:2:3: rados_a: what out means for Go can't be inferred
  it is an array of 16, for which no role makes sure that there is room; null passes NULL
  int rados_a(rados_t cluster, uint8_t out[16])`,
		},
		{
			name:   "array with a length, as one number",
			header: `int rados_a(rados_t cluster, uint8_t out[16]);`,
			spec:   given + ", args: {out: {as: out-value}}}",
			want: `s.yaml:2:46: rados_a: the role out-value of out can't be had, since out is an array of 16, for which no role makes sure that there is room
  int rados_a(rados_t cluster, uint8_t out[16])`,
		},
		{
			name:   "array without a length, as one number",
			header: `int rados_a(rados_t cluster, uint64_t out[]);`,
			spec:   given + ", args: {out: {as: out-value}}}",
			want: `s.yaml:2:46: rados_a: the role out-value of out can't be had, since out is an array without a length: say with, or covers
  int rados_a(rados_t cluster, uint64_t out[])`,
		},
		{
			name:   "array of arrays",
			header: `int rados_a(rados_t cluster, const char n[][16]);`,
			spec:   given + "}",
			want: `s.yaml:2:3: rados_a: what n means for Go can't be inferred
  it is an array of arrays; null passes NULL
  int rados_a(rados_t cluster, const char n[][16])`,
		},
		{
			name:   "array of lengths of which there are as many",
			header: `int rados_a(rados_t cluster, const char *const *keys, const size_t lens[8], size_t n);`,
			spec:   given + ", args: {keys: {as: in-keys, with: n, covers: [lens]}}}",
			want: `s.yaml:2:46: rados_a: the role in-keys of keys can't be had, since lens is an array of 8, for which no role makes sure that there is room
  int rados_a(rados_t cluster, const char *const *keys, const size_t lens[8], size_t n)`,
		},
		{
			name:   "volatile",
			header: `int rados_a(rados_t cluster, volatile uint64_t *n);`,
			spec:   given + "}",
			want: `s.yaml:2:3: rados_a: what n means for Go can't be inferred
  it is volatile, so that C may look at it after the call; null passes NULL
  int rados_a(rados_t cluster, volatile uint64_t *n)`,
		},
		{
			name:   "null for a floating point number",
			header: `int rados_a(rados_t cluster, double n);`,
			spec:   given + ", args: {n: null}}",
			want: `s.yaml:2:46: rados_a: the role fixed of n passes NULL, but double n is no pointer
  int rados_a(rados_t cluster, double n)`,
		},
		{
			name:   "null for a struct",
			header: `int rados_a(rados_t cluster, struct timespec n);`,
			spec:   given + ", args: {n: null}}",
			want: `s.yaml:2:46: rados_a: the role fixed of n passes NULL, but struct timespec n is no pointer
  int rados_a(rados_t cluster, struct timespec n)`,
		},
		{
			name:   "number that is too large",
			header: `int rados_a(rados_t cluster, uint8_t n, int8_t m, uint64_t o);`,
			spec:   given + ", args: {n: 256, m: -129, o: -2}}",
			want: `s.yaml:2:46: rados_a: the role fixed of n passes 256, which uint8_t n can't be
  int rados_a(rados_t cluster, uint8_t n, int8_t m, uint64_t o)
s.yaml:2:54: rados_a: the role fixed of m passes -129, which int8_t m can't be
  int rados_a(rados_t cluster, uint8_t n, int8_t m, uint64_t o)
s.yaml:2:63: rados_a: the role fixed of o passes -2, which uint64_t o can't be
  int rados_a(rados_t cluster, uint8_t n, int8_t m, uint64_t o)`,
		},
		{
			name:   "texts of the library's own",
			header: `int rados_a(rados_t cluster, const char *const *names);`,
			spec:   given + "}",
			want: `s.yaml:2:3: rados_a: what names means for Go can't be inferred
  no role suits it: null passes NULL, a number that number
  int rados_a(rados_t cluster, const char *const *names)`,
		},
		{
			name:   "text of the library's own",
			header: `int rados_a(rados_t cluster, const char **name, size_t *len);`,
			spec:   given + ", args: {name: {as: owned-string, with: len}}}",
			want: `s.yaml:2:46: rados_a: the role owned-string of name wants char ** with a size_t *, which a text may do without, not const char **name, size_t *len
  int rados_a(rados_t cluster, const char **name, size_t *len)`,
		},
		{
			name: "roles that a step can't have",
			header: `typedef void *rados_job_t;
rados_job_t rados_job_new(void);
void rados_job_free(rados_job_t job);
int rados_job_run(rados_job_t job, rados_ioctx_t io);
void rados_a(rados_job_t job, char *buf, size_t len);`,
			spec: `handles:
  rados_job_t: {go: Job, receiver: job, make: rados_job_new, free: rados_job_free, doc: Job is a list.}
functions:
  rados_job_new: {via: IOContext.runJob}
  rados_job_free: {via: IOContext.runJob}
  rados_job_run: {raw: IOContext.runJob, doc: runJob runs.}
  rados_a: {go: Job.A, doc: A does.}`,
			want: `s.yaml:7:3: rados_a: what buf means for Go can't be inferred
  say as: one of fill
  void rados_a(rados_job_t job, char *buf, size_t len)`,
		},
		{
			name:   "struct that Go can't read",
			header: "struct __attribute__((packed)) rados_z { uint8_t a; uint64_t b; };",
			spec: `types:
  Z: {struct: struct rados_z, doc: Z is., fields: {A: {c: a}, B: {c: b}}}`,
			want: `s.yaml:2:3: type Z mirrors struct rados_z, which is packed: Go can't read its fields where they are`,
		},
	} {
		t.Run(c.name, c.test)
	}
}

// TestPlanBadNames has parameters that are called as something in Go, which only the spec can
// call otherwise, and functions that are called as the generated code has others: D5.
func TestPlanBadNames(t *testing.T) {
	for _, name := range []string{"C", "ret", "len", "err", "asError", "errors", "ErrClosed"} {
		c := badInput{header: "int rados_a(rados_t cluster, int " + name + ");"}
		t.Run(name, func(t *testing.T) {
			c.spec = "functions:\n  rados_a: {go: Conn.A, doc: A does.}"
			assert.EqualError(t, c.err(t), "s.yaml:2:3: Conn.A: something else is called "+name+" already; say another name")
			c.spec = "functions:\n  rados_a: {go: Conn.A, args: {" + name + ": other}, doc: A does.}"
			assert.ErrorContains(t, c.err(t), "something else is called other already")
			c.spec = "functions:\n  rados_a: {go: Conn.A, args: {" + name + ": number}, doc: A does.}"
			assert.NoError(t, c.err(t))
		})
	}
	for _, c := range []badInput{
		{
			name:   "keyword",
			header: "int rados_a(rados_t cluster, int type);",
			spec: `functions:
  rados_a: {go: Conn.A, doc: A does.}`,
			want: `s.yaml:2:3: Conn.A: nothing can be called "type" in Go; say another name`,
		},
		{
			name:   "local of another parameter",
			header: "int rados_a(rados_t cluster, const char **cmd, size_t cmd_len, int cmdFlat);",
			spec: `functions:
  rados_a: {go: Conn.A, args: {cmd: {as: command, with: cmd_len}}, doc: A does.}`,
			want: `s.yaml:2:3: Conn.A: something else is called cmdFlat already; say another name`,
		},
		{
			name:   "things of the generated code",
			header: "int rados_a(rados_t cluster);\nint rados_b(rados_t cluster);\nint rados_c(const char *name);\nint rados_d(const char *name);",
			spec: `functions:
  rados_a: {raw: Conn.gate, doc: gate does.}
  rados_b: {raw: Conn.outcome, doc: outcome does.}
  rados_c: {raw: init, doc: init does.}
  rados_d: {raw: newConn, doc: newConn does.}`,
			want: `s.yaml:2:3: Conn.gate is something else in the generated code already; say another name
s.yaml:3:3: Conn.outcome is something else in the generated code already; say another name
s.yaml:4:3: init is something else in the generated code already; say another name
s.yaml:5:3: newConn is something else in the generated code already; say another name`,
		},
		{
			name:   "object of a step called as something in C",
			header: "int rados_m(rados_t cluster, rados_walk_t *walk);\nvoid rados_o(rados_walk_t walk);",
			spec: `methods:
  Conn.M:
    doc: M does.
    steps: [{call: rados_m, as: gate, free: rados_o}]
functions: {rados_m: {via: Conn.M}, rados_o: {via: Conn.M}}`,
			want: `s.yaml:2:3: Conn.M: its C function would have two things called gate, of which walk is one
s.yaml:4:13: a step of Conn.M: nothing can be called "gate" in C; say as: another name`,
		},
	} {
		t.Run(c.name, c.test)
	}
}

// TestPlanBadFits has roles whose C or Go would not compile, which TestEveryRole found.
func TestPlanBadFits(t *testing.T) {
	const job = `handles:
  rados_job_t: {go: Job, receiver: job, make: rados_job_new, free: rados_job_free, doc: Job is a list.}
functions:
  rados_job_new: {via: IOContext.runJob}
  rados_job_free: {via: IOContext.runJob}
  rados_job_run: {raw: IOContext.runJob, doc: runJob runs.}
`
	const jobs = `typedef void *rados_job_t;
rados_job_t rados_job_new(void);
void rados_job_free(rados_job_t job);
int rados_job_run(rados_job_t job, rados_ioctx_t io);
`
	for _, c := range []badInput{
		{
			name:   "text that C may change, in a record",
			header: jobs + "void rados_a(rados_job_t job, char *p);",
			spec:   job + "  rados_a: {go: Job.A, args: {p: {as: in-string}}, doc: A does.}",
			want: `s.yaml:7:31: rados_a: the role in-string of p wants const char *, since C gets what has been recorded, not char *p
  void rados_a(rados_job_t job, char *p)`,
		},
		{
			name:   "lengths of another type",
			header: "int rados_a(rados_t cluster, const char *const *keys, const uint32_t *lens, size_t n);",
			spec:   "functions:\n  rados_a: {go: Conn.A, args: {keys: {as: in-keys, with: n, covers: [lens]}}, doc: A does.}",
			want: `s.yaml:2:32: rados_a: the role in-keys of keys wants 1 arrays of const char * and as many of size_t (covers), and their number (with), not const char *const *keys, size_t n
  int rados_a(rados_t cluster, const char *const *keys, const uint32_t *lens, size_t n)`,
		},
		{
			name:   "enum that C stores",
			header: "typedef enum { LIBRADOS_X } rados_mood_t;\nint rados_a(rados_t cluster, rados_mood_t *mood);",
			spec:   "functions:\n  rados_a: {go: Conn.A, args: {mood: {as: out-value}}, doc: A does.}",
			want: `s.yaml:2:32: rados_a: the role out-value of mood wants a pointer to a number, not rados_mood_t *mood
  int rados_a(rados_t cluster, rados_mood_t *mood)`,
		},
		{
			name:   "object of a function that does not say whether it has made one",
			header: "void rados_a(rados_t cluster, rados_ioctx_t *io);",
			spec:   "functions:\n  rados_a: {go: Conn.A, doc: A does.}",
			want: `s.yaml:2:3: rados_a: the role out-handle of io wants a function that says whether it has made one, not ret: none
  void rados_a(rados_t cluster, rados_ioctx_t *io)`,
		},
		{
			name:   "answers that would come too late",
			header: engineHeader + "int rados_a(rados_ioctx_t io, rados_done_t c, char *buf, size_t len);\nint rados_b(rados_ioctx_t io, char *buf, size_t len);",
			spec: engineBase + `  rados_a: {go: IOContext.A, twin: rados_b, args: {buf: {as: grow-string, first: 64, on: ERANGE}}, doc: A does.}
  rados_b: {via: IOContext.A}`,
			want: `s.yaml:12:52: rados_a: the role grow-string of buf can't be had in a function that takes a completion, nor in a method with one
  int rados_a(rados_ioctx_t io, rados_done_t c, char *buf, size_t len)`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.err(t)
			require.Error(t, err)
			assert.Contains(t, err.Error()+"\n", c.want+"\n")
		})
	}
}

// TestMissingError has a role that refuses arguments with an error which the spec does not have.
func TestMissingError(t *testing.T) {
	base := gentest.Load(t, "base")
	base.Spec = strings.Replace(base.Spec, "ErrUnsafeArgument", "ErrOther", 2)
	_, err := gentest.Build(t, base, gentest.Load(t, "argv"), gentest.Load(t, "environ"))
	assert.ErrorContains(t, err, "argv: no error is called ErrUnsafeArgument")
	assert.ErrorContains(t, err, "environ: no error is called ErrUnsafeArgument")
}

// TestPlanBadReturns has return values with a meaning that would not compile.
func TestPlanBadReturns(t *testing.T) {
	for _, c := range []badInput{
		{
			name:   "verdict that is no int",
			header: `int64_t rados_a(rados_t cluster);`,
			spec:   "functions:\n  rados_a: {go: Conn.A, ret: {as: verdict, codes: [EBUSY]}, doc: A does.}",
			want: `s.yaml:2:30: ret: verdict does not suit rados_a, which returns no int
  int64_t rados_a(rados_t cluster)`,
		},
		{
			name:   "verdict with another result",
			header: `int rados_a(rados_t cluster, uint64_t *n);`,
			spec:   "functions:\n  rados_a: {go: Conn.A, args: {n: {as: out-value}}, ret: {as: verdict, codes: [EBUSY]}, doc: A does.}",
			want:   `s.yaml:2:3: Conn.A: ret: verdict must be the only result`,
		},
		{
			name:   "closed that the type can't be",
			header: `uint64_t rados_a(rados_t cluster);`,
			spec:   "functions:\n  rados_a: {go: Conn.A, ret: {as: value, closed: -1}, doc: A does.}",
			want: `s.yaml:2:30: closed is -1, which rados_a never returns
  uint64_t rados_a(rados_t cluster)`,
		},
	} {
		t.Run(c.name, c.test)
	}
}
