package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/emit"
	"github.com/go-rados/go-rados/gen/header"
	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/live"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/plan"
)

// livePlan has an older function for where a newer one is missing, and what is not bound.
func livePlan(t *testing.T) (p *plan.Plan, older, newer *model.API) {
	t.Helper()
	const more = "int rados_a(rados_t cluster);\nint rados_b(rados_t cluster);\n"
	base, weak := gentest.Load(t, "base"), gentest.Load(t, "weak-else")
	other := gentest.Input{Name: "s", Header: more, Older: more, Spec: "functions:\n  rados_a: {skip: why not}\n  rados_b: {todo: later}\n"}
	var apis [2]*model.API
	for i, text := range []string{base.Older + weak.Older + more, base.Header + weak.Header + more} {
		api, err := header.ParseSource("librados.h", []byte(text))
		require.NoError(t, err)
		apis[i] = api
	}
	return gentest.Plan(t, base, weak, other), apis[0], apis[1]
}

// allReached is what is counted if tests reach all of a library but for some.
func allReached(api *model.API, but ...string) map[string]live.Count {
	counts := make(map[string]live.Count)
	for _, f := range api.Funcs {
		counts[f.Name] = live.Count{Called: 2, Succeeded: 1}
	}
	for _, name := range but {
		counts[name] = live.Count{}
	}
	return counts
}

// TestReached: what is bound must be reached with the libraries where it is of use.
func TestReached(t *testing.T) {
	p, older, newer := livePlan(t)
	assert.NoError(t, checkReached(p, older, allReached(older, "rados_a", "rados_b")))
	assert.NoError(t, checkReached(p, newer, allReached(newer, "rados_a", "rados_b", "rados_slow", "rados_set_slow")))

	assert.EqualError(t, checkReached(p, older, allReached(older, "rados_slow")),
		"weak-else.yaml:3:3: rados_slow is bound, but no test in rados/ calls it on a cluster")
	assert.EqualError(t, checkReached(p, newer, allReached(newer, "rados_set_fast", "rados_fast")),
		"weak-else.yaml:2:3: rados_fast is bound, but no test in rados/ calls it on a cluster\n"+
			"weak-else.yaml:4:3: rados_set_fast is bound, but no test in rados/ calls it on a cluster")
	failed := allReached(newer)
	failed["rados_peek"] = live.Count{Called: 3}
	assert.EqualError(t, checkReached(p, newer, failed),
		"base.yaml:25:3: rados_peek is bound, but whenever a test in rados/ calls it on a cluster it fails")
}

// TestLiveFacts: there is a test for all that is bound, and COVERAGE.md names it.
func TestLiveFacts(t *testing.T) {
	p, older, newer := livePlan(t)
	facts := live.Attribute("16.2", map[string]map[string]live.Count{"TestNew": allReached(newer, "rados_slow", "rados_set_slow")})
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("rados", 0o777))
	write(t, "rados/a_test.go", "package rados\n\nfunc TestNew(t *testing.T) {}\n")
	check := func(api *model.API) (string, error) {
		var out strings.Builder
		err := checkFacts(p, api, facts, &out)
		return out.String(), err
	}
	said, err := check(older)
	assert.Empty(t, said)
	assert.EqualError(t, err,
		"weak-else.yaml:5:3: spec/live.txt names no test for rados_set_slow; run make live\n"+
			"weak-else.yaml:3:3: spec/live.txt names no test for rados_slow; run make live")
	said, err = check(newer)
	require.NoError(t, err)
	assert.Contains(t, said, "weak-else.yaml:3:3: spec/live.txt names no test for rados_slow; another release can show it\n")
	for name, fact := range live.Attribute("14.2", map[string]map[string]live.Count{"TestOld": allReached(older)}) {
		if _, known := facts[name]; !known {
			facts[name] = fact
		}
	}
	_, err = check(newer)
	assert.EqualError(t, err,
		"weak-else.yaml:5:3: spec/live.txt names TestOld for rados_set_slow, and there is no such test; run make live\n"+
			"weak-else.yaml:3:3: spec/live.txt names TestOld for rados_slow, and there is no such test; run make live")
	write(t, "rados/b_test.go", "package rados\n\nfunc TestOld(t *testing.T) {}\n")
	said, err = check(newer)
	require.NoError(t, err)
	assert.Empty(t, said)

	require.NoError(t, os.CopyFS("templates", os.DirFS(gentest.Root+"/templates")))
	require.NoError(t, os.Mkdir("spec", 0o777))
	require.NoError(t, os.Mkdir("docs", 0o777))
	write(t, factFile, facts.String())
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
