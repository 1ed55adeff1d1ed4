package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/header"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
)

// Two libraries: the older one has slow functions, the newer one has fast
// functions as well, which replace them.
const (
	olderHeader = "int rados_a(int x);\nint rados_peek(int x);\nint rados_slow(int x);\nint rados_set_slow(int x);\n"
	newerHeader = olderHeader + "int rados_fast(int x);\nint rados_set_fast(int x);\n"
)

// bound lists the functions of both libraries but rados_a.
var bound = functions{
	{name: "rados_peek", pos: model.Pos{File: "s.yaml", Line: 1, Col: 3}},
	{name: "rados_fast", pos: model.Pos{File: "s.yaml", Line: 2, Col: 3}},
	{name: "rados_slow", pos: model.Pos{File: "s.yaml", Line: 3, Col: 3}, newer: []string{"rados_fast"}},
	{name: "rados_set_fast", pos: model.Pos{File: "s.yaml", Line: 4, Col: 3}},
	{name: "rados_set_slow", pos: model.Pos{File: "s.yaml", Line: 5, Col: 3}, newer: []string{"rados_set_fast"}},
}

// librados reads the declarations of the library.
var librados = header.Library{Functions: "rados_"}

func parse(t *testing.T, text string) *model.API {
	t.Helper()
	api, err := librados.ParseSource("librados.h", []byte(text))
	require.NoError(t, err)
	return api
}

// reached returns the counts of tests that call all functions of api but some.
func reached(api *model.API, but ...string) map[string]count {
	counts := make(map[string]count)
	for _, f := range api.Funcs {
		counts[f.Name] = count{Called: 2, Succeeded: 1}
	}
	for _, name := range but {
		counts[name] = count{}
	}
	return counts
}

// TestCheckReached expects each bound function to be called with the libraries
// in which it is used.
func TestCheckReached(t *testing.T) {
	older, newer := parse(t, olderHeader), parse(t, newerHeader)
	check := func(api *model.API, counts map[string]count) error {
		return bound.due(api).checkReached("rados", counts)
	}
	assert.NoError(t, check(older, reached(older, "rados_a")))
	assert.NoError(t, check(newer, reached(newer, "rados_a", "rados_slow", "rados_set_slow")))

	assert.EqualError(t, check(older, reached(older, "rados_slow")),
		"s.yaml:3:3: rados_slow is bound, but no test in rados/ calls it on a cluster")
	assert.EqualError(t, check(newer, reached(newer, "rados_set_fast", "rados_fast")),
		"s.yaml:2:3: rados_fast is bound, but no test in rados/ calls it on a cluster\n"+
			"s.yaml:4:3: rados_set_fast is bound, but no test in rados/ calls it on a cluster")
	failed := reached(newer)
	failed["rados_peek"] = count{Called: 3}
	assert.EqualError(t, check(newer, failed), "s.yaml:1:3: rados_peek is bound, but every call by a test in rados/ fails")
}

// TestBoundFunctions reads the spec of the repository: each release uses an
// older function exactly where it lacks the newer one.
func TestBoundFunctions(t *testing.T) {
	p, _, err := load.Plan("../../..")
	require.NoError(t, err)
	list := planned(p)
	older := make(map[string][]string)
	for _, f := range list {
		assert.Equal(t, "../../../spec/bindings.yaml", f.pos.File, f.name)
		if len(f.newer) > 0 {
			older[f.name] = f.newer
		}
	}
	assert.Equal(t, []string{"rados_aio_create_completion2"}, older["rados_aio_create_completion"])
	assert.Equal(t, []string{"rados_read_op_stat2"}, older["rados_read_op_stat"])

	apis, err := release.LoadDir("../../../spec/api")
	require.NoError(t, err)
	for _, api := range apis {
		names := make(map[string]bool)
		for _, f := range list.due(api) {
			names[f.name] = true
		}
		for name, newer := range older {
			assert.Equal(t, api.Func(newer[0]) == nil, names[name], "%s with Ceph %s", name, api.Release)
		}
	}
}
