//go:build cgo

package rados

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/internal/replay"
	"github.com/go-rados/go-rados/internal/throttle"
)

// Clone returns another IOContext of the same pool with the settings of ioctx: its
// namespace, locator, read snapshot, snapshot context and SetPoolFullTry. To
// change one of them, use [IOContext.WithNamespace], [IOContext.WithLocator],
// [IOContext.WithReadSnap], [IOContext.WithSnapContext] or
// [IOContext.WithPoolFullTry].
//
// The clone is independent afterwards, including [IOContext.GetLastVersion]. The
// caller must close it with [IOContext.Destroy]; Destroy of ioctx does not affect
// it. Clone does not contact the cluster and takes a few microseconds.
//
// It returns an [ObjectError] with:
//   - [ErrNotFound] if the pool has been deleted
//   - [ErrNameContainsNUL] if a SetNamespace or SetLocator of ioctx has failed
//   - [ErrInvalidIOContext] after Destroy, or [ErrNotConnected] after Shutdown of
//     the Conn
func (ioctx *IOContext) Clone() (*IOContext, error) {
	c, err := ioctx.copyWith("", func(*IOContext) error { return nil })
	return c, ioctx.wrap("Clone", "", err)
}

// copyWith returns a clone of ioctx, in which set replaces the setting of that
// name.
func (ioctx *IOContext) copyWith(setting string, set func(*IOContext) error) (_ *IOContext, err error) {
	ctx := context.Background()
	defer ioctx.trace(&ctx, "Clone", "", 0).end(nil, &err)
	shard, err := ioctx.enter() // an IOContext that is not usable has no pool
	if err != nil {
		return nil, err
	}
	defer ioctx.exit(shard)
	c, err := ioctx.reopen()
	if err != nil {
		return nil, err
	}
	if err := c.configure(&ioctx.settings, setting, set); err != nil {
		c.Destroy()
		return nil, err
	}
	return c, nil
}

// reopen opens the pool of ioctx again. It does not wait: rados_ioctx_create2
// would wait for a pool that the OSD map lacks, but such a pool has been deleted,
// since ids of pools are not used again.
func (ioctx *IOContext) reopen() (*IOContext, error) {
	id := ioctx.GetPoolID()
	if _, err := ioctx.RequiresAlignment(); err != nil {
		return nil, err
	}
	return ioctx.conn.openIOContextByID(id)
}

// configure applies settings to ioctx, with set in place of the setting of that
// name.
func (ioctx *IOContext) configure(settings *replay.Settings[IOContext], setting string, set func(*IOContext) error) error {
	if err := settings.ApplyExcept(setting, ioctx); err != nil {
		return err
	}
	if err := set(ioctx); err != nil {
		return err
	}
	shard, err := ioctx.enter() // which returns the error of a setter without one
	if err != nil {
		return err
	}
	ioctx.exit(shard)
	return nil
}

// GetLastVersion returns the version of the object that was last read or written
// through this IOContext. It returns 0 before the first call, and possibly after a
// call that failed. All goroutines that use the IOContext share the version. Locks
// do not change it.
//
// Implements: rados_aio_get_version
func (ioctx *IOContext) GetLastVersion() (uint64, error) {
	shard, err := ioctx.enterSetup()
	if err != nil {
		return 0, err
	}
	defer ioctx.exit(shard)
	return ioctx.handle.Version(), nil
}

// latestMap blocks until the connection of ioctx has the newest OSD map, or ctx is done. If ioctx is
// not usable, it returns an error without waiting.
func (ioctx *IOContext) latestMap(ctx context.Context) error {
	shard, err := ioctx.enter()
	if err != nil {
		return err
	}
	ioctx.exit(shard)
	return ioctx.conn.latestMapFor(ctx, ioctx.blocking(throttle.Mon))
}

// latestMapForName is latestMap for a call with a name. It does not wait for one with a NUL byte,
// for which the call returns an error before anything is sent.
func (ioctx *IOContext) latestMapForName(ctx context.Context, name string) error {
	if strings.Contains(name, "\x00") {
		return nil
	}
	return ioctx.latestMap(ctx)
}

// ListXattrs returns all extended attributes of object oid by name. The map is
// empty if the object has none. It returns [ErrNotFound] if the object does not
// exist. [IOContext.ListXattrsContext] returns when its context is done.
//
// Implements: rados_getxattrs
func (ioctx *IOContext) ListXattrs(oid string) (map[string][]byte, error) {
	return ioctx.listXattrs(context.Background(), oid)
}

// ListXattrsContext is ListXattrs with a context. When ctx is done, it returns an
// [ObjectError] in which errors.Is finds ctx.Err(). If ctx is done already, it
// sends nothing.
func (ioctx *IOContext) ListXattrsContext(ctx context.Context, oid string) (map[string][]byte, error) {
	xattrs, err := ioctx.listXattrs(ctx, oid)
	return xattrs, ioctx.wrap("ListXattrsContext", oid, err)
}

