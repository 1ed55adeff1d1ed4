package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/tracked"
)

// guideBlock is a block of Go in docs/GUIDE.md, with the comment before it: a file, and the names of the
// declarations in it that are the code.
var guideBlock = regexp.MustCompile("(?ms)^(?:<!-- (\\S+) ([^\n]+) -->\n)?```go\n(.*?)^```$")

// TestGuideCode expects each block of Go in docs/GUIDE.md to be code that a test runs, and all code of
// examples/guide to be in the document.
func TestGuideCode(t *testing.T) {
	text := read(t, "docs/GUIDE.md")
	assert.Empty(t, guideFaults(t, text))
	blocks := guideBlock.FindAllStringSubmatch(text, -1)
	assert.Greater(t, len(blocks), 10)
	var shown []string
	for _, b := range blocks {
		shown = append(shown, strings.Fields(b[2])...)
	}
	for _, path := range tracked.Files(t, root, "examples/guide/*.go") {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, decl := range declarations(t, path) {
			assert.Contains(t, shown, decl.name, "docs/GUIDE.md does not show %s of %s", decl.name, path)
		}
	}
}

// TestGuideFaults expects faults in a document to be found.
func TestGuideFaults(t *testing.T) {
	const fence, source = "```", "func f() int { return 1 }\n"
	for text, fault := range map[string]string{
		fence + "go\n" + source + fence:                                                                        "has no comment with its source",
		"<!-- examples/guide/retry.go save -->\n" + fence + "go\n" + source + fence:                            "is not the text of save",
		"<!-- examples/guide/retry.go saved -->\n" + fence + "go\n" + source + fence:                           "no declaration of saved",
		"<!-- internal/test/docs/guide_test.go guideFaults.x -->\n" + fence + "go\n" + source + fence:          "no declaration of guideFaults.x",
		"<!-- examples/internal/demotest/demotest.go asProgram -->\n" + fence + "go\n" + source + fence + "\n": "no test calls",
	} {
		found := guideFaults(t, text)
		assert.Contains(t, strings.Join(found, "\n"), fault, text)
	}
}

// guideFaults returns the blocks of Go in text that are not code that a test runs.
func guideFaults(t *testing.T, text string) (faults []string) {
	for _, m := range guideBlock.FindAllStringSubmatch(text, -1) {
		path, names, code := m[1], strings.Fields(m[2]), m[3]
		if path == "" {
			faults = append(faults, fmt.Sprintf("this block has no comment with its source:\n%s", code))
			continue
		}
		source := make(map[string]string)
		for _, decl := range declarations(t, path) {
			source[decl.name] = decl.text
		}
		var want []string
		for _, name := range names {
			if source[name] == "" {
				faults = append(faults, fmt.Sprintf("%s has no declaration of %s", path, name))
			}
			want = append(want, source[name])
		}
		if code != strings.Join(want, "\n") {
			faults = append(faults, fmt.Sprintf("this block is not the text of %s in %s:\n%s", m[2], path, code))
		}
		if !called(t, filepath.Dir(path), names) {
			faults = append(faults, fmt.Sprintf("no test calls %s of %s", m[2], path))
		}
	}
	return faults
}

// called reports whether one of the functions is a test, or is called in a test of the folder.
func called(t *testing.T, dir string, names []string) bool {
	for _, name := range names {
		if strings.HasPrefix(name, "Test") {
			return true
		}
		call := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\(`)
		for _, path := range tracked.Files(t, root, dir+"/*_test.go") {
			for _, decl := range declarations(t, path) {
				if decl.name != name && call.MatchString(decl.text) {
					return true
				}
			}
		}
	}
	return false
}

// A declaration is one of the top level of a file, with its comment.
type declaration struct{ name, text string }

// declarations returns the functions, methods, types, constants and variables of a file.
func declarations(t *testing.T, path string) (list []declaration) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, path))
	require.NoError(t, err)
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, source, parser.ParseComments)
	require.NoError(t, err)
	for _, decl := range file.Decls {
		name, doc := declared(decl)
		if name == "" {
			continue
		}
		start := decl.Pos()
		if doc != nil {
			start = doc.Pos()
		}
		text := source[fset.Position(start).Offset:fset.Position(decl.End()).Offset]
		list = append(list, declaration{name, string(text) + "\n"})
	}
	return list
}

// declared returns the name and the comment of a declaration: "name", or "type.name" of a method. The name
// of an import is "".
func declared(decl ast.Decl) (name string, doc *ast.CommentGroup) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		name = decl.Name.Name
		if decl.Recv != nil {
			typ := decl.Recv.List[0].Type
			if star, ok := typ.(*ast.StarExpr); ok {
				typ = star.X
			}
			if ident, ok := typ.(*ast.Ident); ok {
				name = ident.Name + "." + name
			}
		}
		return name, decl.Doc
	case *ast.GenDecl:
		switch spec := decl.Specs[0].(type) {
		case *ast.TypeSpec:
			name = spec.Name.Name
		case *ast.ValueSpec:
			name = spec.Names[0].Name
		}
		return name, decl.Doc
	}
	return "", nil
}
