package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAttribute expects the most specific test of each function.
func TestAttribute(t *testing.T) {
	done, failed := count{1, 1}, count{1, 0}
	tests := attribute(map[string]map[string]count{
		"TestAll":  {"rados_a": done, "rados_b": done, "rados_d": done, "rados_e": failed},
		"TestA":    {"rados_a": done, "rados_d": failed},
		"TestB":    {"rados_b": done},
		"TestB2":   {"rados_b": done},
		"ExampleA": {"rados_a": done},
		"ExampleC": {"rados_a": done, "rados_c": done},
	})
	assert.Equal(t, map[string]string{
		"rados_a": "TestA", "rados_b": "TestB", "rados_c": "ExampleC", "rados_d": "TestAll",
	}, tests)

	var out strings.Builder
	require.NoError(t, printTable(&out, functions{{name: "rados_a"}, {name: "rados_c"}, {name: "rados_e"}}, tests))
	assert.Equal(t, "rados_a TestA\nrados_c ExampleC\nrados_e -\n", out.String())
}
