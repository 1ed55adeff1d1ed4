package txtar

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Archive
	}{
		{"nothing", "", Archive{}},
		{"comment", "a\n-- b\n", Archive{Comment: "a\n-- b\n"}},
		{"files", "a\n-- b --\n\nc\n-- d e.f --\n-- g --\nh\n", Archive{"a\n", []File{{"b", "\nc\n"}, {"d e.f", ""}, {"g", "h\n"}}}},
		{"no name", "-- --\n--  --\n--   --\n", Archive{Comment: "-- --\n--  --\n--   --\n"}},
		{"other lines", "-- a --\n --b --\n-- c--\n--d --\n", Archive{"", []File{{"a", " --b --\n-- c--\n--d --\n"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, *Parse(c.text))
			assert.Equal(t, c.text, string(Parse(c.text).Format()))
		})
	}
	assert.Equal(t, Archive{"a\n", []File{{"b", "c\n"}}}, *Parse("a\n-- b --\nc"), "a newline is added at the end")
}

func TestFile(t *testing.T) {
	a := Parse("-- a --\n1\n-- b --\n2\n")
	assert.Equal(t, "2\n", a.File("b").Data)
	assert.Nil(t, a.File("c"))
	a.File("a").Data = "3"
	assert.Equal(t, "-- a --\n3\n-- b --\n2\n", string(a.Format()))
}
