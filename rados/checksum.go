package rados

import (
	"context"
	"encoding/binary"
	"syscall"

	"github.com/go-rados/go-rados/internal/oplog"
)

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
// OSD for as long as it takes, unless rados_osd_op_timeout is configured.
//
// Implements:
//
//	int rados_checksum(rados_ioctx_t io, const char *oid, rados_checksum_type_t type, const char *init_value, size_t init_value_len, size_t len, uint64_t off, size_t chunk_size, char *pchecksum, size_t checksum_len)
func (ioctx *IOContext) Checksum(oid string, checksumType ChecksumType, dst []byte, opts *ChecksumOptions) error {
	if opts == nil {
		opts = &ChecksumOptions{}
	}
	seed := opts.InitValue
	if seed == nil {
		seed = make([]byte, max(4, checksumType.width()))
	}
	if len(dst) == 0 { // which librados would take for no buffer at all, and succeed
		dst = make([]byte, 1)
	}
	r := CreateReadOp()
	r.checksum(checksumType, seed, opts.Off, opts.Len, opts.ChunkSize, dst, func(oplog.Outcome) {})
	return bare(r.operate(context.Background(), ioctx, oid, OperationNoFlag))
}

// ChecksumsOptions select what IOContext.Checksums and ReadOp.Checksum compute checksums of, and
// how. The zero value asks for one checksum of the whole object, of which an empty one has none.
type ChecksumsOptions struct {
	// Offset and Length are the part of the object, in bytes. A Length of 0 means all
	// from Offset on. One that goes beyond the end is an error, EDOM with Ceph 16.2.
	Offset, Length uint64
	// ChunkSize asks for one checksum for each so many bytes; Length must be a
	// multiple of it. 0 asks for one of all of them.
	ChunkSize uint64
	// Seed is the value to start from. Those of 32 bits use the lower half of it.
	Seed uint64
}

// Checksums has the OSD compute checksums of object oid, so that its data need not
// cross the network. It is Checksum that returns the checksums as numbers.
//
// It returns ErrNotFound if the object does not exist, and EINVAL if kind is none
// of those there are, ChunkSize does not divide Length, or ChunkSize is given without
// Length. It waits for the OSD for as long as it takes, unless rados_osd_op_timeout
// is configured.
//
// Implements:
//
//	int rados_checksum(rados_ioctx_t io, const char *oid, rados_checksum_type_t type, const char *init_value, size_t init_value_len, size_t len, uint64_t off, size_t chunk_size, char *pchecksum, size_t checksum_len)
func (ioctx *IOContext) Checksums(oid string, kind ChecksumType, opts ChecksumsOptions) ([]uint64, error) {
	return ioctx.checksums(context.Background(), oid, kind, opts)
}

// ChecksumsContext is Checksums that ends with ctx. Then its error is an ObjectError in which
// errors.Is finds ctx.Err(). If ctx has ended already, nothing is sent.
func (ioctx *IOContext) ChecksumsContext(ctx context.Context, oid string, kind ChecksumType, opts ChecksumsOptions) ([]uint64, error) {
	sums, err := ioctx.checksums(ctx, oid, kind, opts)
	return sums, ioctx.wrap("ChecksumsContext", oid, err)
}

func (ioctx *IOContext) checksums(ctx context.Context, oid string, kind ChecksumType, opts ChecksumsOptions) ([]uint64, error) {
	r := CreateReadOp()
	step := r.Checksum(kind, opts)
	if err := r.operate(ctx, ioctx, oid, OperationNoFlag); err != nil {
		return nil, bare(err)
	}
	return step.Sums()
}

// width is how many bytes a checksum has, 0 if there is no such kind.
func (kind ChecksumType) width() int {
	switch kind {
	case ChecksumTypeXXHash32, ChecksumTypeCRC32C:
		return 4
	case ChecksumTypeXXHash64:
		return 8
	}
	return 0
}

// maxSums is how many checksums can be asked for at once. The OSD has a limit of its
// own, which is lower.
const maxSums = 1 << 24

// buffer has room for the checksums. Where the options make no sense it has not
// even room for their number, which makes librados refuse them.
func (opts ChecksumsOptions) buffer(kind ChecksumType) []byte {
	count := uint64(1)
	if opts.ChunkSize > 0 {
		count = opts.Length / opts.ChunkSize
	}
	if kind.width() == 0 || count == 0 || count > maxSums || opts.ChunkSize > 0 && opts.Length%opts.ChunkSize > 0 {
		return nil
	}
	return make([]byte, 4+int(count)*kind.width())
}

// seed is the value to start from as the OSD wants it.
func (opts ChecksumsOptions) seed(kind ChecksumType) []byte {
	return binary.LittleEndian.AppendUint64(nil, opts.Seed)[:kind.width()]
}

// sums reads what the OSD answered: the number of checksums, then each of them.
func sums(kind ChecksumType, answer []byte) ([]uint64, error) {
	width := kind.width()
	if len(answer) < 4 || width == 0 {
		return nil, radosError(-int(syscall.EINVAL))
	}
	n := int(binary.LittleEndian.Uint32(answer))
	answer = answer[4:]
	list := make([]uint64, 0, min(n, len(answer)/width))
	for ; n > 0 && len(answer) >= width; n-- {
		var word [8]byte
		copy(word[:], answer[:width])
		list = append(list, binary.LittleEndian.Uint64(word[:]))
		answer = answer[width:]
	}
	return list, nil
}
