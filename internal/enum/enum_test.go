package enum_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/internal/enum"
)

func TestFormat(t *testing.T) {
	names := []enum.Name{{0, "Red"}, {2, "Blue"}}
	assert.Equal(t, "Red", enum.Format("Color", 0, names...))
	assert.Equal(t, "Blue", enum.Format("Color", 2, names...))
	assert.Equal(t, "Color(1)", enum.Format("Color", 1, names...))
	assert.Equal(t, "Color(-1)", enum.Format("Color", -1, names...))
}

func TestFormatFlags(t *testing.T) {
	names := []enum.Name{{1, "A"}, {4, "B"}, {24, "C"}, {28, "BC"}}
	for v, want := range map[uint64]string{
		0:         "0",
		1:         "A",
		5:         "A|B",
		29:        "A|B|C",
		28:        "BC", // the value itself has a name
		8:         "0x8",
		9:         "A|0x8",
		1<<63 | 4: "B|0x8000000000000000",
	} {
		assert.Equal(t, want, enum.FormatFlags(v, names...), "%#x", v)
	}
	assert.Equal(t, "None", enum.FormatFlags(0, enum.Name{0, "None"}, enum.Name{1, "A"}))
	assert.Equal(t, "A", enum.FormatFlags(1, enum.Name{0, "None"}, enum.Name{1, "A"}))
}
