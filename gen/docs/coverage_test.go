package docs_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/docs"
	"github.com/go-rados/go-rados/gen/internal/gentest"
)

// TestCoverage has a public name, a private one, and a function that another one calls.
func TestCoverage(t *testing.T) {
	header := "int rados_a(rados_t cluster);\nint rados_b(rados_t cluster);\nint rados_c(rados_t cluster);\nint rados_d(rados_t cluster);\n"
	p := gentest.Plan(t, gentest.Load(t, "base"), gentest.Input{Name: "s", Header: header, Older: header, Spec: `functions:
  rados_a: {go: Conn.A, doc: A does.}
  rados_b: {private: Conn.b, doc: b does.}
  rados_d: {skip: why not}
methods:
  Conn.cd: {steps: [{call: rados_c}], doc: cd does.}`})
	count := docs.Count(p)
	assert.Equal(t, 1, count.Private)
	assert.Equal(t, 1, count.Skip)
	assert.Equal(t, count.Total-1, count.Reachable)
	public := 0
	for _, m := range p.Methods {
		if strings.ToLower(m.Name) != m.Name {
			public++
		}
	}
	assert.Equal(t, public, count.Public)

	page, err := docs.Render(p, gentest.Root)
	require.NoError(t, err)
	text := string(page)
	assert.Contains(t, text, "| `rados_a` | `Conn.A` | linked | linked | yes |\n")
	assert.Contains(t, text, "| `rados_b` | `Conn.b` (private) | linked | linked | yes |\n")
	assert.Contains(t, text, "| `rados_c` | `Conn.cd` (private) | linked | linked | yes |\n")
	assert.Contains(t, text, "| `rados_d` | skip: why not | linked | linked |  |\n")
}

// TestCoverageReleases expects the page to show how each release has a function,
// and whether it is called.
func TestCoverageReleases(t *testing.T) {
	base, weak := gentest.Load(t, "base"), gentest.Load(t, "weak-else")
	const more = "int rados_a(rados_t cluster);\nint rados_b(rados_t cluster);\n"
	p := gentest.Plan(t, base, weak, gentest.Input{Name: "s", Header: more, Older: more, Spec: "functions:\n  rados_a: {skip: why not}\n  rados_b: {todo: later}\n"})
	page, err := docs.Render(p, gentest.Root)
	require.NoError(t, err)
	text := string(page)
	for _, line := range []string{
		"| `rados_peek` | `Conn.Peek` | linked | linked | yes |\n",
		"| `rados_fast` | `IOContext.Fast` | absent | run-time | yes |\n",
		"| `rados_slow` | via `IOContext.Fast` | linked | linked | yes |\n",
		"| `rados_a` | skip: why not | linked | linked |  |\n",
		"| `rados_b` | not yet | linked | linked |  |\n",
	} {
		assert.Contains(t, text, line)
	}
}
