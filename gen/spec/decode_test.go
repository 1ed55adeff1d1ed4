package spec_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/spec"
)

// TestBad decodes the specs of testdata/bad, each of which has a slip of the kind that its file is
// named after.
func TestBad(t *testing.T) {
	for _, bad := range gentest.BadInputs(t, "s.yaml") {
		t.Run(bad.Name, func(t *testing.T) {
			_, err := spec.Decode("s.yaml", []byte(bad.Files["s.yaml"]))
			bad.Compare(t, err)
		})
	}
}

// TestDecode has the ways of writing that mean the same.
func TestDecode(t *testing.T) {
	s, err := spec.Decode("s.yaml", []byte(`
functions:
  rados_a:
    go: A
    before_connect: True
    doc: |
      A does it.

    ret: count
    args: {a: name, b: null, c: ~, d: 0x10, e: 1_000, f: -1, g: {as: fill, initial_size: 12}}
  rados_b: {skip: 12}
`))
	require.NoError(t, err)
	a := s.Functions[0]
	assert.True(t, a.BeforeConnect)
	assert.Equal(t, "A does it.", a.Doc)
	assert.Equal(t, "count", a.Ret.As)
	assert.Equal(t, "name", a.Args["a"].Name)
	var fixed []string
	for _, name := range strings.Split("b c d e f", " ") {
		fixed = append(fixed, *a.Args[name].Fixed)
	}
	assert.Equal(t, []string{"NULL", "NULL", "16", "1000", "-1"}, fixed)
	assert.Equal(t, []string{"initial_size"}, a.Args["g"].Keys())
	assert.Equal(t, "s.yaml:10:62", a.Args["g"].Pos.String())
	assert.Equal(t, "12", s.Functions[1].Target)
}
