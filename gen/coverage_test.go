package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCoverage(t *testing.T) {
	enterTree(t)
	out := gen(t, "coverage")
	assert.Regexp(t, `^release +total +reachable +go +via +private +skip +todo\n14\.2 +231 `, out)
	assert.Regexp(t, `\nany +\d+ `, out)
	out, other, _ := strings.Cut(out, "\nlibradosstriper:\n")
	assert.Regexp(t, `^release .*\n14\.2 +36 `, other)
	count := regexp.MustCompile(`\d+`).FindAllString(out[strings.Index(out, "any"):], -1)
	require.Len(t, count, 7)
	var n [7]int
	for i := range n {
		n[i], _ = strconv.Atoi(count[i])
	}
	total, reachable, direct, via, private, skip, todo := n[0], n[1], n[2], n[3], n[4], n[5], n[6]
	assert.Equal(t, reachable, direct+via+private)
	assert.Equal(t, total, reachable+skip+todo)
}
