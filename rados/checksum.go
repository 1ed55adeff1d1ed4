package rados

import (
	"context"
	"encoding/binary"
	"syscall"
)

// ChecksumOptions say of what part of an object checksums are wanted, and how. The
// zero value asks for one checksum of the whole object, of which an empty one has none.
type ChecksumOptions struct {
	// Offset and Length are the part of the object, in bytes. A Length of 0 means all
	// from Offset on. One that goes beyond the end is an error, EDOM with Ceph 16.2.
	Offset, Length uint64
	// ChunkSize asks for one checksum for each so many bytes; Length must be a
	// multiple of it. 0 asks for one of all of them.
	ChunkSize uint64
	// Seed is the value to start from. Those of 32 bits use the lower half of it.
	Seed uint64
}

// Checksum has the OSD compute checksums of object oid, so that its data need not
// cross the network.
//
// It returns ErrNotFound if the object does not exist, and EINVAL if kind is none
// of those there are, ChunkSize does not divide Length, or ChunkSize is given without
// Length. It waits for the OSD for as long as it takes, unless rados_osd_op_timeout
// is configured.
//
// Implements:
//
//	int rados_checksum(rados_ioctx_t io, const char *oid, rados_checksum_type_t type, const char *init_value, size_t init_value_len, size_t len, uint64_t off, size_t chunk_size, char *pchecksum, size_t checksum_len)
func (ioctx *IOContext) Checksum(oid string, kind ChecksumType, opts ChecksumOptions) ([]uint64, error) {
	return ioctx.checksum(context.Background(), oid, kind, opts)
}

// ChecksumContext is Checksum that ends with ctx. Then its error is an ObjectError in which
// errors.Is finds ctx.Err(). If ctx has ended already, nothing is sent.
func (ioctx *IOContext) ChecksumContext(ctx context.Context, oid string, kind ChecksumType, opts ChecksumOptions) ([]uint64, error) {
	sums, err := ioctx.checksum(ctx, oid, kind, opts)
	return sums, ioctx.wrap("ChecksumContext", oid, err)
}

func (ioctx *IOContext) checksum(ctx context.Context, oid string, kind ChecksumType, opts ChecksumOptions) ([]uint64, error) {
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
func (opts ChecksumOptions) buffer(kind ChecksumType) []byte {
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
func (opts ChecksumOptions) seed(kind ChecksumType) []byte {
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
