package wire

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestJoinList(t *testing.T) {
	assert.Empty(t, JoinList[string](nil))
	assert.Equal(t, []byte("a\x00\x00bc\x00"), JoinList([]string{"a", "", "bc"}))
	assert.Equal(t, []byte("a\x00"), JoinList([][]byte{[]byte("a")}))
}

func TestSplitList(t *testing.T) {
	assert.Nil(t, SplitList(nil))
	assert.Nil(t, SplitList([]byte{0}))
	assert.Equal(t, []string{"a", "bc"}, SplitList([]byte("a\x00bc\x00\x00ignored")))
	assert.Equal(t, []string{"a", "bc"}, SplitList([]byte("a\x00bc")), "the last NUL may be missing")
}

func TestItems(t *testing.T) {
	assert.Nil(t, Items(nil))
	assert.Equal(t, []string{"a", "", "bc", ""}, Items(JoinList([]string{"a", "", "bc", ""})))
}

func TestItemMap(t *testing.T) {
	assert.Equal(t, map[string]string{}, ItemMap(nil, nil))
	keys, values := JoinList([]string{"a", "b"}), JoinList([]string{"", "bc"})
	assert.Equal(t, map[string]string{"a": "", "b": "bc"}, ItemMap(keys, values))
	assert.Equal(t, map[string]string{"a": ""}, ItemMap(keys, JoinList([]string{""})), "a key lacks its value")
	assert.Equal(t, map[string]string{}, ItemMap(nil, values))
}

func TestText(t *testing.T) {
	assert.Empty(t, Text(nil))
	assert.Equal(t, "tag", Text([]byte("tag\x00rest")))
	assert.Equal(t, "tag", Text([]byte("tag")))
}

func TestNumbers(t *testing.T) {
	assert.Empty(t, Numbers[uint64](nil))
	flat := binary.NativeEndian.AppendUint64(nil, 7)
	flat = binary.NativeEndian.AppendUint64(flat, 1<<63)
	assert.Equal(t, []uint64{7, 1 << 63}, Numbers[uint64](flat))
}

func put(flat []byte, items ...string) []byte {
	for _, item := range items {
		flat = binary.NativeEndian.AppendUint64(flat, uint64(len(item)))
		flat = append(flat, item...)
	}
	return flat
}

// pair is a key with its value, as C has them.
func pair(flat []byte, key, value string) []byte {
	flat = binary.NativeEndian.AppendUint64(flat, uint64(len(key)))
	flat = binary.NativeEndian.AppendUint64(flat, uint64(len(value)))
	return append(append(flat, key...), value...)
}

func TestPairs(t *testing.T) {
	assert.Equal(t, map[string][]byte{}, Pairs(nil), "never nil")
	want := map[string][]byte{"a": []byte("1"), "": {}, "k\x00": []byte("v\x00\xff")}
	data := pair(pair(pair(nil, "a", "1"), "", ""), "k\x00", "v\x00\xff")
	assert.Equal(t, want, Pairs(data))
	assert.Equal(t, 7, PairsSize(data))
	assert.Zero(t, PairsSize(nil))
}

func TestAppend(t *testing.T) {
	assert.Nil(t, AppendItems(nil, nil))
	assert.Equal(t, put(nil, "a", "", "b\x00"), AppendItems(nil, []string{"a", "", "b\x00"}))
	pairs := map[string][]byte{"a": []byte("1"), "": {}, "k\x00": []byte("v\x00\xff")}
	assert.Equal(t, pairs, Pairs(AppendPairs(nil, pairs)))
	assert.Equal(t, pair([]byte("before"), "k", "value"), AppendPairs([]byte("before"), map[string][]byte{"k": []byte("value")}))
	assert.Nil(t, AppendPairs(nil, nil))
}

func TestPairsAreSeparate(t *testing.T) {
	pairs := Pairs(pair(pair(nil, "a", "1"), "b", "2"))
	_ = append(pairs["a"], "overwritten"...)
	assert.Equal(t, "2", string(pairs["b"]))
}

func TestPair(t *testing.T) {
	flat := pair(pair(nil, "a", "1"), "", "")
	key, value, rest, ok := Pair(flat)
	assert.True(t, ok)
	assert.Equal(t, "a", string(key))
	assert.Equal(t, "1", string(value))
	assert.Equal(t, pair(nil, "", ""), rest)
	_ = append(key, '2')
	assert.Equal(t, "1", string(value), "an append to one is not seen in the other")

	key, value, rest, ok = Pair(rest)
	assert.True(t, ok, "both may be empty")
	assert.Empty(t, key)
	assert.Empty(t, value)
	assert.Empty(t, rest)

	for n := range len(pair(nil, "a", "1")) {
		key, value, rest, ok = Pair(flat[:n])
		assert.False(t, ok, "cut short after %d bytes", n)
		assert.Nil(t, key)
		assert.Nil(t, value)
		assert.Nil(t, rest)
	}
}

func TestKeys(t *testing.T) {
	flat := pair(pair(nil, "a", "1"), "", "2")
	assert.Equal(t, []string{"a", ""}, Keys(flat))
	assert.Equal(t, []string{"a"}, Keys(flat[:len(flat)-1]), "the last is cut short")
	assert.Nil(t, Keys(nil))
}

func TestSizedItems(t *testing.T) {
	assert.Empty(t, SizedItems(nil))
	assert.Equal(t, []string{"a", "", "b\x00"}, SizedItems(put(nil, "a", "", "b\x00")))
	assert.Equal(t, []string{"a"}, SizedItems(put(nil, "a", "bc")[:2*sizeLen+2]), "what is cut short is dropped")
	items := []string{"x", "", "\xff\x00"}
	assert.Equal(t, items, SizedItems(AppendItems(nil, items)))
}

func TestTriples(t *testing.T) {
	next := func(items *Triples) [3]string {
		first, second, third, ok := items.Next()
		assert.True(t, ok)
		return [3]string{first, second, third}
	}
	items := Triples{Rest: put(nil, "a", "", "x\x00", "b", "same", "x\x00", "\xff", "same", "")}
	assert.Equal(t, [3]string{"a", "", "x\x00"}, next(&items))
	assert.Equal(t, [3]string{"b", "same", "x\x00"}, next(&items))
	assert.Equal(t, [3]string{"\xff", "same", ""}, next(&items))
	_, _, _, ok := items.Next()
	assert.False(t, ok)

	items.Rest = put(nil, "a", "b", "c", "short", "d")
	assert.Equal(t, [3]string{"a", "b", "c"}, next(&items))
	_, _, _, ok = items.Next()
	assert.False(t, ok, "what is cut short is dropped")

	flat := put(nil, "name", "the same", "as before")
	assert.EqualValues(t, 1, testing.AllocsPerRun(100, func() {
		items.Rest = flat
		items.Next()
	}), "the name")
}

func TestCopyPair(t *testing.T) {
	flat := pair(nil, "key", "value")
	key, value, _, _ := Pair(flat)
	text, copied := CopyPair(key, value)
	clear(flat)
	assert.Equal(t, "key", text)
	assert.Equal(t, "value", string(copied))
	copy(copied, "VALUE")
	_ = append(copied, "more"...)
	assert.Equal(t, "key", text, "whatever becomes of the value")

	text, copied = CopyPair(nil, nil)
	assert.Empty(t, text)
	assert.NotNil(t, copied, "an empty value is one")
	assert.Empty(t, copied)
	assert.EqualValues(t, 1, testing.AllocsPerRun(100, func() { text, copied = CopyPair(value, value) }))
}