func (ioctx *IOContext) listXattrs(ctx context.Context, oid string) (map[string][]byte, error) {
	r := CreateReadOp()
	step := r.GetXattrs()
	if err := r.operate(ctx, "ListXattrs", ioctx, oid, OperationNoFlag); err != nil {
		return nil, unwrapOperation(err)
	}
	xattrs, err := step.Xattrs()
	return xattrs, unwrapObject(err)
}

// Xattr is an extended attribute of an object.
type Xattr struct {
	Name  string
	Value []byte
}

// Xattrs returns an iterator over the extended attributes of object oid, by name.
// It reads them with one operation. If that fails, the iterator yields a zero
// Xattr and the error, [ErrNotFound] if the object does not exist.
// [IOContext.XattrsContext] ends when its context is done.
func (ioctx *IOContext) Xattrs(oid string) iter.Seq2[Xattr, error] {
	return ioctx.xattrs(context.Background(), "Xattrs", oid)
}

// XattrsContext is Xattrs with a context. When ctx is done before the operation
// completes, the operation is cancelled, and the iterator yields an [ObjectError]
// in which errors.Is finds ctx.Err().
func (ioctx *IOContext) XattrsContext(ctx context.Context, oid string) iter.Seq2[Xattr, error] {
	return ioctx.xattrs(ctx, "XattrsContext", oid)
}

// xattrs is Xattrs for the method of that name.
func (ioctx *IOContext) xattrs(ctx context.Context, method, oid string) iter.Seq2[Xattr, error] {
	return func(yield func(Xattr, error) bool) {
		xattrs, err := ioctx.listXattrs(ctx, oid)
		if err != nil {
			yield(Xattr{}, ioctx.wrap(method, oid, err))
			return
		}
		for _, name := range slices.Sorted(maps.Keys(xattrs)) {
			if !yield(Xattr{name, xattrs[name]}, nil) {
				return
			}
		}
	}
}

// Exec calls a method of an object class on object oid, which runs on the OSD. cls
// is the name of the class, method the name of the method, and input is passed to
// the method. Exec returns the number of bytes written to output, or the positive
// return value of the method if it wrote none.
//
// It returns:
//   - ERANGE if output is too short
//   - EOPNOTSUPP if the class or the method does not exist
//   - [ErrPermissionDenied] if the user may not call the method
//   - otherwise the error of the method
//
// [IOContext.ExecContext] returns when its context is done.
//
// Implements: rados_exec
func (ioctx *IOContext) Exec(oid, cls, method string, input, output []byte) (int, error) {
	n, err := ioctx.exec(context.Background(), oid, cls, method, input, output)
	return n, withArgument(ioctx.wrap("Exec", oid, err), "method", cls+"."+method)
}

// ExecContext is Exec with a context. When ctx is done, it returns an
// [ObjectError] in which errors.Is finds both ctx.Err() and [ErrOutcomeUnknown]:
// the OSD may run the method nevertheless. output may be used again in any case.
// If ctx is done already, it sends nothing.
func (ioctx *IOContext) ExecContext(ctx context.Context, oid, cls, method string, input, output []byte) (int, error) {
	n, err := ioctx.exec(ctx, oid, cls, method, input, output)
	return n, withArgument(ioctx.wrap("ExecContext", oid, err), "method", cls+"."+method)
}

// exec performs an operation of one step: rados_aio_exec would write beyond output if the method
// returned more than fits.
func (ioctx *IOContext) exec(ctx context.Context, oid, cls, method string, input, output []byte) (int, error) {
	r := CreateReadOp()
	step := r.ExecInto(cls, method, input, output)
	err := operate(ctx, "Exec", "read", ioctx, oid, r.recorder(), func(ctx context.Context, record []byte) ([]byte, error) {
		if ctx.Done() == nil && !isTraced(ctx) {
			return ioctx.operateChangingRead(record, oid, OperationNoFlag)
		}
		return ioctx.operateChangingReadAsync(ctx, record, oid, OperationNoFlag)
	})
	if err != nil {
		return 0, unwrapOperation(err)
	}
	if filled, err := step.Bytes(); err != nil || len(filled) > 0 {
		return len(filled), unwrapObject(err)
	}
	return step.Code(), nil
}

// ChecksumOptions select the data that [IOContext.Checksum] computes checksums of.
// A nil *ChecksumOptions, like the zero value, selects one checksum of the whole
// object.
type ChecksumOptions struct {
	// Off and Len select a part of the object, in bytes. A Len of 0 selects all bytes
	// from Off on.
	Off, Len uint64
	// ChunkSize selects one checksum for each ChunkSize bytes; Len must be a multiple
	// of it. 0 selects one checksum of the whole part.
	ChunkSize uint64
	// InitValue is the initial value, in the bytes that the OSD expects:
	// little-endian, 4 bytes, or 8 for [ChecksumTypeXXHash64]. Nil means zeros.
	InitValue []byte
}

