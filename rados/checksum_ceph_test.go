package rados_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
)

// TestChecksums covers Checksums and Checksum, which returns them as the OSD encodes them.
func TestChecksums(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"io.Checksum": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.Write("foo", buf, 0))
			sums, err := ioctx.Checksums("foo", rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{Seed: 1<<32 - 1, Length: 128})
			require.NoError(t, err)
			assert.Equal(t, []uint64{castagnoli(1<<32-1, buf)}, sums)
			sums, err = ioctx.Checksums("foo", rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{Length: 64, Offset: 64, ChunkSize: 16})
			require.NoError(t, err)
			crc := castagnoli(0, buf[:16])
			assert.Equal(t, []uint64{crc, crc, crc, crc}, sums)
			// These are the sums of one letter, with seed 0.
			require.NoError(t, ioctx.WriteFull("a", []byte("a")))
			for kind, want := range map[rados.ChecksumType]uint64{rados.ChecksumTypeXXHash32: 0x550d7456, rados.ChecksumTypeXXHash64: 0xd24ec4f1a98c6e5b} {
				sums, err = ioctx.Checksums("a", kind, rados.ChecksumsOptions{})
				require.NoError(t, err)
				assert.Equal(t, []uint64{want}, sums)
			}
			require.NoError(t, ioctx.WriteFull("empty", nil))
			sums, err = ioctx.Checksums("empty", rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{})
			require.NoError(t, err)
			assert.Empty(t, sums, "there is nothing to sum up")
			for _, kind := range []rados.ChecksumType{rados.ChecksumTypeXXHash32, rados.ChecksumTypeXXHash64} {
				whole, err := ioctx.Checksums("foo", kind, rados.ChecksumsOptions{Seed: 7})
				require.NoError(t, err)
				halves, err := ioctx.Checksums("foo", kind, rados.ChecksumsOptions{Seed: 7, Length: 128, ChunkSize: 64})
				require.NoError(t, err)
				assert.Len(t, halves, 2)
				assert.Equal(t, halves[0], halves[1])
				assert.NotEqual(t, whole[0], halves[0])
			}
			_, err = ioctx.Checksums("none", rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{})
			assert.ErrorIs(t, err, rados.ErrNotFound)
			for _, bad := range []rados.ChecksumsOptions{{Length: 10, ChunkSize: 3}, {ChunkSize: 4}} {
				_, err = ioctx.Checksums("foo", rados.ChecksumTypeCRC32C, bad)
				assert.ErrorIs(t, err, syscall.EINVAL, "%+v", bad)
			}
			_, err = ioctx.Checksums("foo", rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{Length: 1 << 40, ChunkSize: 1})
			assert.Error(t, err, "too many")
			for _, kind := range []rados.ChecksumType{math.MaxUint32, 3, 99} {
				_, err = ioctx.Checksums("foo", kind, rados.ChecksumsOptions{})
				assert.ErrorIs(t, err, syscall.EINVAL, "%d", kind)
			}
		},
		"encoded": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.Write("foo", buf, 0))
			le := binary.LittleEndian
			dst := []byte("0123456789")
			require.NoError(t, ioctx.Checksum("foo", rados.ChecksumTypeCRC32C, dst, nil))
			assert.EqualValues(t, 1, le.Uint32(dst))
			assert.EqualValues(t, castagnoli(0, buf), le.Uint32(dst[4:]))
			assert.Equal(t, "89", string(dst[8:]), "beyond the answer")
			opts := &rados.ChecksumOptions{Off: 64, Len: 64, ChunkSize: 16, InitValue: []byte{255, 255, 255, 255}}
			dst = make([]byte, 4+4*4)
			require.NoError(t, ioctx.Checksum("foo", rados.ChecksumTypeCRC32C, dst, opts))
			assert.EqualValues(t, 4, le.Uint32(dst))
			for i := range 4 {
				assert.EqualValues(t, castagnoli(1<<32-1, buf[:16]), le.Uint32(dst[4+4*i:]))
			}
			require.NoError(t, ioctx.WriteFull("a", []byte("a")))
			dst = make([]byte, 12)
			for _, opts := range []*rados.ChecksumOptions{nil, {}, {InitValue: make([]byte, 8)}} {
				require.NoError(t, ioctx.Checksum("a", rados.ChecksumTypeXXHash64, dst, opts))
				assert.EqualValues(t, uint64(0xd24ec4f1a98c6e5b), le.Uint64(dst[4:]))
			}
			for _, short := range [][]byte{nil, {}, []byte("short"), make([]byte, 11)} {
				before := bytes.Clone(short)
				assert.ErrorIs(t, ioctx.Checksum("a", rados.ChecksumTypeXXHash64, short, nil), syscall.ERANGE)
				assert.Equal(t, before, short)
			}
			assert.Equal(t, rados.ErrNotFound, ioctx.Checksum("none", rados.ChecksumTypeCRC32C, dst, nil))
			assert.Equal(t, rados.ErrNameContainsNUL, ioctx.Checksum("a\x00", rados.ChecksumTypeCRC32C, dst, nil))
			for _, bad := range []*rados.ChecksumOptions{
				{Len: 10, ChunkSize: 3}, {ChunkSize: 4}, {InitValue: []byte{}}, {InitValue: make([]byte, 3)},
			} {
				assert.ErrorIs(t, ioctx.Checksum("foo", rados.ChecksumTypeCRC32C, dst, bad), syscall.EINVAL, "%+v", bad)
			}
			assert.ErrorIs(t, ioctx.Checksum("foo", 99, dst, nil), syscall.EINVAL)
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}
