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

// TestCoverageDeclarations expects all that is no function, with its Go name, its user or the reason why it
// is left out.
func TestCoverageDeclarations(t *testing.T) {
	p := gentest.Plan(t, gentest.Load(t, "base"), gentest.Input{Name: "s", Header: `#define LIBRADOS_ONE 1
#define LIBRADOS_TWO 2
#define LIBRADOS_RATIO 0.5
struct rados_bits { unsigned a : 3; };
struct rados_inner { int n; };
struct rados_outer { struct rados_inner in; };
struct rados_spare { int n; };
typedef void (*rados_horn_t)(struct rados_outer *o, void *arg);
int rados_later(rados_t cluster, rados_horn_t horn);
int rados_many(rados_t cluster, ...);
`, Spec: `skip:
  LIBRADOS_TWO: one suffices
  struct rados_spare: no function takes it
consts:
  - names:
      One: {c: LIBRADOS_ONE, doc: is 1.}
functions:
  rados_later: {todo: later}
`})
	page, err := docs.Render(p, gentest.Root)
	require.NoError(t, err)
	_, others, _ := strings.Cut(string(page), "## Constants, structs and callbacks\n")
	for _, line := range []string{
		"| `LIBRADOS_ONE` | `One` |",
		"| `LIBRADOS_TWO` | skip: one suffices |",
		"| `LIBRADOS_RATIO` | left-out: its value is neither an integer nor a text |",
		"| `struct rados_bits` | unsupported: bit-field \"a : 3\" is a form of declaration that is not supported |",
		"| `struct rados_inner` | part of `rados_later` |",
		"| `struct rados_spare` | skip: no function takes it |",
		"| `rados_horn_t` | part of `rados_later` |",
		"| `rados_many` | unsupported: variable arguments are not supported |",
	} {
		assert.Contains(t, others, line+"\n")
	}
}
