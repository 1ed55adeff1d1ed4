// Package flat packs lists and pairs into one buffer, the form in which they
// cross to C and back: one crossing and one allocation for any number of them.
package wire

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unsafe"
)

// JoinList puts a NUL behind each item. C can point right into the result. An
// item with a NUL inside makes more items than there are, which C notices.
func JoinList[T ~string | ~[]byte](items []T) []byte {
	n := 0
	for _, item := range items {
		n += len(item) + 1
	}
	flat := make([]byte, 0, n)
	for _, item := range items {
		flat = append(append(flat, item...), 0)
	}
	return flat
}

// JoinDict puts a NUL behind each key and value, and one more at the end.
func JoinDict(dict map[string]string) []byte {
	var flat []byte
	for key, value := range dict {
		flat = append(append(flat, key...), 0)
		flat = append(append(flat, value...), 0)
	}
	return append(flat, 0)
}

// SplitList undoes JoinList. An empty item marks the end, as C has it.
func SplitList(flat []byte) []string {
	var items []string
	for {
		item, rest, _ := bytes.Cut(flat, []byte{0})
		if len(item) == 0 {
			return items
		}
		items = append(items, string(item))
		flat = rest
	}
}

// Items undoes JoinList where C says how long the list is: there an item may be
// empty.
func Items(flat []byte) []string {
	var items []string
	for len(flat) > 0 {
		item, rest, _ := bytes.Cut(flat, []byte{0})
		items = append(items, string(item))
		flat = rest
	}
	return items
}

// Text is what stands before the first NUL.
func Text(flat []byte) string {
	text, _, _ := bytes.Cut(flat, []byte{0})
	return string(text)
}

// Numbers reads 64-bit numbers as C has them in memory.
func Numbers[T ~uint64](flat []byte) []T {
	numbers := make([]T, 0, len(flat)/8)
	for ; len(flat) >= 8; flat = flat[8:] {
		numbers = append(numbers, T(binary.NativeEndian.Uint64(flat)))
	}
	return numbers
}

// AppendItems appends items, each behind its length. SizedItems undoes it.
func AppendItems(flat []byte, items []string) []byte {
	for _, item := range items {
		flat = append(binary.NativeEndian.AppendUint64(flat, uint64(len(item))), item...)
	}
	return flat
}

// AppendPairs appends keys with their values, each pair behind its two lengths. Pairs
// undoes it. It goes through the map once, since that is most of what it costs.
func AppendPairs(flat []byte, pairs map[string][]byte) []byte {
	for key, value := range pairs {
		n := len(flat)
		size := 2*sizeLen + len(key) + len(value)
		flat = slices.Grow(flat, size)[:n+size]
		binary.NativeEndian.PutUint64(flat[n:], uint64(len(key)))
		binary.NativeEndian.PutUint64(flat[n+sizeLen:], uint64(len(value)))
		copy(flat[n+2*sizeLen+copy(flat[n+2*sizeLen:], key):], value)
	}
	return flat
}

// sizeLen is how many bytes a C size_t has.
const sizeLen = 8

// Pairs reads keys with their values, behind their lengths as C has them in memory.
// What is cut short is dropped: C writes whole pairs.
func Pairs(flat []byte) map[string][]byte {
	pairs := make(map[string][]byte)
	for {
		key, value, rest, ok := Pair(flat)
		if !ok {
			return pairs
		}
		pairs[string(key)] = value
		flat = rest
	}
}

// Pair takes the first key and its value off flat. There is none if ok is false. Their
// capacities end with them, so that an append to one never writes into the next.
func Pair(flat []byte) (key, value, rest []byte, ok bool) {
	if len(flat) < 2*sizeLen {
		return nil, nil, nil, false
	}
	k, v := binary.NativeEndian.Uint64(flat), binary.NativeEndian.Uint64(flat[sizeLen:])
	flat = flat[2*sizeLen:]
	if n := uint64(len(flat)); k > n || v > n-k {
		return nil, nil, nil, false
	}
	return flat[:k:k], flat[k : k+v : k+v], flat[k+v:], true
}

// Own copies a key and its value out of the buffer that they are in, at the cost of one
// allocation. The text stays as it is whatever becomes of the value, whose capacity
// does not reach it.
func Own(key, value []byte) (string, []byte) {
	both := make([]byte, len(key)+len(value))
	n := copy(both, key)
	copy(both[n:], value)
	return Alias(both[:n]), both[n:]
}

// Alias is the text that is in memory which nobody changes any more.
func Alias(text []byte) string { return unsafe.String(unsafe.SliceData(text), len(text)) }

// SizedItems reads items, each behind its length. Mostly they are few.
func SizedItems(flat []byte) []string {
	items := make([]string, 0, 3)
	for {
		item, rest, ok := next(flat)
		if !ok {
			return items
		}
		items = append(items, string(item))
		flat = rest
	}
}

// next takes the first item off flat. Its capacity ends with it, so that an
// append to one value never writes into the next.
func next(flat []byte) (item, rest []byte, ok bool) {
	if len(flat) < sizeLen {
		return nil, nil, false
	}
	n := binary.NativeEndian.Uint64(flat)
	flat = flat[sizeLen:]
	if n > uint64(len(flat)) {
		return nil, nil, false
	}
	return flat[:n:n], flat[n:], true
}
