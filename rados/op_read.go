package rados

import (
	"context"

	"github.com/go-rados/go-rados/internal/oplog"
	"github.com/go-rados/go-rados/internal/wire"
)

// CreateReadOp returns a ReadOp without steps.
func CreateReadOp() *ReadOp { return &ReadOp{} }

// Release makes the ReadOp of no more use; Operate returns ErrOperationReleased
// afterwards. The results of an Operate before it stay. It need not be called, and a
// second Release is a no-op.
func (r *ReadOp) Release() { r.recorder().Release() }

// Operate performs the steps on object oid, once: a second Operate returns
// ErrOperationUsed. Buffers given to Read and ExecInto must not be touched until it
// returns.
//
// When the operation failed the error is an OperationError. What never reached
// librados is returned bare: ErrInvalidIOContext, ErrOperationUsed,
// ErrOperationReleased. Operate waits for the OSD for as long as it takes, unless
// rados_osd_op_timeout is configured.
//
// Implements:
//
//	int rados_read_op_operate(rados_read_op_t read_op, rados_ioctx_t io, const char *oid, int flags)
func (r *ReadOp) Operate(ioctx *IOContext, oid string, flags OperationFlags) error {
	return r.operate(context.Background(), ioctx, oid, flags)
}

// result is what came of a step: until the operation has been performed, and for
// ever if it failed before the step, that is ErrOperationIncomplete.
type result struct {
	ran bool
	err error
}

func (r *result) note(o oplog.Outcome) {
	if r.ran = o.Ran; r.ran {
		r.err = asError(o.Code)
	}
}

func (r *result) get() error {
	if r == nil || !r.ran {
		return ErrOperationIncomplete
	}
	return r.err
}

// ReadOpReadStep holds what came of a Read of a ReadOp.
type ReadOpReadStep struct {
	// BytesRead is how many bytes of the buffer were filled: fewer than it has at
	// the end of the object.
	BytesRead int64
	// Result is 0, or the negative errno of the step, or of the operation if the step
	// was not performed. Before Operate it is 0.
	Result int
}

// Read reads up to len(buffer) bytes from byte offset on into buffer. The result is
// there once Operate has returned.
//
// Implements:
//
//	void rados_read_op_read(rados_read_op_t read_op, uint64_t offset, size_t len, char *buffer, size_t *bytes_read, int *prval)
func (r *ReadOp) Read(offset uint64, buffer []byte) *ReadOpReadStep {
	step := &ReadOpReadStep{}
	wanted := int64(len(buffer))
	if wanted == 0 {
		buffer = make([]byte, 1) // to the OSD no length means the whole object
	}
	r.read(offset, buffer, func(o oplog.Outcome) {
		step.Result = o.Code
		step.BytesRead = min(int64(o.N), wanted)
	})
	return step
}

// ReadOpStatStep holds what came of a Stat of a ReadOp.
type ReadOpStatStep struct {
	result
	stat ObjectStat
}

// Stat returns the size of the object and when it was last modified, to the
// nanosecond. It returns ErrOperationIncomplete before Operate, and if the operation
// failed before this step.
func (s *ReadOpStatStep) Stat() (ObjectStat, error) {
	if s == nil {
		return ObjectStat{}, ErrOperationIncomplete
	}
	return s.stat, s.get()
}

// Stat asks for the size of the object and when it was last modified, in whole seconds with a
// library before Ceph 18.
//
// Implements:
//
//	void rados_read_op_stat2(rados_read_op_t read_op, uint64_t *psize, struct timespec *pmtime, int *prval)
func (r *ReadOp) Stat() *ReadOpStatStep {
	step := &ReadOpStatStep{}
	r.stat(func(o oplog.Outcome) {
		step.note(o)
		if step.get() == nil {
			step.stat = ObjectStat{Size: o.Size, ModTime: o.Time}
		}
	})
	return step
}

// ReadOpCmpExtStep holds what came of a CmpExt of a ReadOp.
type ReadOpCmpExtStep struct {
	// Result is 0 if the bytes were equal. If not, it is -4095 less the number of
	// the first byte that differs, counted from the step's offset. Any other negative
	// number is an errno. Before Operate it is 0.
	Result int
}

// CmpExt makes the operation fail unless the object has just the bytes b from byte
// offset on; see WriteOp.CmpExt.
//
// Implements:
//
//	void rados_read_op_cmpext(rados_read_op_t read_op, const char *cmp_buf, size_t cmp_len, uint64_t off, int *prval)
func (r *ReadOp) CmpExt(b []byte, offset uint64) *ReadOpCmpExtStep {
	step := &ReadOpCmpExtStep{}
	r.cmpExt(b, offset, func(o oplog.Outcome) { step.Result = o.Code })
	return step
}

