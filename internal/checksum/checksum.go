// Package checksum encodes the request for an object's checksums and decodes the answer.
package checksum

import "encoding/binary"

// maxSums is the greatest number of checksums in one request. The OSD has a limit of its own, which is
// lower.
const maxSums = 1 << 24

// Buffer returns memory for the answer with the checksums, width bytes each, of length bytes in
// chunks of chunk bytes; a chunk of 0 stands for one checksum. It returns nil if there can be no
// such answer: librados refuses a buffer without room for the number of checksums.
func Buffer(width int, length, chunk uint64) []byte {
	count := uint64(1)
	if chunk > 0 {
		count = length / chunk
	}
	if width == 0 || count == 0 || count > maxSums || chunk > 0 && length%chunk > 0 {
		return nil
	}
	return make([]byte, 4+int(count)*width)
}

// Seed returns the value that checksums of width bytes start from, as the OSD reads it.
func Seed(width int, seed uint64) []byte {
	return binary.LittleEndian.AppendUint64(nil, seed)[:width]
}

// Decode returns the checksums in an answer: their number, then each of them, in width bytes. It
// reports false if the answer lacks the number or width is 0.
func Decode(width int, answer []byte) ([]uint64, bool) {
	if len(answer) < 4 || width == 0 {
		return nil, false
	}
	n := int(binary.LittleEndian.Uint32(answer))
	answer = answer[4:]
	sums := make([]uint64, 0, min(n, len(answer)/width))
	for ; n > 0 && len(answer) >= width; n-- {
		var word [8]byte
		copy(word[:], answer[:width])
		sums = append(sums, binary.LittleEndian.Uint64(word[:]))
		answer = answer[width:]
	}
	return sums, true
}
