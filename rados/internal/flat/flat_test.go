package flat

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

func TestPairs(t *testing.T) {
	assert.Equal(t, map[string][]byte{}, Pairs(nil), "never nil")
	want := map[string][]byte{"a": []byte("1"), "": {}, "k\x00": []byte("v\x00\xff")}
	assert.Equal(t, want, Pairs(put(nil, "a", "1", "", "", "k\x00", "v\x00\xff")))
}

func TestAppend(t *testing.T) {
	assert.Nil(t, AppendItems(nil, nil))
	assert.Equal(t, put(nil, "a", "", "b\x00"), AppendItems(nil, []string{"a", "", "b\x00"}))
	pairs := map[string][]byte{"a": []byte("1"), "": {}, "k\x00": []byte("v\x00\xff")}
	assert.Equal(t, pairs, Pairs(AppendPairs(nil, pairs)))
}

func TestPairsAreSeparate(t *testing.T) {
	pairs := Pairs(put(nil, "a", "1", "b", "2"))
	_ = append(pairs["a"], "overwritten"...)
	assert.Equal(t, "2", string(pairs["b"]))
}

func FuzzPairs(f *testing.F) {
	f.Add(put(nil, "key", "value"))
	f.Add([]byte{255, 255, 255, 255, 255, 255, 255, 255, 0})
	f.Fuzz(func(t *testing.T, flat []byte) {
		for key, value := range Pairs(flat) {
			assert.LessOrEqual(t, len(key)+len(value)+2*sizeLen, len(flat))
		}
	})
}

func TestPair(t *testing.T) {
	flat := put(nil, "a", "1", "", "")
	key, value, rest, ok := Pair(flat)
	assert.True(t, ok)
	assert.Equal(t, "a", string(key))
	assert.Equal(t, "1", string(value))
	assert.Equal(t, put(nil, "", ""), rest)

	key, value, rest, ok = Pair(rest)
	assert.True(t, ok, "both may be empty")
	assert.Empty(t, key)
	assert.Empty(t, value)
	assert.Empty(t, rest)

	for n := range len(put(nil, "a", "1")) {
		key, value, rest, ok = Pair(flat[:n])
		assert.False(t, ok, "cut short after %d bytes", n)
		assert.Nil(t, key)
		assert.Nil(t, value)
		assert.Nil(t, rest)
	}
}

func TestSizedItems(t *testing.T) {
	assert.Empty(t, SizedItems(nil))
	assert.Equal(t, []string{"a", "", "b\x00"}, SizedItems(put(nil, "a", "", "b\x00")))
	assert.Equal(t, []string{"a"}, SizedItems(put(nil, "a", "bc")[:2*sizeLen+2]), "what is cut short is dropped")
	items := []string{"x", "", "\xff\x00"}
	assert.Equal(t, items, SizedItems(AppendItems(nil, items)))
}

func FuzzSizedItems(f *testing.F) {
	f.Add(put(nil, "item", ""))
	f.Add([]byte{255, 255, 255, 255, 255, 255, 255, 255, 0})
	f.Fuzz(func(t *testing.T, flat []byte) {
		n := 0
		for _, item := range SizedItems(flat) {
			n += sizeLen + len(item)
		}
		assert.LessOrEqual(t, n, len(flat))
	})
}