// ReadOpGetXattrsStep holds what came of a GetXattrs of a ReadOp.
type ReadOpGetXattrsStep struct {
	result
	xattrs map[string][]byte
}

// Xattrs returns the extended attributes, by name. It returns ErrOperationIncomplete
// before Operate, and if the operation failed before this step.
func (s *ReadOpGetXattrsStep) Xattrs() (map[string][]byte, error) {
	if s == nil {
		return nil, ErrOperationIncomplete
	}
	return s.xattrs, s.get()
}

// GetXattrs asks for all extended attributes of the object.
//
// Implements:
//
//	void rados_read_op_getxattrs(rados_read_op_t read_op, rados_xattrs_iter_t *iter, int *prval)
func (r *ReadOp) GetXattrs() *ReadOpGetXattrsStep {
	step := &ReadOpGetXattrsStep{}
	r.getXattrs(func(o oplog.Outcome) {
		step.note(o)
		if step.get() == nil {
			step.xattrs = wire.Pairs(o.Data)
		}
	})
	return step
}

// ReadOpExecStep holds what came of an Exec or ExecInto of a ReadOp.
type ReadOpExecStep struct {
	result
	output []byte
	code   int
}

// Bytes returns the output of the method. It returns ErrOperationIncomplete before
// Operate, and if the operation failed before this step, and else the error of the
// method.
func (s *ReadOpExecStep) Bytes() ([]byte, error) {
	if s == nil {
		return nil, ErrOperationIncomplete
	}
	return s.output, s.get()
}

// Code is what the method returned: below zero it failed, and above zero is no error
// but what the class means by it. It is 0 before Operate.
func (s *ReadOpExecStep) Code() int {
	if s == nil {
		return 0
	}
	return s.code
}

// Exec calls a method of an object class, which runs on the OSD: cls is the name of
// the class and method that of its method. input is what the method is given.
//
// Implements:
//
//	void rados_read_op_exec(rados_read_op_t read_op, const char *cls, const char *method, const char *in_buf, size_t in_len, char **out_buf, size_t *out_len, int *prval)
func (r *ReadOp) Exec(cls, method string, input []byte) *ReadOpExecStep {
	step := &ReadOpExecStep{}
	r.exec(cls, method, input, func(o oplog.Outcome) { step.finish(o, o.Data) })
	return step
}

// ExecInto is Exec with a buffer for the output, which is used instead of a new one.
// If it is too short, the step fails with ERANGE.
//
// Implements:
//
//	void rados_read_op_exec_user_buf(rados_read_op_t read_op, const char *cls, const char *method, const char *in_buf, size_t in_len, char *out_buf, size_t out_len, size_t *used_len, int *prval)
func (r *ReadOp) ExecInto(cls, method string, input, buffer []byte) *ReadOpExecStep {
	step := &ReadOpExecStep{}
	r.execInto(cls, method, input, buffer, func(o oplog.Outcome) {
		step.finish(o, buffer[:min(o.N, uint64(len(buffer)))])
	})
	return step
}

func (s *ReadOpExecStep) finish(o oplog.Outcome, output []byte) {
	s.note(o)
	if s.code = o.Code; s.get() == nil {
		s.output = output
	}
}

// ReadOpChecksumStep holds what came of a Checksum of a ReadOp.
type ReadOpChecksumStep struct {
	result
	sums []uint64
}

// Sums returns one checksum for each chunk. It returns ErrOperationIncomplete before
// Operate, and if the operation failed before this step.
func (s *ReadOpChecksumStep) Sums() ([]uint64, error) {
	if s == nil {
		return nil, ErrOperationIncomplete
	}
	return s.sums, s.get()
}

// Checksum asks for checksums of the object; see IOContext.Checksums.
//
// Implements:
//
//	void rados_read_op_checksum(rados_read_op_t read_op, rados_checksum_type_t type, const char *init_value, size_t init_value_len, uint64_t offset, size_t len, size_t chunk_size, char *pchecksum, size_t checksum_len, int *prval)
func (r *ReadOp) Checksum(kind ChecksumType, opts ChecksumsOptions) *ReadOpChecksumStep {
	step := &ReadOpChecksumStep{}
	buffer := opts.buffer(kind)
	r.checksum(kind, opts.seed(kind), opts.Offset, opts.Length, opts.ChunkSize, buffer, func(o oplog.Outcome) {
		step.note(o)
		if step.get() == nil {
			step.sums, step.err = sums(kind, buffer)
		}
	})
	return step
}
