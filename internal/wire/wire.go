// Package wire encodes lists and pairs into one buffer, the form in which they
// cross into C and back: one crossing and one allocation for any number of items.
package wire

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unsafe"
)

// JoinList joins items, with a NUL after each. C can use pointers into the result. An
// item that contains a NUL makes more items than there are, which C detects.
func JoinList[T ~string | ~[]byte](items []T) []byte {
	n := 0
	for _, item := range items {
		n += len(item) + 1
	}
	data := make([]byte, 0, n)
	for _, item := range items {
		data = append(append(data, item...), 0)
	}
	return data
}

// JoinDict joins keys and values, with a NUL after each and another at the end.
func JoinDict(dict map[string]string) []byte {
	var data []byte
	for key, value := range dict {
		data = append(append(data, key...), 0)
		data = append(append(data, value...), 0)
	}
	return append(data, 0)
}

// SplitList splits the result of JoinList, or a list of C that ends with an empty item.
func SplitList(data []byte) []string {
	var items []string
	for {
		item, rest, _ := bytes.Cut(data, []byte{0})
		if len(item) == 0 {
			return items
		}
		items = append(items, string(item))
		data = rest
	}
}

// Items splits the result of JoinList, or a list of C whose length is known. Items may
// be empty.
func Items(data []byte) []string {
	var items []string
	for len(data) > 0 {
		item, rest, _ := bytes.Cut(data, []byte{0})
		items = append(items, string(item))
		data = rest
	}
	return items
}

// ItemMap returns the map of two lists of items, the keys and as many values.
func ItemMap(keys, values []byte) map[string]string {
	names, texts := Items(keys), Items(values)
	m := make(map[string]string, len(names))
	for i, name := range names[:min(len(names), len(texts))] {
		m[name] = texts[i]
	}
	return m
}

// Text returns the text before the first NUL.
func Text(data []byte) string {
	text, _, _ := bytes.Cut(data, []byte{0})
	return string(text)
}

// Numbers decodes 64-bit numbers in the byte order of the machine.
func Numbers[T ~uint64](data []byte) []T {
	numbers := make([]T, 0, len(data)/8)
	for ; len(data) >= 8; data = data[8:] {
		numbers = append(numbers, T(binary.NativeEndian.Uint64(data)))
	}
	return numbers
}

// AppendItems appends each item after its length. SizedItems decodes the result.
func AppendItems(data []byte, items []string) []byte {
	for _, item := range items {
		data = append(binary.NativeEndian.AppendUint64(data, uint64(len(item))), item...)
	}
	return data
}

// AppendPairs appends each pair of key and value after its two lengths. Pairs decodes the
// result. It iterates over the map only one time, since that is most of its cost.
func AppendPairs(data []byte, pairs map[string][]byte) []byte {
	for key, value := range pairs {
		n := len(data)
		size := 2*sizeLen + len(key) + len(value)
		data = slices.Grow(data, size)[:n+size]
		binary.NativeEndian.PutUint64(data[n:], uint64(len(key)))
		binary.NativeEndian.PutUint64(data[n+sizeLen:], uint64(len(value)))
		copy(data[n+2*sizeLen+copy(data[n+2*sizeLen:], key):], value)
	}
	return data
}

// sizeLen is the size of C's size_t in bytes.
const sizeLen = 8

// Pairs decodes the result of AppendPairs, or pairs that C has encoded alike. It drops
// an incomplete pair: C encodes whole pairs.
func Pairs(data []byte) map[string][]byte {
	pairs := make(map[string][]byte)
	for {
		key, value, rest, ok := Pair(data)
		if !ok {
			return pairs
		}
		pairs[string(key)] = value
		data = rest
	}
}

// PairsSize returns the number of bytes of the keys and values of such pairs.
func PairsSize(data []byte) (n int) {
	for {
		key, value, rest, ok := Pair(data)
		if !ok {
			return n
		}
		n += len(key) + len(value)
		data = rest
	}
}

// Keys returns the keys of such pairs. They use the memory of data, which must not be changed
// afterwards.
func Keys(data []byte) (keys []string) {
	for {
		key, _, rest, ok := Pair(data)
		if !ok {
			return keys
		}
		keys = append(keys, UnsafeString(key))
		data = rest
	}
}

// Pair decodes the first pair in data and returns the rest; ok is false if there is no
// pair. The capacities of key and value are limited to their lengths, so that an append to
// one never overwrites the next.
func Pair(data []byte) (key, value, rest []byte, ok bool) {
	if len(data) < 2*sizeLen {
		return nil, nil, nil, false
	}
	k, v := binary.NativeEndian.Uint64(data), binary.NativeEndian.Uint64(data[sizeLen:])
	data = data[2*sizeLen:]
	if n := uint64(len(data)); k > n || v > n-k {
		return nil, nil, nil, false
	}
	return data[:k:k], data[k : k+v : k+v], data[k+v:], true
}

// CopyPair copies a key and its value with one allocation. The text never changes, even
// if the caller changes the value.
func CopyPair(key, value []byte) (string, []byte) {
	both := make([]byte, len(key)+len(value))
	n := copy(both, key)
	copy(both[n:], value)
	return UnsafeString(both[:n]), both[n:]
}

// UnsafeString returns text as a string without copying it. text must not be changed afterwards.
func UnsafeString(text []byte) string { return unsafe.String(unsafe.SliceData(text), len(text)) }

// SizedItems decodes the result of AppendItems. It expects few items.
func SizedItems(data []byte) []string {
	items := make([]string, 0, 3)
	for {
		item, rest, ok := next(data)
		if !ok {
			return items
		}
		items = append(items, string(item))
		data = rest
	}
}

// Texts are as many texts as there are items.
type Texts interface {
	[1]string | [2]string | [3]string | [4]string
}

// SizedTexts decodes the result of AppendItems for a known number of items. Those that are missing are "".
func SizedTexts[T Texts](data []byte) (texts T) {
	for i := range len(texts) {
		item, rest, _ := next(data)
		texts[i], data = string(item), rest
	}
	return texts
}

// Triples decodes items in threes, such as the name of an object and two texts that most objects have in
// common.
type Triples struct {
	Rest []byte    // what has not been decoded
	last [2]string // the second and the third text
}

// Next decodes three items. ok is false if fewer are left. The second and the third text need no
// memory if they are the same as the last time.
func (t *Triples) Next() (first, second, third string, ok bool) {
	a, rest, _ := next(t.Rest)
	b, rest, _ := next(rest)
	c, rest, ok := next(rest)
	if t.Rest = rest; !ok {
		return "", "", "", false
	}
	return string(a), t.same(0, b), t.same(1, c), true
}

// same is string(text).
func (t *Triples) same(i int, text []byte) string {
	if string(text) != t.last[i] {
		t.last[i] = string(text)
	}
	return t.last[i]
}

// next decodes the first item in data and returns the rest; ok is false if there is no
// item. The capacity of the item is limited to its length.
func next(data []byte) (item, rest []byte, ok bool) {
	if len(data) < sizeLen {
		return nil, nil, false
	}
	n := binary.NativeEndian.Uint64(data)
	data = data[sizeLen:]
	if n > uint64(len(data)) {
		return nil, nil, false
	}
	return data[:n:n], data[n:], true
}
