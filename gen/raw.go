package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/plan"
)

// checkRaw looks for private thunks that nothing written by hand makes use of: the
// C function counts as bound, but nobody can reach it. Only the names are compared;
// whose method it is, the Go compiler knows.
func checkRaw(root string, p *plan.Plan) error {
	used, err := usedNames(filepath.Join(root, "rados"))
	if err != nil {
		return err
	}
	var diags diag.List
	for _, m := range p.Methods {
		name := m.Name
		if m.Recv != nil {
			name = "." + name
		}
		if m.Private() && !used[name] {
			diags.Add(m.Pos, "%s is private, and nothing that is written by hand in rados/ uses it", m.FullName())
		}
	}
	return diags.Err()
}

// usedNames are the names that the hand-written files in dir, but for tests, make use
// of. Those behind a dot have it with them.
func usedNames(dir string) (map[string]bool, error) {
	paths, err := handwritten(dir)
	if err != nil {
		return nil, err
	}
	used := make(map[string]bool)
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		note(file, used)
	}
	return used, nil
}

// handwritten are the Go files in dir that are neither generated nor tests.
func handwritten(dir string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	return slices.DeleteFunc(paths, func(path string) bool {
		name := filepath.Base(path)
		return strings.HasPrefix(name, "zz_") || strings.HasSuffix(name, "_test.go")
	}), err
}

// note adds the names that n uses. What a function is called is no use of its name.
func note(n ast.Node, used map[string]bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Body != nil {
				note(n.Body, used)
			}
			return false
		case *ast.SelectorExpr:
			used["."+n.Sel.Name] = true
			note(n.X, used)
			return false
		case *ast.Ident:
			used[n.Name] = true
		}
		return true
	})
}
