//go:build cgo

package rados

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/internal/oplog"
	"github.com/go-rados/go-rados/internal/replay"
	"github.com/go-rados/go-rados/internal/throttle"
)

// Clone returns another IOContext of the same pool with the settings of ioctx: its
// namespace, locator, read snapshot, snapshot context and SetPoolFullTry. To change
// one of them, use [IOContext.WithNamespace], [IOContext.WithLocator],
// [IOContext.WithReadSnap], [IOContext.WithSnapContext] or [IOContext.WithPoolFullTry].
//
// The clone is independent afterwards, GetLastVersion included, and must be ended with
// Destroy; Destroy of ioctx does not affect it. Clone does not contact the cluster and
// takes a few microseconds. It returns an ObjectError with
//   - ErrNotFound if the pool has been deleted;
//   - ErrNameContainsNUL if a SetNamespace or SetLocator of ioctx has failed;
//   - ErrInvalidIOContext after Destroy, or ErrNotConnected after Shutdown of the Conn.
func (ioctx *IOContext) Clone() (*IOContext, error) {
	c, err := ioctx.copyWith("", func(*IOContext) error { return nil })
	return c, ioctx.wrap("Clone", "", err)
}

// copyWith returns a clone of ioctx on which set sets the setting of that name.
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

// reopen opens the pool of ioctx once more. It does not wait: rados_ioctx_create2 would for a pool
// that the OSD map lacks, but such a pool has been deleted, since numbers of pools are not used again.
func (ioctx *IOContext) reopen() (*IOContext, error) {
	id := ioctx.GetPoolID()
	if _, err := ioctx.RequiresAlignment(); err != nil {
		return nil, err
	}
	return ioctx.conn.openIOContextByID(id)
}

// configure applies settings to ioctx, with set instead of the setting of that name.
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

// GetLastVersion returns the version of the object that was last read or written through
// this IOContext, 0 before the first and perhaps after one that failed. It is shared by all
// goroutines that use the IOContext. Locks do not count.
//
// Implements:
//
//	uint64_t rados_aio_get_version(rados_completion_t c)
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

// ListXattrs returns all extended attributes of object oid, by name. The map is empty if
// the object has none. It returns ErrNotFound if the object does not exist.
// [IOContext.ListXattrsContext] returns when its context is done.
//
// Implements:
//
//	int rados_getxattrs(rados_ioctx_t io, const char *oid, rados_xattrs_iter_t *iter)
func (ioctx *IOContext) ListXattrs(oid string) (map[string][]byte, error) {
	return ioctx.listXattrs(context.Background(), oid)
}

// ListXattrsContext is ListXattrs with a context. When ctx is done, it returns an ObjectError in
// which errors.Is finds ctx.Err(). If ctx is done already, it sends nothing.
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

// Xattrs goes through the extended attributes of object oid, by name. They are
// fetched by one operation. An error comes alone, with a zero Xattr: ErrNotFound if the
// object does not exist. [IOContext.XattrsContext] ends when its context is done.
func (ioctx *IOContext) Xattrs(oid string) iter.Seq2[Xattr, error] {
	return ioctx.xattrs(context.Background(), "Xattrs", oid)
}

// XattrsContext is Xattrs with a context. When ctx is done before the operation completes, the
// operation is cancelled, and an ObjectError comes in which errors.Is finds ctx.Err().
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

// Exec calls a method of an object class on object oid, which runs on the OSD: cls is the
// name of the class, method that of its method, and input the method's input. Exec returns the
// number of bytes written to output, or the method's positive return value if it wrote none.
//
// It returns ERANGE if output is too short, EOPNOTSUPP if no such class or method exists,
// ErrPermissionDenied if the user may not call it, and otherwise the error of the method.
// [IOContext.ExecContext] returns when its context is done.
//
// Implements:
//
//	int rados_exec(rados_ioctx_t io, const char *oid, const char *cls, const char *method, const char *in_buf, size_t in_len, char *buf, size_t out_len)
func (ioctx *IOContext) Exec(oid, cls, method string, input, output []byte) (int, error) {
	n, err := ioctx.exec(context.Background(), oid, cls, method, input, output)
	return n, ioctx.wrap("Exec", oid, err)
}

// ExecContext is Exec with a context. When ctx is done, it returns an ObjectError in which
// errors.Is finds both ctx.Err() and ErrOutcomeUnknown: the OSD may run the method nevertheless.
// output may be used again in any case. If ctx is done already, it sends nothing.
func (ioctx *IOContext) ExecContext(ctx context.Context, oid, cls, method string, input, output []byte) (int, error) {
	n, err := ioctx.exec(ctx, oid, cls, method, input, output)
	return n, ioctx.wrap("ExecContext", oid, err)
}

