package emit_test

import (
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/emit"
	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/live"
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

// TestCoverageResults has COVERAGE.md tell what the tests have shown, where it is known.
func TestCoverageResults(t *testing.T) {
	base, weak := gentest.Load(t, "base"), gentest.Load(t, "weak-else")
	const more = "int rados_a(rados_t cluster);\n"
	p := gentest.Plan(t, base, weak, gentest.Input{Name: "s", Header: more, Older: more, Spec: "functions:\n  rados_a: {skip: why not}\n"})
	reached := func(release, test string, names ...string) live.Facts {
		counts := make(map[string]live.Count)
		for _, name := range names {
			counts[name] = live.Count{Called: 2, Succeeded: 1}
		}
		return live.Attribute(release, map[string]map[string]live.Count{test: counts})
	}
	facts := reached("16.2", "TestNew", "rados_peek", "rados_fast")
	maps.Copy(facts, reached("14.2", "TestOld", "rados_slow"))
	t.Chdir(t.TempDir())
	require.NoError(t, os.CopyFS("templates", os.DirFS(gentest.Root+"/templates")))
	require.NoError(t, os.Mkdir("spec", 0o777))
	require.NoError(t, os.Mkdir("docs", 0o777))
	write(t, "spec/live.txt", facts.String())
	write(t, "docs/RELEASES.md", `# Test runs
| Ceph | Debian has | | | tests | passed | skipped |
|---|---|---|---|---|---|---|
| 14.2 | 14.2.21-1 | own build | passed | 9 | 9 | 0 |
| 14.2 | 14.2.21-1 | one binary | FAILED | 9 | 8 | 0 |
| 16.2 |  | own build | not run: it takes root | | | |
`)
	files, err := emit.Files(p, ".")
	require.NoError(t, err)
	text := string(files[len(files)-1].Data)
	for _, line := range []string{
		"| own build | passed | not run |\n",
		"| one binary | FAILED | not run |\n",
		"| `rados_peek` | `Conn.Peek` | linked | linked | `TestNew` |\n",
		"| `rados_fast` | `IOContext.Fast` | absent | run-time | `TestNew` (16.2) |\n",
		"| `rados_slow` | via `IOContext.Fast` | linked | linked | `TestOld` (14.2) |\n",
		"| `rados_a` | skip: why not | linked | linked |  |\n",
	} {
		assert.Contains(t, text, line)
	}
}
