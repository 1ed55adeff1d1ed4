package docs

import (
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/tracked"
)

// rados returns the documentation of package rados.
func rados(t *testing.T) *doc.Package {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for _, path := range tracked.Files(t, root, "rados/*.go") {
		if filepath.Dir(path) != "rados" || strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, filepath.Join(root, path), nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, file)
	}
	pkg, err := doc.NewFromFiles(fset, files, "github.com/go-rados/go-rados/rados")
	require.NoError(t, err)
	return pkg
}

// listed returns the methods of a type that the lists of its doc comment have links to.
func listed(parser *comment.Parser, typ *doc.Type) (methods []string) {
	for _, block := range parser.Parse(typ.Doc).Content {
		list, isList := block.(*comment.List)
		if !isList {
			continue
		}
		for _, item := range list.Items {
			for _, paragraph := range item.Content {
				for _, text := range paragraph.(*comment.Paragraph).Text {
					if link, isLink := text.(*comment.DocLink); isLink && link.Recv == typ.Name {
						methods = append(methods, link.Name)
					}
				}
			}
		}
	}
	return methods
}

// TestMethodsAreListed expects the doc comment of each type with many methods to list them by topic, each
// once. A form with a context is listed with the method that it is a form of. Deprecated methods may be
// left out.
func TestMethodsAreListed(t *testing.T) {
	pkg := rados(t)
	for _, name := range []string{"Conn", "IOContext", "ReadOp", "WriteOp"} {
		i := slices.IndexFunc(pkg.Types, func(typ *doc.Type) bool { return typ.Name == name })
		require.GreaterOrEqual(t, i, 0, name)
		typ := pkg.Types[i]
		times := map[string]int{}
		for _, method := range listed(pkg.Parser(), typ) {
			times[method]++
		}
		require.NotEmpty(t, times, name)
		isMethod := func(name string) bool {
			return slices.ContainsFunc(typ.Methods, func(m *doc.Func) bool { return m.Name == name })
		}
		for _, m := range typ.Methods {
			plain, isForm := strings.CutSuffix(m.Name, "Context")
			switch {
			case isForm && isMethod(plain):
				assert.Zero(t, times[m.Name], "the doc of %s lists %s.%s, which is listed with %s: remove it", name, name, m.Name, plain)
			case times[m.Name] == 0 && strings.Contains(m.Doc, "\nDeprecated: "):
			default:
				assert.Equal(t, 1, times[m.Name], "the doc of %s must list %s.%s once: "+
					`in spec/bindings.yaml, below handles:, add ", [%s.%s]" to the line of the doc of %s that has the topic, or a line "  - Topic: [%s.%s]"`,
					name, name, m.Name, name, m.Name, name, name, m.Name)
			}
		}
	}
}

// TestContextFormsAreNamed expects the doc comment of each method with a form for a context to name it.
func TestContextFormsAreNamed(t *testing.T) {
	forms := 0
	for _, typ := range rados(t).Types {
		for _, form := range typ.Methods {
			name, _ := strings.CutSuffix(form.Name, "Context")
			for _, m := range typ.Methods {
				if m.Name == name && name != form.Name {
					forms++
					assert.Contains(t, m.Doc, form.Name, "the doc of %s.%s does not name its form with a context", typ.Name, m.Name)
				}
			}
		}
	}
	assert.Greater(t, forms, 90)
}

// unresolved finds what looks like a link to a symbol.
var unresolved = regexp.MustCompile(`\[[A-Z]\w*(\.[A-Z]\w*)?\]`)

// TestDocLinks expects each doc link of package rados to name something that exists.
func TestDocLinks(t *testing.T) {
	pkg := rados(t)
	docs := map[string]string{"package": pkg.Doc}
	add := func(prefix string, funcs []*doc.Func, values ...*doc.Value) {
		for _, f := range funcs {
			docs[prefix+f.Name] = f.Doc
		}
		for _, v := range values {
			docs[prefix+v.Names[0]] = v.Doc
		}
	}
	add("", pkg.Funcs, slices.Concat(pkg.Consts, pkg.Vars)...)
	for _, typ := range pkg.Types {
		docs[typ.Name] = typ.Doc
		add("", typ.Funcs, slices.Concat(typ.Consts, typ.Vars)...)
		add(typ.Name+".", typ.Methods)
	}
	links := 0
	for name, text := range docs {
		parsed := pkg.Parser().Parse(text)
		plain := string(pkg.Printer().Text(parsed))
		links += len(unresolved.FindAllString(text, -1))
		// A link that resolves loses its brackets.
		assert.Empty(t, unresolved.FindAllString(plain, -1), "the doc of %s has links to nothing", name)
	}
	assert.Greater(t, links, 100)
}