// exec is an operation of one step: rados_aio_exec would write beyond output if the method
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

// ChecksumOptions select what IOContext.Checksum computes checksums of, and how. A nil
// *ChecksumOptions is as good as one whose fields are zero: one checksum of the whole object.
type ChecksumOptions struct {
	// Off and Len are the part of the object, in bytes. A Len of 0 means all from Off on.
	Off, Len uint64
	// ChunkSize asks for one checksum for each ChunkSize bytes; Len must be a multiple of it.
	// 0 asks for one checksum of the whole part.
	ChunkSize uint64
	// InitValue is the value to start from, in the bytes that the OSD expects: little-endian, 4
	// bytes, or 8 for ChecksumTypeXXHash64. Nil stands for zeros.
	InitValue []byte
}

// Checksum has the OSD compute checksums of object oid and writes its answer to dst as it is: the
// number of checksums, in 4 bytes, then each of them, in 4 bytes, or 8 for ChecksumTypeXXHash64,
// all of them little-endian. Bytes of dst beyond the answer stay as they are. Checksums returns
// numbers instead.
//
// It returns ERANGE if dst is too short, in which case nothing is written to it, ErrNotFound if the
// object does not exist, and EINVAL if checksumType is none of those there are, InitValue has
// another length, ChunkSize does not divide Len, or ChunkSize is given without Len. It waits for the
// OSD without a limit, unless rados_osd_op_timeout is configured; see
// [IOContext.ChecksumContext].
//
// Implements:
//
//	int rados_checksum(rados_ioctx_t io, const char *oid, rados_checksum_type_t type, const char *init_value, size_t init_value_len, size_t len, uint64_t off, size_t chunk_size, char *pchecksum, size_t checksum_len)
func (ioctx *IOContext) Checksum(oid string, checksumType ChecksumType, dst []byte, opts *ChecksumOptions) error {
	return ioctx.checksumInto(context.Background(), oid, checksumType, dst, opts)
}

// ChecksumContext is Checksum with a context. When ctx is done, it returns an ObjectError in
// which errors.Is finds ctx.Err(). dst may be used again in any case. If ctx is done already, it
// sends nothing.
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
	r.checksum(checksumType, seed, opts.Off, opts.Len, opts.ChunkSize, dst, func(oplog.Outcome) {})
	return unwrapOperation(r.operate(ctx, "Checksum", ioctx, oid, OperationNoFlag))
}

// ChecksumsOptions select what IOContext.Checksums and ReadOp.Checksum compute checksums of, and
// how. The zero value asks for one checksum of the whole object, of which an empty one has none.
type ChecksumsOptions struct {
	// Offset and Length are the part of the object, in bytes. A Length of 0 means all
	// from Offset on. One that goes beyond the end is an error, EDOM with Ceph 16.2.
	Offset, Length uint64
	// ChunkSize asks for one checksum for each ChunkSize bytes; Length must be a
	// multiple of it. 0 asks for one of all bytes.
	ChunkSize uint64
	// Seed is the value to start from. Those of 32 bits use the lower half of it.
	Seed uint64
}

// Checksums has the OSD compute checksums of object oid, so that its data need not
// cross the network. It is Checksum that returns the checksums as numbers.
//
// It returns ErrNotFound if the object does not exist, and EINVAL if kind is none
// of those there are, ChunkSize does not divide Length, or ChunkSize is given without
// Length. It waits for the OSD without a limit, unless rados_osd_op_timeout
// is configured. [IOContext.ChecksumsContext] returns when its context is done.
//
// Implements:
//
//	int rados_checksum(rados_ioctx_t io, const char *oid, rados_checksum_type_t type, const char *init_value, size_t init_value_len, size_t len, uint64_t off, size_t chunk_size, char *pchecksum, size_t checksum_len)
func (ioctx *IOContext) Checksums(oid string, kind ChecksumType, opts ChecksumsOptions) ([]uint64, error) {
	sums, err := ioctx.checksums(context.Background(), oid, kind, opts)
	return sums, ioctx.wrap("Checksums", oid, err)
}

// ChecksumsContext is Checksums with a context. When ctx is done, it returns an ObjectError in
// which errors.Is finds ctx.Err(). If ctx is done already, it sends nothing.
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

// width returns the number of bytes of a checksum, 0 if there is no such kind.
func (kind ChecksumType) width() int {
	switch kind {
	case ChecksumTypeXXHash32, ChecksumTypeCRC32C:
		return 4
	case ChecksumTypeXXHash64:
		return 8
	}
	return 0
}
