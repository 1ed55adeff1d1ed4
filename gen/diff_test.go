package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDiff(t *testing.T) {
	enterTree(t)
	out := gen(t, "diff", "14.2", "16.2")
	assert.Contains(t, out, "14.2 to 16.2:\n\nAdded:\n")
	assert.Regexp(t, `(?m)^  func        int rados_blocklist_add\(.*\n              \((go|todo): `, out)
	own, other, _ := strings.Cut(out, "\nlibradosstriper:\n\n")
	assert.Equal(t, own, gen(t, "diff", "spec/api/14.2.txt", "spec/api/16.2.txt"))
	assert.Equal(t, "14.2 to 16.2: no difference\n", other)
	assert.Regexp(t, `(?s)libradosstriper:.*\n  func        int rados_striper_stat2\(.*\n              \(go: Striper\.Stat`, gen(t, "diff", "16.2", "18.2"))
	assert.Contains(t, gen(t, "diff", "16.2", "14.2"), "\nRemoved:\n")

	out = gen(t, "diff", "--markdown", "14.2", "16.2")
	assert.Regexp(t, `(?m)^#+ .*16\.2`, out)
	assert.Regexp(t, "(?m)^[-*] .*`.*rados_blocklist_add\\(", out)

	_, err := tryGen("diff", "14.2", "15.2")
	assert.EqualError(t, err, "no snapshot spec/api/15.2.txt; record it with go run ./gen snapshot --release 15.2 HEADER")
}