// Checksum makes the OSD compute checksums of object oid and writes the answer of
// the OSD to dst: the number of checksums in 4 bytes, then each checksum in 4
// bytes, or 8 for [ChecksumTypeXXHash64], all of them little-endian. It does not
// change bytes of dst beyond the answer. [IOContext.Checksums] returns numbers.
//
// It returns:
//   - ERANGE if dst is too short; it then writes nothing to dst
//   - [ErrNotFound] if the object does not exist
//   - EINVAL if checksumType is unknown, InitValue has the wrong length, Len is
//     not a multiple of ChunkSize, or ChunkSize is set without Len
//
// It blocks until the OSD answers, or until rados_osd_op_timeout elapses if that
// is configured; [IOContext.ChecksumContext] returns when its context is done.
//
// Implements: rados_checksum
func (ioctx *IOContext) Checksum(oid string, checksumType ChecksumType, dst []byte, opts *ChecksumOptions) error {
	return ioctx.checksumInto(context.Background(), oid, checksumType, dst, opts)
}

// ChecksumContext is Checksum with a context. When ctx is done, it returns an
// [ObjectError] in which errors.Is finds ctx.Err(). dst may be used again in any
// case. If ctx is done already, it sends nothing.
func (ioctx *IOContext) ChecksumContext(ctx context.Context, oid string, checksumType ChecksumType, dst []byte, opts *ChecksumOptions) error {
	return ioctx.wrap("ChecksumContext", oid, ioctx.checksumInto(ctx, oid, checksumType, dst, opts))
}

func (ioctx *IOContext) checksumInto(ctx context.Context, oid string, checksumType ChecksumType, dst []byte, opts *ChecksumOptions) error {
	if opts == nil {
		opts = &ChecksumOptions{}
	}
	seed := opts.InitValue
	if seed == nil {
		seed = make([]byte, max(4, checksumType.width()))
	}
	if len(dst) == 0 { // which librados would treat like no buffer at all, and succeed
		dst = make([]byte, 1)
	}
	r := CreateReadOp()
	r.checksum(checksumType, seed, opts.Off, opts.Len, opts.ChunkSize, dst, nil)
	return unwrapOperation(r.operate(ctx, "Checksum", ioctx, oid, OperationNoFlag))
}

// ChecksumsOptions select the data that [IOContext.Checksums] and
// [ReadOp.Checksum] compute checksums of. The zero value selects one checksum of
// the whole object; an empty object has none.
type ChecksumsOptions struct {
	// Offset and Length select a part of the object, in bytes. A Length of 0 selects
	// all bytes from Offset on. A part that extends beyond the end of the object is an
	// error, EDOM with Ceph 16.2.
	Offset, Length uint64
	// ChunkSize selects one checksum for each ChunkSize bytes; Length must be a
	// multiple of it. 0 selects one checksum of all bytes.
	ChunkSize uint64
	// Seed is the initial value. Checksums of 32 bits use its lower half.
	Seed uint64
}

// Checksums makes the OSD compute checksums of object oid, so that its data need
// not be sent over the network. It is [IOContext.Checksum] that returns the
// checksums as numbers.
//
// It returns [ErrNotFound] if the object does not exist, and EINVAL if kind is
// unknown, Length is not a multiple of ChunkSize, or ChunkSize is set without
// Length.
//
// It blocks until the OSD answers, or until rados_osd_op_timeout elapses if that
// is configured; [IOContext.ChecksumsContext] returns when its context is done.
//
// Implements: rados_checksum
func (ioctx *IOContext) Checksums(oid string, kind ChecksumType, opts ChecksumsOptions) ([]uint64, error) {
	sums, err := ioctx.checksums(context.Background(), oid, kind, opts)
	return sums, ioctx.wrap("Checksums", oid, err)
}

// ChecksumsContext is Checksums with a context. When ctx is done, it returns an
// [ObjectError] in which errors.Is finds ctx.Err(). If ctx is done already, it
// sends nothing.
func (ioctx *IOContext) ChecksumsContext(ctx context.Context, oid string, kind ChecksumType, opts ChecksumsOptions) ([]uint64, error) {
	sums, err := ioctx.checksums(ctx, oid, kind, opts)
	return sums, ioctx.wrap("ChecksumsContext", oid, err)
}

func (ioctx *IOContext) checksums(ctx context.Context, oid string, kind ChecksumType, opts ChecksumsOptions) ([]uint64, error) {
	r := CreateReadOp()
	step := r.Checksum(kind, opts)
	if err := r.operate(ctx, "Checksums", ioctx, oid, OperationNoFlag); err != nil {
		return nil, unwrapOperation(err)
	}
	sums, err := step.Sums()
	return sums, unwrapObject(err)
}

// width returns the number of bytes of a checksum, or 0 if kind is unknown.
func (kind ChecksumType) width() int {
	switch kind {
	case ChecksumTypeXXHash32, ChecksumTypeCRC32C:
		return 4
	case ChecksumTypeXXHash64:
		return 8
	}
	return 0
}
