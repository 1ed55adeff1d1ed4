package live_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
	assert.NoError(t, live.CheckReached(p, "rados", older, allReached(older, "rados_a", "rados_b")))
	assert.NoError(t, live.CheckReached(p, "rados", newer, allReached(newer, "rados_a", "rados_b", "rados_slow", "rados_set_slow")))

	assert.EqualError(t, live.CheckReached(p, "rados", older, allReached(older, "rados_slow")),
		"weak-else.yaml:3:3: rados_slow is bound, but no test in rados/ calls it on a cluster")
	assert.EqualError(t, live.CheckReached(p, "rados", newer, allReached(newer, "rados_set_fast", "rados_fast")),
		"weak-else.yaml:2:3: rados_fast is bound, but no test in rados/ calls it on a cluster\n"+
			"weak-else.yaml:4:3: rados_set_fast is bound, but no test in rados/ calls it on a cluster")
	failed := allReached(newer)
	failed["rados_peek"] = live.Count{Called: 3}
	assert.EqualError(t, live.CheckReached(p, "rados", newer, failed),
		"base.yaml:25:3: rados_peek is bound, but whenever a test in rados/ calls it on a cluster it fails")
}

// TestFactsForAll: there is a test for all that is bound.
func TestFactsForAll(t *testing.T) {
	p, older, newer := livePlan(t)
	facts := live.Attribute("16.2", map[string]map[string]live.Count{"TestNew": allReached(newer, "rados_slow", "rados_set_slow")})
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("rados", 0o777))
	write(t, "rados/a_test.go", "package rados\n\nfunc TestNew(t *testing.T) {}\n")
	check := func(api *model.API) (string, error) {
		var out strings.Builder
		err := live.CheckFacts(p, "rados", "spec/live.txt", api, facts, &out)
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
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
}
