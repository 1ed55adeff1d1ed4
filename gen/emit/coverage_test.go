package emit_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/emit"
	"github.com/go-rados/go-rados/gen/internal/gentest"
)

// TestCoverageTells has a public name, a private one, and what is reached via such.
func TestCoverageTells(t *testing.T) {
	header := "int rados_a(rados_t cluster);\nint rados_b(rados_t cluster);\nint rados_c(rados_t cluster);\nint rados_d(rados_t cluster);\n"
	p := gentest.Plan(t, gentest.Load(t, "base"), gentest.Input{Name: "s", Header: header, Older: header, Spec: `functions:
  rados_a: {go: Conn.A, doc: A does.}
  rados_b: {raw: Conn.b, doc: b does.}
  rados_c: {via: Conn.cd}
  rados_d: {skip: why not}
methods:
  Conn.cd: {steps: [{call: rados_c}], doc: cd does.}`})
	count := emit.Count(p)
	assert.Equal(t, 1, count.Raw)
	assert.Equal(t, 1, count.Skip)
	assert.Equal(t, count.Total-1, count.Reachable)
	public := 0
	for _, m := range p.Methods {
		if strings.ToLower(m.Name) != m.Name {
			public++
		}
	}
	assert.Equal(t, public, count.Public)

	files, err := emit.Files(p, gentest.Root)
	require.NoError(t, err)
	text := string(files[len(files)-1].Data)
	assert.Contains(t, text, "| `rados_a` | `Conn.A` | linked | linked | none |\n")
	assert.Contains(t, text, "| `rados_b` | `Conn.b` (private) | linked | linked | none |\n")
	assert.Contains(t, text, "| `rados_c` | `Conn.cd` (private) | linked | linked | none |\n")
	assert.Contains(t, text, "| `rados_d` | skip: why not | linked | linked |  |\n")
}
