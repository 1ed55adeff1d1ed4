package wire

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// FuzzDecode reads any memory with each function: the results are in the memory.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("a\x00bc\x00\x00rest"))
	f.Add(AppendItems(nil, []string{"key", "value", "", "x"}))
	f.Fuzz(func(t *testing.T, flat []byte) {
		terminated := append(bytes.Clone(flat), 0)
		list := SplitList(flat)
		assert.NotContains(t, list, "")
		assert.True(t, bytes.HasPrefix(terminated, JoinList(list)))
		joined := JoinList(Items(flat))
		assert.True(t, bytes.Equal(joined, flat) || bytes.Equal(joined, terminated))
		assert.True(t, bytes.HasPrefix(terminated, append([]byte(Text(flat)), 0)))

		var numbers []byte
		for _, n := range Numbers[uint64](flat) {
			numbers = binary.NativeEndian.AppendUint64(numbers, n)
		}
		assert.True(t, bytes.HasPrefix(flat, numbers))
		assert.Less(t, len(flat)-len(numbers), 8)

		assert.True(t, bytes.HasPrefix(flat, AppendItems(nil, SizedItems(flat))))
		items := Triples{Rest: flat}
		var read []string
		for a, b, c, ok := items.Next(); ok; a, b, c, ok = items.Next() {
			read = append(read, a, b, c)
		}
		all := SizedItems(flat)
		assert.Equal(t, all[:len(all)/3*3], append([]string{}, read...))
		checkPairs(t, flat)
	})
}

// checkPairs goes through the pairs one by one. Nothing may be written after a value.
func checkPairs(t *testing.T, flat []byte) {
	before, want := bytes.Clone(flat), make(map[string][]byte)
	var read []byte
	for rest := flat; ; {
		key, value, behind, ok := Pair(rest)
		if !ok {
			break
		}
		read = AppendPairs(read, map[string][]byte{string(key): value})
		want[string(key)], rest = value, behind
		_, _ = append(key, 'x'), append(value, 'x')
	}
	assert.True(t, bytes.HasPrefix(flat, read))
	assert.Equal(t, before, flat)
	assert.Equal(t, want, Pairs(flat))
}

// FuzzEncode: packed values can be unpacked.
func FuzzEncode(f *testing.F) {
	f.Add("one,,three", ",")
	f.Add("a\x00b\x00\x00c", "\x00")
	f.Fuzz(func(t *testing.T, text, separator string) {
		items := strings.Split(text, separator)
		assert.Equal(t, items, SizedItems(AppendItems(nil, items)))
		if !strings.Contains(strings.Join(items, ""), "\x00") {
			assert.Equal(t, items, append([]string{}, Items(JoinList(items))...)) // nil without items
		}
		pairs, dict := make(map[string][]byte), make(map[string]string)
		for i, item := range items {
			value := items[len(items)-1-i]
			pairs[item], dict[item] = []byte(value), value
		}
		assert.Equal(t, pairs, Pairs(AppendPairs(nil, pairs)))
		n := 1
		for key, value := range dict {
			n += len(key) + len(value) + 2
		}
		assert.Len(t, JoinDict(dict), n)
	})
}
