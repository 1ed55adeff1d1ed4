package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestExplain(t *testing.T) {
	enterTree(t)
	out := gen(t, "explain", "rados_aio_getxattr", "rados_getxattr", "rados_aio_read", "rados_cct", "rados_shutdown")
	assert.Regexp(t, `^int rados_aio_getxattr\(rados_ioctx_t io, const char \*o, rados_completion_t completion, const char \*name, char \*buf, size_t len\)
  since        Ceph 14.2
  disposition  go: IOContext.GetXattr \(spec/bindings.yaml:\d+:3\)

  func \(ioctx \*IOContext\) GetXattr\(object, name string, data \[\]byte\) \(int, error\)
    io                       receiver \(inferred\)
    o                        in-string \(inferred\)
    completion               completion \(inferred\)
    name                     in-string \(inferred\)
    buf, len                 fill \(from the spec\)
    returns                  count: a number, or a negative errno \(from the spec\)

int rados_getxattr\(`, out)
	assert.Contains(t, out, "  disposition  via: IOContext.GetXattr (")
	assert.Contains(t, out, "\n    calls rados_aio_getxattr instead, which does the same and need not be waited for\n")
	assert.Contains(t, out, ") Read(oid string, data []byte, offset uint64) (int, error)\n"+
		"    does the same by rados_create_read_op, rados_read_op_read, rados_aio_read_op_operate\n")
	assert.Contains(t, out, "  disposition  via: Conn.PingMonitor, Conn.connect (")
	assert.Contains(t, out, ") PingMonitor(id string) (string, error)\n    frees probe, which rados_create_with_context makes\n")

	out = gen(t, "explain", "rados_read_op_checksum", "rados_read_op_exec", "rados_ioctx_set_namespace", "rados_watch_check")
	assert.Contains(t, out, `
  func (r *ReadOp) Exec(cls, method string, input []byte) *ReadOpExecStep
    (a step: recorded in Go, done when the ReadOp is performed)
    read_op                  receiver (inferred)
    cls                      in-string (inferred)
    method                   in-string (inferred)
    in_buf, in_len           in-bytes (inferred)
    out_buf, out_len         outcome → p (from the spec)
    prval                    outcome → code (inferred)
    returns                  none: nothing (inferred)
`)
	assert.Contains(t, out, ` sums []byte, receiver oplog.Receiver)
    (private, for a hand-written file)
    (a step: recorded in Go, done when the ReadOp is performed)
`)
	assert.Contains(t, out, ") SetNamespace(namespace string)\n    (kept as namespace, for copies of the IOContext)\n    (WithNamespace returns a copy on which it is set)\n    io ")
	assert.Contains(t, out, "    (unguarded: its caller keeps the IOContext from being freed)\n")

	out = gen(t, "explain", "rados_rollback", "rados_mon_command", "rados_write_op_operate2")
	assert.Contains(t, out, "    (may block its thread waiting for: mon; acquires room for that)\n")
	assert.Contains(t, out, "    (may block its thread waiting for: osd; the caller acquires room for that)\n")

	out = gen(t, "explain", "rados_omap_get_next2")
	assert.Regexp(t, `
  disposition  via: ReadOp\.GetOmapKeys, ReadOp\.GetOmapValues, ReadOp\.GetOmapValuesByKeys \(.*\)

  yields each pair of a rados_omap_iter_t, until key is NULL, for
(    func \(r \*ReadOp\) GetOmap\w+\(.*\) \*\w+Step
)+    iter                     in-object iter \(inferred\)
    key, key_len             drain-key \(inferred\)
    val, val_len             drain-value \(inferred\)
    returns `, out)

	out = gen(t, "explain", "rados_omap_get_end", "rados_create_read_op", "rados_release_read_op", "rados_buffer_free")
	assert.Contains(t, out, "\n  ends a rados_omap_iter_t, for\n    func (r *ReadOp) GetOmapKeys(")
	assert.Contains(t, out, "\n  makes the rados_read_op_t that a ReadOp becomes, in\n    func (ioctx *IOContext) operateRead(")
	assert.Contains(t, out, "\n  frees the rados_read_op_t that a ReadOp became, in\n    func (ioctx *IOContext) operateRead(")
	assert.Contains(t, out, "\n  gives back what the library allocated, for\n    func (")

	_, err := tryGen("explain", "rados_raed")
	assert.EqualError(t, err, `no release has a function rados_raed; did you mean "rados_read"?`)
	_, err = tryGen("explain", "fopen")
	assert.EqualError(t, err, `no release has a function fopen`)
}
