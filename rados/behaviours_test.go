package rados_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// behaviourID is what a subtest that is about one of the listed behaviours is called.
var behaviourID = regexp.MustCompile(`^(aio|cread|cwrite|cmd|config|io|librados|list|lock|misc|pool|py|service|snapshots|snapstats|stat|watch)(\.[A-Za-z0-9_]+)+$`)

// TestBehaviours makes sure that each behaviour in testdata/behaviours.txt has a
// test, or a reason why not, and that tests are about behaviours that are listed.
func TestBehaviours(t *testing.T) {
	listed, order := behaviours(t)
	tested := testedBehaviours(t)
	for id := range tested {
		assert.Contains(t, listed, id, "a test of a behaviour that is not listed")
	}
	type count struct{ tested, explained, all int }
	groups := make(map[string]*count)
	for _, id := range order {
		group, _, _ := strings.Cut(id, ".")
		c := groups[group]
		if c == nil {
			c = &count{}
			groups[group] = c
		}
		c.all++
		reason := listed[id]
		same, isSame := strings.CutPrefix(reason, "same as ")
		switch {
		case tested[id]:
			c.tested++
			assert.Empty(t, reason, "%s has a test, and a reason why not", id)
		case isSame:
			c.tested++
			assert.True(t, tested[same], "%s: %s has no test", id, same)
		case reason != "":
			c.explained++
		default:
			assert.Fail(t, "neither a test nor a reason", id)
		}
	}
	var total count
	for _, group := range sortedKeys(groups) {
		c := groups[group]
		t.Logf("%-10s %3d of %3d, %d with a reason why not", group, c.tested, c.all, c.explained)
		total.tested, total.explained, total.all = total.tested+c.tested, total.explained+c.explained, total.all+c.all
	}
	t.Logf("%-10s %3d of %3d, %d with a reason why not", "all", total.tested, total.all, total.explained)
	assert.Len(t, order, 290)

	var table strings.Builder
	fmt.Fprintf(&table, behavioursHead, total.tested, total.all)
	for _, group := range sortedKeys(groups) {
		c := groups[group]
		fmt.Fprintf(&table, "| %s | %d | %d | %d |\n", group, c.all, c.tested, c.explained)
	}
	table.WriteString("\n| not tested | why |\n|---|---|\n")
	for _, id := range order {
		if reason := listed[id]; reason != "" && !strings.HasPrefix(reason, "same as ") {
			fmt.Fprintf(&table, "| `%s` | %s |\n", id, reason)
		}
	}
	const path = "../docs/BEHAVIOURS.md"
	if os.Getenv("UPDATE") != "" {
		require.NoError(t, os.WriteFile(path, []byte(table.String()), 0o666))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, table.String(), string(got), "UPDATE=1 go test ./rados -run TestBehaviours writes it anew")
}

const behavioursHead = `# Behaviours

What Ceph's own test suites assert of librados, case by case, and whether a test of this
module asserts the same. Subtests have the names of the cases, so that
` + "`go test ./rados -run '/io.RoundTrip$'`" + ` runs one. The cases are listed in
` + "`rados/testdata/behaviours.txt`" + `; this page is written by TestBehaviours.

%d of %d are tested.

| suite | cases | tested | not tested |
|---|---|---|---|
`

// behaviours reads the list: the reason why there is no test, by ID, and the IDs in
// their order.
func behaviours(t *testing.T) (reasons map[string]string, order []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/behaviours.txt")
	require.NoError(t, err)
	reasons = make(map[string]string)
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		id, reason, _ := strings.Cut(line, " ")
		assert.Regexp(t, behaviourID, id)
		assert.NotContains(t, reasons, id, "listed twice")
		reasons[id] = strings.TrimSpace(reason)
		order = append(order, id)
	}
	return reasons, order
}

// testedBehaviours finds the names of subtests in the sources of the tests: what is
// given to Run, and the keys of tables.
func testedBehaviours(t *testing.T) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	found := make(map[string]bool)
	add := func(e ast.Expr) {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		if name, err := strconv.Unquote(lit.Value); err == nil && behaviourID.MatchString(name) {
			found[name] = true
		}
	}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Run" && len(n.Args) == 2 {
					add(n.Args[0])
				}
			case *ast.CompositeLit:
				if _, isMap := n.Type.(*ast.MapType); !isMap {
					break
				}
				for _, e := range n.Elts {
					if pair, ok := e.(*ast.KeyValueExpr); ok {
						if _, isTest := pair.Value.(*ast.BasicLit); !isTest {
							add(pair.Key)
						}
					}
				}
			}
			return true
		})
	}
	return found
}
