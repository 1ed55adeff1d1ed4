// Package flat packs lists and pairs into one buffer, the form in which they
// cross to C and back: one crossing and one allocation for any number of them.
package flat

import (
	"bytes"
	"encoding/binary"
	"slices"
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

// AppendItems appends items, each behind its length.
func AppendItems(flat []byte, items []string) []byte {
	n := len(items) * sizeLen
	for _, item := range items {
		n += len(item)
	}
	flat = slices.Grow(flat, n)
	for _, item := range items {
		flat = append(binary.NativeEndian.AppendUint64(flat, uint64(len(item))), item...)
	}
	return flat
}

// AppendPairs appends keys and values by turns, each behind its length. Pairs
// undoes it.
func AppendPairs(flat []byte, pairs map[string][]byte) []byte {
	n := 2 * len(pairs) * sizeLen
	for key, value := range pairs {
		n += len(key) + len(value)
	}
	flat = slices.Grow(flat, n)
	for key, value := range pairs {
		flat = append(binary.NativeEndian.AppendUint64(flat, uint64(len(key))), key...)
		flat = append(binary.NativeEndian.AppendUint64(flat, uint64(len(value))), value...)
	}
	return flat
}

// sizeLen is how many bytes a C size_t has.
const sizeLen = 8

// Pairs reads keys and values by turns, each behind its length as C has it in
// memory. What is cut short is dropped: C writes whole pairs.
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

// Pair takes the first key and its value off flat. There is none if ok is false.
func Pair(flat []byte) (key, value, rest []byte, ok bool) {
	if key, flat, ok = next(flat); !ok {
		return nil, nil, nil, false
	}
	if value, flat, ok = next(flat); !ok {
		return nil, nil, nil, false
	}
	return key, value, flat, true
}

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
